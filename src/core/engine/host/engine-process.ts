/**
 * Entry point of the engine process when it is a Node child process. It does what the supervisor in its
 * parent says, and lives no longer than the channel to it.
 */
import { EngineHost } from './engine-host.ts';
import { loadEngine } from './load-engine.ts';
import type { EngineCommand } from './messages.ts';

process.title = 'surtitle-engine';

// Ctrl-C and a service manager signal the whole group; the parent drains first and then closes us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const host = new EngineHost({
  load: loadEngine,
  report: (report) => {
    if (process.connected) process.send?.(report);
  },
  // Closing the channel lets reports still on their way arrive, and then the process run out of work.
  onClosed: () => {
    process.removeListener('disconnect', leave);
    process.disconnect?.();
  },
});

process.on('message', (command: EngineCommand) => host.handle(command));
process.on('disconnect', leave);

function leave(): void {
  // There is nothing to save, and an ordinary exit would first wait for the decode that is running.
  process.kill(process.pid, 'SIGKILL');
}
