import { systemClock } from '../../core/foundation/clock.ts';
import { describeBytes } from '../../core/models/byte-words.ts';
import { ModelError } from '../../core/models/model-error.ts';
import { EXIT } from '../exit-codes.ts';
import { listenForInterrupt } from '../interrupt.ts';
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
  const interrupt = listenForInterrupt(() => {
    display.end();
    process.exit(EXIT.interrupted);
  });
  try {
    const pulled = await store.pull(name, {
      mirror: mirror || (await configuredMirror()),
      signal: interrupt.polite,
      onEvent: (event) => display.show(event),
    });
    display.end();
    const how = pulled.alreadyThere ? 'is there already' : 'is here';
    stdout.write(
      `${name} ${how} (${describeBytes(pulled.bytes)}, sha256 verified). Use it with --model ${name}.\n`,
    );
    return EXIT.ok;
  } catch (error) {
    display.end();
    if (!(error instanceof ModelError) || error.code !== 'cancelled') throw error;
    stderr.write(`${error.message}\n`);
    return EXIT.interrupted;
  } finally {
    interrupt.release();
  }
}
