import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { DesktopGlobal } from '../../ipc/desktop-global.ts';
import { electronBridge } from '../bridge/electron.ts';
import type { Bridge } from '../bridge/types.ts';
import { createWebBridge } from '../bridge/web.ts';
import { startTexts } from '../i18n/i18n.ts';
import '../styles/tokens.css';
import { ControlWindow } from './control-window.tsx';
import { createCaptionsStore } from './stores/captions-store.ts';
import { createSettingsStore } from './stores/settings-store.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');
startTexts();
const bridge = openBridge();
// They live as long as the page.
const { signal } = new AbortController();
createRoot(root).render(
  <StrictMode>
    <ControlWindow
      bridge={bridge}
      settings={createSettingsStore(bridge, signal)}
      captions={createCaptionsStore(bridge.captions, signal)}
    />
  </StrictMode>,
);

function openBridge(): Bridge {
  const { surtitle } = window as unknown as { readonly surtitle?: DesktopGlobal };
  return surtitle ? electronBridge(surtitle) : createWebBridge();
}
