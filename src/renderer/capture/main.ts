/** The desktop app’s hidden window: captures when the main process says so, and sends what it hears. */
import { CAPTURE_PORT_CHANNEL } from '../../ipc/desktop-global.ts';
import { createBrowserCapture } from './browser-capture.ts';
import { serveCapture } from './capture-service.ts';
import { loopback } from './page-devices.ts';

window.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (event.source === window && event.data === CAPTURE_PORT_CHANNEL && port)
    serveCapture(port, { createCapture: createBrowserCapture, loopback });
});
