import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { DesktopGlobal } from '../../ipc/desktop-global.ts';
import { electronBridge } from '../bridge/electron.ts';
import '../styles/tokens.css';
import { ControlWindow } from './control-window.tsx';

const { surtitle } = window as unknown as { readonly surtitle?: DesktopGlobal };
const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');
if (!surtitle) throw new Error('The browser interface is not built yet.');
createRoot(root).render(
  <StrictMode>
    <ControlWindow bridge={electronBridge(surtitle)} />
  </StrictMode>,
);
