import { describeBytes } from '../../core/models/byte-words.ts';
import { EXIT } from '../exit-codes.ts';
import { type ModelsSurroundings, modelsSurroundings } from '../models/surroundings.ts';

/** Removes a model, or the beginning of one. */
export async function modelsRemove(
  name: string,
  { store, stdout }: ModelsSurroundings = modelsSurroundings(),
): Promise<number> {
  const { model, bytes } = await store.remove(name);
  const what = model ? name : `What had been downloaded of ${name}`;
  stdout.write(`${what} is removed (${describeBytes(bytes)}).\n`);
  return EXIT.ok;
}
