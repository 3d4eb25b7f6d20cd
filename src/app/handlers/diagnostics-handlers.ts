import type { Handlers } from '../../ipc/call.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { DiagnosticFinding } from '../../ipc/views.ts';
import type { AppServer } from '../app-server.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkEngineBuild } from '../doctor/processor.ts';
import { checkRunningServer } from '../doctor/running-server.ts';
import { checkDataFolder, checkMemory, checkNode, checkVoiceActivity } from '../doctor/surroundings.ts';

export type DiagnosticsHandlers = Pick<Handlers<SharedCalls>, 'diagnostics.run'>;

/** Checks the machine as `surtitle doctor` does, and the program's own server. */
export function diagnosticsHandlers(server: AppServer, dataFolder: string): DiagnosticsHandlers {
  let running: Promise<readonly DiagnosticFinding[]> | null = null;
  return {
    // Windows that ask while it runs get the same answer: two measurements would slow each other down.
    'diagnostics.run': () => {
      running ??= diagnose(server, dataFolder).finally(() => {
        running = null;
      });
      return running;
    },
  };
}

async function diagnose(server: AppServer, dataFolder: string): Promise<readonly DiagnosticFinding[]> {
  const findings = [
    checkNode(),
    ...checkEngineBuild(),
    checkMemory(),
    await checkDataFolder(dataFolder),
    await checkVoiceActivity(),
    ...(await checkRunningServer(server, dataFolder)),
  ];
  return findings.map(shown);
}

/** Without the facts for programs. */
function shown({ check, status, summary, advice }: Finding): DiagnosticFinding {
  return { check, status, summary, ...(advice === undefined ? {} : { advice }) };
}
