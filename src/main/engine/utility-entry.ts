/**
 * Entry point of the engine process when it is Electron’s `utilityProcess`. It does what the supervisor in the main
 * process says; the process ends with its parent, which Electron sees to.
 */
import { EngineHost } from '../../core/engine/host/engine-host.ts';
import { loadEngine } from '../../core/engine/host/load-engine.ts';
import type { EngineCommand, EngineReport } from '../../core/engine/host/messages.ts';

/** Electron’s `process.parentPort`; its types are not needed in a file that does not import it. */
interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: EngineCommand }) => void): void;
  postMessage(report: EngineReport): void;
}

const { parentPort } = process as unknown as { readonly parentPort: ParentPort };

const host = new EngineHost({
  load: loadEngine,
  report: (report) => parentPort.postMessage(report),
  // Reports still on their way leave first.
  onClosed: () => setImmediate(() => process.exit(0)),
});

parentPort.on('message', ({ data }) => host.handle(data));
