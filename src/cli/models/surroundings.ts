import { inspectModelFile } from '../../core/engine/model-file.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import { silentLogger } from '../../core/foundation/logger.ts';
import { ModelStore } from '../../core/models/store.ts';
import { dataFolder } from '../data-folder.ts';
import { bundledModel, modelsFolder } from './places.ts';

/** Where a command writes. */
export interface CommandOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the `models` commands work on; tests put their own in its place. */
export interface ModelsSurroundings {
  readonly store: ModelStore;
  readonly dataFolder: string;
  /** Results. */
  readonly stdout: CommandOutput;
  /** Progress. */
  readonly stderr: CommandOutput & NodeJS.WritableStream;
}

export function modelsSurroundings(): ModelsSurroundings {
  const folder = dataFolder();
  return {
    store: new ModelStore({
      folder: modelsFolder(folder),
      bundled: bundledModel,
      clock: systemClock,
      logger: silentLogger,
      inspect: inspectModelFile,
    }),
    dataFolder: folder,
    stdout: process.stdout,
    stderr: process.stderr,
  };
}
