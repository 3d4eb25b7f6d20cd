import { describe, expect, it } from 'vitest';
import { readJournal } from '../../../src/core/transcript/journal-contents.ts';
import { lineOf } from '../../../src/core/transcript/journal-lines.ts';
import { final, header, journalText } from './journal-bench.ts';

function read(text: string) {
  return readJournal(Buffer.from(text));
}

const END = {
  type: 'end',
  ended_at: '2026-01-31T12:00:00.000Z',
  reason: 'ended',
  segments: 1,
  words: 1,
  duration_ms: 900,
} as const;

describe('the lines of a journal', () => {
  it('may be of types that are not known yet', () => {
    const text = `${journalText('x', [final('One.')])}{"type":"speaker","name":"Ada"}\n${lineOf(END)}`;
    expect(read(text)).toMatchObject({ finals: [{ text: 'One.' }], damagedLines: [], end: END });
  });

  it('may have fields that are not known yet', () => {
    const line = lineOf({ type: 'final', ...final('One.') }).replace('{', '{"speaker":"Ada",');
    expect(read(line).finals).toEqual([{ type: 'final', ...final('One.') }]);
  });

  it('of a newer version are an error that says what to do', () => {
    const text = lineOf(header('x', { version: 2 }));
    expect(() => read(text)).toThrow(/newer Surtitle \(format 2\)\. Update/u);
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'history_newer' }));
  });

  it('that are known, but not as they should be, are damaged', () => {
    const text = `${lineOf(header('x'))}{"type":"final","text":"","start_ms":-1}\n[]\n{"type":"end"}\n`;
    expect(read(text)).toMatchObject({ finals: [], end: null, damagedLines: [2, 3, 4] });
  });

  it('count once where their writer wrote them twice, unsure of the first time', () => {
    const once = lineOf({ type: 'final', ...final('One.') });
    expect(read(once + once).finals).toHaveLength(1);
  });

  it('give the newest title, before or behind the end', () => {
    const title = (title: string): string => lineOf({ type: 'title', title });
    const begin = journalText('x', [final('One.')]);
    expect(read(begin + title('First') + title('Second')).title).toBe('Second');
    expect(read(begin + title('First') + lineOf({ ...END, title: 'First' })).title).toBe('First');
    expect(read(begin + lineOf({ ...END, title: 'First' }) + title('Second')).title).toBe('Second');
  });
});
