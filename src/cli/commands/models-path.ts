import { EXIT } from '../exit-codes.ts';
import { type ModelsSurroundings, modelsSurroundings } from '../models/surroundings.ts';

/** Prints where a model's file is, for scripts. */
export async function modelsPath(
  name: string,
  { store, stdout }: ModelsSurroundings = modelsSurroundings(),
): Promise<number> {
  stdout.write(`${store.locate(name)}\n`);
  return EXIT.ok;
}
