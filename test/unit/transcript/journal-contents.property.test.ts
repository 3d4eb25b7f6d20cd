import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalFinal } from '../../../src/core/transcript/journal.ts';
import { readJournal } from '../../../src/core/transcript/journal-contents.ts';
import { newSessionId } from '../../../src/core/transcript/journal-files.ts';
import { lineOf } from '../../../src/core/transcript/journal-lines.ts';
import { repairJournal } from '../../../src/core/transcript/journal-repair.ts';
import { header, journalText, STARTED } from './journal-bench.ts';

const ID = newSessionId(STARTED);
const time = fc.nat({ max: 1_000_000 });
/** Any text at all, line breaks, quotes and half characters too. */
const text = fc.string({ minLength: 1, unit: 'binary' });
const finals: fc.Arbitrary<JournalFinal[]> = fc.uniqueArray(
  fc.record(
    {
      text,
      start_ms: time,
      end_ms: time,
      language: fc.constantFrom('en', 'de'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
      words: fc.array(fc.record({ text, start_ms: time, end_ms: time, confidence: fc.constant(1) })),
    },
    { requiredKeys: ['text', 'start_ms', 'end_ms', 'language', 'confidence'] },
  ),
  { selector: (final) => final.start_ms, maxLength: 12 },
);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-torn-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How many of the journal's finals are complete in its first `length` bytes, line break or not. */
function completeFinals(written: readonly JournalFinal[], length: number): number {
  let bytes = Buffer.byteLength(lineOf(header(ID)));
  return written.filter((final) => {
    bytes += Buffer.byteLength(lineOf({ type: 'final', ...final }));
    return bytes - 1 <= length;
  }).length;
}

function withType(written: readonly JournalFinal[]): unknown[] {
  return written.map((final) => ({ type: 'final', ...final }));
}

describe('a journal cut off anywhere', () => {
  it('gives back every final that was complete, exactly as it was written', () => {
    fc.assert(
      fc.property(finals, fc.double({ min: 0, max: 1, noNaN: true }), (written, share) => {
        const bytes = Buffer.from(journalText(ID, written));
        const cut = Math.round(bytes.length * share);
        const { finals: read, damagedLines } = readJournal(bytes.subarray(0, cut));
        expect(read).toEqual(withType(written.slice(0, completeFinals(written, cut))));
        expect(damagedLines).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is repaired to those finals and an end, and repairing it again changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(finals, fc.double({ min: 0, max: 1, noNaN: true }), async (written, share) => {
        const file = join(folder, 'journal');
        const bytes = Buffer.from(journalText(ID, written));
        const cut = Math.round(bytes.length * share);
        writeFileSync(file, bytes.subarray(0, cut));
        const complete = completeFinals(written, cut);
        const outcome = await repairJournal(file, STARTED);
        if (complete === 0) {
          expect(outcome.kind).toBe('removed');
          return;
        }
        const repaired = readFileSync(file);
        const contents = readJournal(repaired);
        expect(contents.finals).toEqual(withType(written.slice(0, complete)));
        expect(contents.end).toMatchObject({ reason: 'recovered', segments: complete });
        expect(contents.completeBytes).toBe(repaired.length);
        expect(await repairJournal(file, new Date())).toEqual({ kind: 'sound' });
        expect(readFileSync(file)).toEqual(repaired);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a journal with a damaged line', () => {
  it('loses that line only, and says which', () => {
    fc.assert(
      fc.property(
        finals.filter((written) => written.length > 0),
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        (written, which, garbage) => {
          const index = which % written.length;
          const lines = journalText(ID, written)
            .trimEnd()
            .split('\n')
            .map((line) => Buffer.from(line));
          // No line break among the garbage, and nothing that is JSON by chance.
          lines[index + 1] = Buffer.from([0x7b, ...garbage.filter((byte) => byte !== 0x0a && byte !== 0x7d)]);
          const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
          const { finals: read, damagedLines } = readJournal(bytes);
          expect(read).toEqual(withType(written.filter((_final, at) => at !== index)));
          expect(damagedLines).toEqual([index + 2]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is read whatever bytes it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readJournal(bytes).finals).toEqual([]);
      }),
    );
  });
});
