import { describe, expect, it } from 'vitest';
import type { FinalMessage, PartialMessage } from '../../../../src/core/protocol/server-messages.ts';
import { matchingLines, piecesOf } from '../../../../src/renderer/control/captions/transcript-search.ts';
import {
  NO_TRANSCRIPT,
  transcriptText,
  withMessage,
  withSnapshot,
} from '../../../../src/renderer/control/stores/transcript-lines.ts';

function final(id: number, text: string): FinalMessage {
  return {
    type: 'final',
    segment_id: id,
    text,
    language: 'en',
    start_ms: id * 1_000,
    end_ms: id * 1_000 + 900,
    confidence: 1,
    committed_samples: 0,
    seq: id,
  };
}

function partial(text: string, stable: string): PartialMessage {
  return {
    type: 'partial',
    segment_id: 9,
    revision: 1,
    text,
    stable_text: stable,
    start_ms: 9_000,
    end_ms: 9_500,
  };
}

function texts(finals: readonly FinalMessage[]): ReturnType<typeof transcriptText> {
  return transcriptText(withSnapshot(NO_TRANSCRIPT, { finals, partial: null }));
}

describe('the live transcript', () => {
  it('shows what will stay apart from what may still change', () => {
    const { partial: shown } = withMessage(NO_TRANSCRIPT, partial(' so it goes', ' so it'));
    expect(shown).toEqual({ stable: 'so it', unstable: ' goes', startMs: 9_000 });
  });

  it('shows everything as unstable where the server’s stable words are others', () => {
    const { partial: shown } = withMessage(NO_TRANSCRIPT, partial('so it goes', 'as it'));
    expect(shown).toEqual({ stable: '', unstable: 'so it goes', startMs: 9_000 });
  });

  it('puts a final in the place of the words that could change', () => {
    const before = withMessage(NO_TRANSCRIPT, partial('so it', ''));
    const after = withMessage(before, final(0, 'So it goes.'));
    expect([transcriptText(after), after.partial]).toEqual(['So it goes.', null]);
  });

  it('withdraws words that came to nothing', () => {
    const before = withMessage(NO_TRANSCRIPT, partial('um', ''));
    expect(withMessage(before, partial('', '')).partial).toBeNull();
  });

  it('begins anew with a session', () => {
    const before = withMessage(NO_TRANSCRIPT, final(0, 'Before.'));
    expect(withMessage(before, { type: 'session_started' })).toEqual(NO_TRANSCRIPT);
  });

  it('says where sound was lost', () => {
    const gap = { type: 'gap', start_ms: 4_000, end_ms: 9_000, reason: 'not_buffered' } as const;
    expect(withMessage(NO_TRANSCRIPT, gap).lines).toEqual([
      { kind: 'gap', key: 'gap-4000', startMs: 4_000, endMs: 9_000 },
    ]);
  });

  it('keeps what a snapshot no longer reaches back to', () => {
    const before = [0, 1, 2].reduce(
      (transcript, id) => withMessage(transcript, final(id, `Line ${id}.`)),
      NO_TRANSCRIPT,
    );
    const after = withSnapshot(before, {
      finals: [final(2, 'Line 2.'), final(3, 'Line 3.')],
      partial: null,
    });
    expect(transcriptText(after)).toBe('Line 0.\nLine 1.\nLine 2.\nLine 3.');
  });

  it('drops what belongs to another session than the snapshot', () => {
    const before = withMessage(NO_TRANSCRIPT, final(0, 'Of yesterday.'));
    const after = withSnapshot(before, { finals: [final(0, 'Of today.')], partial: null });
    expect(transcriptText(after)).toBe('Of today.');
  });

  it('is copied with the words that may still change', () => {
    const before = withMessage(NO_TRANSCRIPT, final(0, ' One. '));
    expect(transcriptText(withMessage(before, partial(' two', ' two')))).toBe('One.\ntwo');
    expect(texts([])).toBe('');
  });
});

describe('searching in it', () => {
  const { lines } = withSnapshot(NO_TRANSCRIPT, {
    finals: [final(0, 'The budget.'), final(1, 'Nothing.'), final(2, 'A BUDGET, budgets.')],
    partial: null,
  });

  it('finds lines whatever the case', () => {
    expect(matchingLines(lines, ' Budget ')).toEqual([0, 2]);
  });

  it('finds nothing where nothing is looked for', () => {
    expect(matchingLines(lines, '  ')).toEqual([]);
  });

  it('marks every place in a line', () => {
    expect(piecesOf('A BUDGET, budgets.', 'budget')).toEqual([
      { text: 'A ', found: false },
      { text: 'BUDGET', found: true },
      { text: ', ', found: false },
      { text: 'budget', found: true },
      { text: 's.', found: false },
    ]);
  });

  it('marks nothing where lower case has another length', () => {
    expect(piecesOf('İstanbul', 'istanbul')).toEqual([{ text: 'İstanbul', found: false }]);
  });
});
