import { joinsWithSpace } from '../foundation/script-spacing.ts';
import { cellWidth } from '../foundation/text-width.ts';
import type { FinalMessage, PartialMessage } from '../protocol/server-messages.ts';
import type { CaptionMessage, CaptionSnapshot } from './caption-state.ts';
import { captionTokens } from './caption-tokens.ts';
import { isWellFilled, type LineMeasure, type Pen, type Placement, placeToken } from './line-pen.ts';

/** A word on a line, or part of one: of a word that may still change at its end, each part stands for itself. */
export interface CaptionLineWord {
  readonly text: string;
  /** It will not change any more, nor move. */
  readonly stable: boolean;
  /** A space stands before it. */
  readonly spaced: boolean;
}

export interface CaptionLine {
  /** Counted from the first line of the session; a line keeps its number for good. */
  readonly number: number;
  readonly words: readonly CaptionLineWord[];
}

export interface CaptionLinesOptions {
  /** Width of a line in Latin letters, or in the unit of `widthOf`. */
  readonly lineCharacters: number;
  /** Default: {@link cellWidth}. A space counts 1. */
  readonly widthOf?: (text: string) => number;
  /** Lines kept for scrolling back. */
  readonly maxLines?: number;
}

const DEFAULT_MAX_LINES = 500;
/** After so long a silence what is said next begins a line of its own. */
const NEW_LINE_PAUSE_MS = 3_000;
/** Stands where audio was lost. */
export const GAP_MARK = '[…]';

/** A segment that has no final yet. */
interface OpenSegment {
  readonly id: number;
  stable: string;
  /** Where it began, so that it can be withdrawn. */
  readonly start: { readonly pen: Pen; readonly words: number };
}

/**
 * Breaks live captions into lines, message by message. A stable word that was shown never moves to another line or
 * along its line: a line is broken when its stable words are known, from the words before the break alone. Unstable
 * words stand where they would stand if they stayed.
 *
 * Each message takes time that grows with its new and unstable words only.
 */
export class CaptionLines {
  readonly #measure: LineMeasure;
  readonly #maxLines: number;
  /** Stable words, in lines that follow each other without a gap. */
  #lines: CaptionLine[] = [];
  #pen: Pen = penAt(0);
  /** Unstable words behind the pen. */
  #tail: readonly Placement[] = [];
  #open: OpenSegment | null = null;
  #lastFinal: FinalMessage | null = null;
  #gapPending = false;
  #shown: readonly CaptionLine[] | null = null;

  constructor({ lineCharacters, widthOf = cellWidth, maxLines = DEFAULT_MAX_LINES }: CaptionLinesOptions) {
    this.#measure = { lineWidth: Math.max(2, lineCharacters), widthOf };
    this.#maxLines = maxLines;
  }

  /** All lines, oldest first. The same array as long as nothing changed; a line that did not change is the same, too. */
  get lines(): readonly CaptionLine[] {
    this.#shown ??= withTail(this.#lines, this.#tail);
    return this.#shown;
  }

  /** Number of the line on which the next stable word goes, at the earliest. It only falls when words are withdrawn. */
  get nextLine(): number {
    return this.#pen.closed ? this.#pen.line + 1 : this.#pen.line;
  }

  /** Takes what comes next. */
  update(message: CaptionMessage): void {
    switch (message.type) {
      case 'session_started':
        this.#clear();
        break;
      case 'partial':
        this.#partial(message);
        break;
      case 'final':
        this.#final(message);
        break;
      case 'gap':
        this.#gapPending = true;
        break;
      case 'speech_started':
      case 'speech_ended':
        return;
    }
    this.#shown = null;
  }

  /** Begins with what a viewer that joins is shown, or goes on with it where it follows what is there. */
  restore({ finals, partial }: CaptionSnapshot): void {
    const known = this.#lastFinal;
    const next = known === null ? 0 : finals.findIndex((final) => isSame(final, known)) + 1;
    const goesOn = known === null ? this.#continues(finals[0] ?? partial) : next > 0;
    if (!goesOn) this.#clear();
    for (const final of goesOn ? finals.slice(next) : finals) this.#final(final);
    if (partial) this.#partial(partial);
    else this.#withdraw();
    this.#shown = null;
  }

  /** Whether a message goes on with the segment that is open, or nothing is shown yet. */
  #continues(message: FinalMessage | PartialMessage | null): boolean {
    if (!this.#open) return true;
    return message?.segment_id === this.#open.id && message.text.startsWith(this.#open.stable);
  }

  #clear(): void {
    this.#lines = [];
    this.#pen = penAt(0);
    this.#tail = [];
    this.#open = null;
    this.#lastFinal = null;
    this.#gapPending = false;
  }

  #partial(message: PartialMessage): void {
    const { segment_id: id, text, stable_text: stable } = message;
    if (id <= (this.#lastFinal?.segment_id ?? -1)) return;
    if (text === '') {
      if (this.#open?.id === id) this.#withdraw();
      return;
    }
    this.#write(this.#begin(message), text, stable);
  }

  #final(message: FinalMessage): void {
    if (message.segment_id <= (this.#lastFinal?.segment_id ?? -1)) return;
    this.#write(this.#begin(message), message.text, message.text);
    this.#open = null;
    this.#lastFinal = message;
    this.#dropOldLines();
  }

  #begin({ segment_id: id, text, start_ms: startMs }: FinalMessage | PartialMessage): OpenSegment {
    if (this.#open?.id === id && text.startsWith(this.#open.stable)) return this.#open;
    this.#withdraw();
    if (this.#gapPending) {
      this.#gapPending = false;
      this.#pen.closed = this.#pen.width > 0;
      this.#pen.spacePending = true;
      this.#write(null, GAP_MARK, GAP_MARK);
    }
    const last = this.#lastFinal;
    if (last && this.#pen.width > 0 && startMs - last.end_ms >= NEW_LINE_PAUSE_MS) this.#pen.closed = true;
    this.#pen.spacePending = joinsWithSpace(this.#pen.word, text);
    const words = this.#lines.at(-1)?.words.length ?? 0;
    this.#open = { id, stable: '', start: { pen: { ...this.#pen }, words } };
    return this.#open;
  }

  /** Takes an open segment away, with words that were thought to be stable if need be: they will come again. */
  #withdraw(): void {
    const open = this.#open;
    this.#tail = [];
    this.#open = null;
    if (!open || open.stable === '') return;
    const { pen, words } = open.start;
    this.#pen = pen;
    this.#lines = this.#lines.filter(({ number }) => number <= pen.line);
    const last = this.#lines.at(-1);
    if (last?.number !== pen.line) return;
    if (words === 0) this.#lines.pop();
    else this.#lines[this.#lines.length - 1] = { ...last, words: last.words.slice(0, words) };
  }

  /** Writes what is new of a segment: stable words for good, the rest as it would stand behind them. */
  #write(segment: OpenSegment | null, text: string, stable: string): void {
    const known = segment?.stable.length ?? 0;
    // A stable text that shrank breaks the protocol; what was shown stays.
    const newlyStable = Math.max(0, stable.length - known);
    const before = this.#pen.spacePending ? '' : this.#pen.word;
    const tail: Placement[] = [];
    let tailPen: Pen | null = null;
    for (const token of captionTokens(text.slice(known), before)) {
      const stableLength = Math.min(token.text.length, newlyStable - token.start);
      if (tailPen) tail.push(...placeToken(tailPen, token, this.#measure));
      else if (stableLength <= 0) {
        tailPen = { ...this.#pen };
        const placed = placeToken(tailPen, token, this.#measure);
        tail.push(...placed);
        // The break was shown: another guess at the next word shall not undo it.
        const parts = !token.glued && (placed[0]?.line ?? 0) > this.#pen.line;
        if (parts && isWellFilled(this.#pen, this.#measure)) this.#pen.closed = true;
      } else {
        tailPen = this.#commit(token, stableLength, tail);
      }
    }
    this.#tail = tail;
    if (!segment || newlyStable === 0) return;
    segment.stable = stable;
    this.#pen.spacePending = /\s$/u.test(stable);
  }

  /** Places a token of which the first characters are stable. @returns the pen behind its rest, where it has one. */
  #commit(token: Parameters<typeof placeToken>[1], stableLength: number, tail: Placement[]): Pen | null {
    const wordBefore = token.glued && !this.#pen.spacePending ? this.#pen.word : '';
    const pen = { ...this.#pen };
    const placed = placeToken(pen, token, this.#measure);
    let left = stableLength;
    for (const placement of placed) {
      const text = placement.text.slice(0, left);
      const rest = placement.text.slice(left);
      left -= text.length;
      if (text !== '') this.#put({ ...placement, text });
      if (rest !== '') tail.push({ ...placement, text: rest, spaced: placement.spaced && text === '' });
    }
    if (stableLength === token.text.length) {
      this.#pen = pen;
      return null;
    }
    this.#pen.word = wordBefore + token.text.slice(0, stableLength);
    return pen;
  }

  #put({ line, text, spaced }: Placement): void {
    const { widthOf } = this.#measure;
    if (line > this.#pen.line) this.#pen = { ...this.#pen, line, width: 0, closed: false };
    this.#pen.width += (spaced ? 1 : 0) + widthOf(text);
    this.#pen.spacePending = false;
    const word: CaptionLineWord = { text, stable: true, spaced };
    const last = this.#lines.at(-1);
    if (last?.number === line) {
      this.#lines[this.#lines.length - 1] = { number: line, words: [...last.words, word] };
    } else this.#lines.push({ number: line, words: [word] });
  }

  #dropOldLines(): void {
    // By and by, so that dropping costs little a line.
    if (this.#lines.length < this.#maxLines * 1.2) return;
    this.#lines = this.#lines.slice(-this.#maxLines);
  }
}

function penAt(line: number): Pen {
  return { line, width: 0, closed: false, word: '', spacePending: false };
}

function isSame(one: FinalMessage, other: FinalMessage): boolean {
  return one.segment_id === other.segment_id && one.start_ms === other.start_ms && one.text === other.text;
}

function withTail(lines: readonly CaptionLine[], tail: readonly Placement[]): readonly CaptionLine[] {
  const shown = [...lines];
  for (const { line, text, spaced } of tail) {
    const word: CaptionLineWord = { text, stable: false, spaced };
    const last = shown.at(-1);
    if (last?.number === line) shown[shown.length - 1] = { number: line, words: [...last.words, word] };
    else shown.push({ number: line, words: [word] });
  }
  return shown;
}
