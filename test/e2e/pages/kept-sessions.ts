import path from 'node:path';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { Journal } from '../../../src/core/transcript/journal.ts';

export interface KeptSession {
  readonly title: string;
  readonly lines: readonly string[];
  readonly startedAt: Date;
  readonly source?: string;
}

/** Puts sessions into the history of a data folder. @returns their ids. */
export async function keepSessions(home: string, sessions: readonly KeptSession[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { title, lines, startedAt, source = 'Microphone' } of sessions) {
    const journal = new Journal({
      folder: path.join(home, 'history'),
      session: { source, title, model: 'base.en', language: 'en', startedAt },
      clock: systemClock,
      now: () => startedAt,
      onEvent: () => undefined,
    });
    await Promise.all(
      lines.map((text, index) =>
        journal.append({
          text,
          start_ms: index * 5_000,
          end_ms: index * 5_000 + 4_000,
          language: 'en',
          confidence: 0.9,
        }),
      ),
    );
    ids.push((await journal.close(lines.length * 5_000)).id ?? '');
  }
  return ids;
}
