// Journals one session after the other into the folder it is given, and shows every final, as a line on standard
// output, once its journal says that it is kept. It goes on until it is killed.
import { writeSync } from 'node:fs';
import { systemClock } from '../../../../out/core/foundation/clock.js';
import { Journal } from '../../../../out/core/transcript/journal.js';

const [, , folder, name] = process.argv;
const FINALS = [1, 2, 3, 5, 8];

for (let session = 0; ; session++) {
  const journal = new Journal({
    folder,
    session: { source: name, title: `${name}-${session}`, model: 'm', language: 'en', startedAt: new Date() },
    clock: systemClock,
    now: () => new Date(),
    onEvent: () => {},
  });
  for (let index = 0; index < FINALS[session % FINALS.length]; index++) {
    const text = `${name} ${session} ${index}`;
    await journal.append({
      text,
      start_ms: index * 10,
      end_ms: index * 10 + 9,
      language: 'en',
      confidence: 1,
    });
    writeSync(1, `${text}\n`);
  }
  await journal.close();
}
