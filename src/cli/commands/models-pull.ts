import { systemClock } from '../../core/foundation/clock.ts';
import { describeBytes } from '../../core/models/byte-words.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../models/interruptible.ts';
import type { ModelsPullOptions } from '../models/options.ts';
import { ProgressDisplay } from '../models/progress-display.ts';
import { type ModelsSurroundings, modelsSurroundings } from '../models/surroundings.ts';

/** Downloads a model with a progress bar. Ctrl-C keeps what has come. */
export async function modelsPull(
  name: string,
  { mirror }: Pick<ModelsPullOptions, 'mirror'>,
  { store, configuredMirror, stdout, stderr }: ModelsSurroundings = modelsSurroundings(),
): Promise<number> {
  const display = new ProgressDisplay(name, stderr, systemClock);
  return interruptible(display, stderr, async (signal) => {
    const pulled = await store.pull(name, {
      mirror: mirror || (await configuredMirror()),
      signal,
      onEvent: (event) => display.show(event),
    });
    display.end();
    const how = pulled.alreadyThere ? 'is there already' : 'is here';
    stdout.write(
      `${name} ${how} (${describeBytes(pulled.bytes)}, sha256 verified). Use it with --model ${name}.\n`,
    );
    return EXIT.ok;
  });
}
