import { systemClock } from '../../core/foundation/clock.ts';
import { describeBytes } from '../../core/models/byte-words.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../models/interruptible.ts';
import type { ModelsImportOptions } from '../models/options.ts';
import { ProgressDisplay } from '../models/progress-display.ts';
import { type ModelsSurroundings, modelsSurroundings } from '../models/surroundings.ts';

/** Copies a model file into the store. */
export async function modelsImport(
  file: string,
  { name, trust }: Pick<ModelsImportOptions, 'name' | 'trust'>,
  { store, stdout, stderr }: ModelsSurroundings = modelsSurroundings(),
): Promise<number> {
  const display = new ProgressDisplay('import', stderr, systemClock);
  return interruptible(display, stderr, async (signal) => {
    const imported = await store.importFile(file, {
      name,
      trust,
      signal,
      onProgress: (bytes, totalBytes) => display.progress('copying and checking', bytes, totalBytes),
    });
    display.end();
    const how = imported.alreadyThere ? 'is there already' : 'is here';
    const checked =
      imported.trust === 'verified' ? 'sha256 verified' : 'not in the catalogue, trusted by you';
    stdout.write(
      `${imported.name} ${how} (${describeBytes(imported.bytes)}, ${checked}). Use it with --model ${imported.name}.\n`,
    );
    return EXIT.ok;
  });
}
