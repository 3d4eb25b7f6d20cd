import type { AppServer } from '../app-server.ts';
import { rememberStarterSpeed } from '../models/speed-record.ts';
import { type DecodeSpeed, judgeSpeed, measureDecodeSpeed } from './decode-benchmark.ts';
import { benchmarkAudio, describeGraphics, judgeHearing } from './engine-checks.ts';
import type { Finding } from './finding.ts';

/**
 * How the program's own server is doing: whether it listens, and how fast the model decodes that is loaded. It is timed
 * in the engine that runs, behind whoever is being captioned, since another one would need the memory twice.
 */
export async function checkRunningServer(server: AppServer, dataFolder: string): Promise<Finding[]> {
  const { state, error, url, wantedPort, engineRestarts } = server.status;
  const model = server.loadedModel;
  if (state !== 'ready' || url === null || model === null) {
    return [
      {
        check: 'server',
        status: 'fail',
        summary: state === 'failed' ? 'The speech server failed.' : 'The speech server does not run.',
        advice: error?.message ?? 'Start it on the Server page.',
      },
    ];
  }
  const speech = server.speech();
  const lane = speech.openLane('diagnostics');
  try {
    const { timesRealTime, words } = await measureDecodeSpeed(
      { decode: (request) => lane.decode(request, { priority: 'final' }) },
      await benchmarkAudio(),
    );
    const speeds: DecodeSpeed[] = [{ threads: null, timesRealTime }];
    if (model.starter && words > 0) await rememberStarterSpeed(dataFolder, speeds);
    return [
      listening(url, wantedPort),
      ...(engineRestarts > 0 ? [restarted(engineRestarts)] : []),
      judgeHearing(model, words),
      describeGraphics(speech.gpu),
      judgeSpeed(model, speeds),
    ];
  } finally {
    lane.close();
  }
}

function listening(url: string, wantedPort: number | null): Finding {
  if (wantedPort === null) {
    return { check: 'server', status: 'ok', summary: `The speech server listens at ${url}` };
  }
  return {
    check: 'server',
    status: 'warn',
    summary: `Port ${wantedPort} is taken by another program, so the speech server listens at ${url}`,
    advice: 'Close the other program, or choose another port, and start the server again.',
  };
}

function restarted(times: number): Finding {
  return {
    check: 'engine_restarts',
    status: 'warn',
    summary: `The speech engine crashed and was started again ${times === 1 ? 'once' : `${times} times`} since Surtitle runs.`,
    advice: 'If it goes on, choose another model, or build the engine again (npm run build:engine).',
  };
}
