import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { type History, openHistory } from '../../../src/core/transcript/history.ts';
import {
  Journal,
  type JournalEvent,
  type JournalFinal,
  type JournalSession,
} from '../../../src/core/transcript/journal.ts';
import { lineOf, type SessionLine } from '../../../src/core/transcript/journal-lines.ts';

export const STARTED = new Date('2026-01-31T12:00:00.000Z');

/** A final that says `text`, in the second `index`. */
export function final(text: string, index = 0): JournalFinal {
  return { text, start_ms: index * 1000, end_ms: index * 1000 + 900, language: 'en', confidence: 0.5 };
}

/** First line of a journal whose writer is gone: no process has that number. */
export function header(id: string, fields: Partial<SessionLine> = {}): SessionLine {
  return {
    type: 'session',
    version: 1,
    id,
    started_at: STARTED.toISOString(),
    source: 'microphone',
    model: 'starter.en',
    language: 'en',
    pid: 2 ** 30,
    host: hostname(),
    ...fields,
  };
}

/** The text of a journal without an end. */
export function journalText(id: string, finals: readonly JournalFinal[]): string {
  return lineOf(header(id)) + finals.map((line) => lineOf({ type: 'final', ...line })).join('');
}

/** A folder of its own for a test, and journals in it. */
export class JournalBench {
  readonly home = mkdtempSync(join(tmpdir(), 'surtitle-journal-'));
  readonly folder = join(this.home, 'data', 'history');
  readonly clock = new VirtualClock();
  readonly events: JournalEvent[] = [];

  journal(session: Partial<JournalSession> = {}): Journal {
    return new Journal({
      folder: this.folder,
      session: { source: 'microphone', model: 'starter.en', language: 'en', startedAt: STARTED, ...session },
      clock: this.clock,
      now: () => new Date(STARTED.getTime() + 60_000),
      onEvent: (event) => this.events.push(event),
    });
  }

  /** The history that its journals are in. */
  history(): History {
    return openHistory({ folder: this.folder, now: () => new Date(STARTED), logger: silentLogger });
  }

  files(): string[] {
    return existsSync(this.folder) ? readdirSync(this.folder).map((name) => join(this.folder, name)) : [];
  }

  /** The lines of the only journal there is. */
  lines(): unknown[] {
    const [file = ''] = this.files();
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
