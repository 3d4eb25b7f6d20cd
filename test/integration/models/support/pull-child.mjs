// Pulls one made-up model, as a process that can be killed. Runs compiled code; prints a line of JSON an event.
// Arguments: models folder, mirror, bytes, sha256.
import { systemClock } from '../../../../out/core/foundation/clock.js';
import { silentLogger } from '../../../../out/core/foundation/logger.js';
import { ModelStore } from '../../../../out/core/models/store.js';

const [folder, mirror, bytes, sha256] = process.argv.slice(2);
const model = {
  name: 'tiny',
  bytes: Number(bytes),
  sha256,
  family: 'tiny',
  languages: 'multilingual',
  quantization: 'f16',
};
const store = new ModelStore({
  folder,
  bundled: null,
  clock: systemClock,
  logger: silentLogger,
  catalogue: [model],
  patience: { firstRetryMs: 10, longestRetryMs: 50 },
});
const print = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
try {
  print({ type: 'done', ...(await store.pull('tiny', { mirror, onEvent: print })) });
} catch (error) {
  print({ type: 'failed', code: error.code, message: error.message });
  process.exitCode = 1;
}
