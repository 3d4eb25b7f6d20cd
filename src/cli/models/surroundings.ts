import { dataFolder } from '../../app/data-folder.ts';
import { bundledModel, modelsFolder } from '../../app/model-places.ts';
import { inspectModelFile } from '../../core/engine/model-file.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import { silentLogger } from '../../core/foundation/logger.ts';
import { ModelStore } from '../../core/models/store.ts';
import { loadSettings } from '../settings/user-settings.ts';

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
  /** The mirror that the user has set; `null` for the hub. */
  readonly configuredMirror: () => Promise<string | null>;
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
    configuredMirror: async () => {
      const { values } = await loadSettings((line) => process.stderr.write(`${line}\n`));
      return values['models.mirror'];
    },
    stdout: process.stdout,
    stderr: process.stderr,
  };
}
