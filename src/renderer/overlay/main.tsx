import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectFromBrowser } from '../../core/client/browser-socket.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import type { DesktopGlobal } from '../../ipc/desktop-global.ts';
import { electronBridge } from '../bridge/electron.ts';
import { tabStorage, takeToken, VIEWER_TOKEN } from '../bridge/page-token.ts';
import type { CaptionsViewerBridge } from '../bridge/types.ts';
import { electronViewerBridge } from '../bridge/viewer-electron.ts';
import { webViewerBridge } from '../bridge/viewer-web.ts';
import { startTexts } from '../i18n/i18n.ts';
import './overlay.css';
import { Overlay } from './overlay.tsx';
import { createOverlayStore } from './overlay-store.ts';
import { type PageAddress, readPageAddress } from './page-address.ts';

const { surtitle } = window as unknown as { readonly surtitle?: DesktopGlobal };
const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');

startTexts();
const page = surtitle ? null : readPageAddress(new URLSearchParams(location.search));
if (page && page.rejected.length > 0) {
  console.warn(`Values of the address that cannot be used: ${page.rejected.join(', ')}.`);
}
const bridge = surtitle ? desktopBridge(surtitle) : browserBridge(page);
const gone = new AbortController();
addEventListener('pagehide', ({ persisted }) => persisted || gone.abort());
const store = createOverlayStore(bridge, systemClock, gone.signal);
createRoot(root).render(
  <StrictMode>
    <Overlay store={store} controls={bridge.overlay} page={page} />
  </StrictMode>,
);

function desktopBridge(desktopGlobal: DesktopGlobal): CaptionsViewerBridge {
  const electron = electronBridge(desktopGlobal);
  if (!electron.desktop) throw new Error('The desktop app has a desktop.');
  return electronViewerBridge(electron, electron.desktop);
}

function browserBridge(address: PageAddress | null): CaptionsViewerBridge {
  const { token, cleanAddress } = takeToken(VIEWER_TOKEN, location.href, tabStorage());
  if (cleanAddress !== null) history.replaceState(null, '', cleanAddress);
  const url = new URL('/captions', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return webViewerBridge({
    url: url.href,
    token,
    connect: connectFromBrowser,
    clock: systemClock,
    random: Math.random,
    appearance: (address ?? readPageAddress(new URLSearchParams())).appearance,
    online: window,
  });
}
