/** The desktop app’s hidden window: captures when the main process says so, and sends what it hears. */
import type { RunningCapture } from '../../core/captions/capture-types.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import { type CaptureReport, captureCommandSchema } from '../../ipc/capture-window.ts';
import { CAPTURE_PORT_CHANNEL } from '../../ipc/desktop-global.ts';
import { browserCapture } from './browser-capture.ts';

window.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (event.source === window && event.data === CAPTURE_PORT_CHANNEL && port) serve(port);
});

function serve(port: MessagePort): void {
  let running: { readonly id: number; readonly capture: RunningCapture } | null = null;
  const report = (message: CaptureReport): void => port.postMessage(message);
  port.onmessage = async ({ data }) => {
    const command = captureCommandSchema.parse(data);
    switch (command.type) {
      case 'start': {
        const { id } = command;
        try {
          const capture = await browserCapture.start(command.request, {
            frame: (pcm) => report({ type: 'frame', id, pcm }),
            level: (level) => report({ type: 'level', id, level }),
            status: (status) => report({ type: 'status', id, status }),
          });
          running = { id, capture };
          report({ type: 'started', id });
        } catch (error) {
          const code = error instanceof SurtitleError ? error.code : 'capture_failed';
          report({ type: 'failed', id, code, message: describeError(error) });
        }
        return;
      }
      case 'stop':
        await running?.capture.stop();
        running = null;
        report({ type: 'stopped', id: command.id });
        return;
      default:
        return;
    }
  };
}
