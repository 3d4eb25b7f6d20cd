import { type CaptionLine, CaptionLines } from '../../core/captions/caption-lines.ts';
import type { CaptionMessage, CaptionSnapshot } from '../../core/captions/caption-state.ts';
import type { FinalMessage, PartialMessage } from '../../core/protocol/server-messages.ts';

/** What a line holds, and whether words that may still change are among what is shown. */
export interface TextLayout {
  readonly lineCharacters: number;
  readonly widthOf?: (text: string) => number;
  readonly showUnstable: boolean;
}

/** Finals that are laid out anew when the width of lines changes. */
const KEPT_FINALS = 200;

/** The text of captions in lines, which can be laid out anew when the appearance changes. */
export class CaptionText {
  #layout: TextLayout;
  #lines: CaptionLines;
  #finals: FinalMessage[] = [];
  #partial: PartialMessage | null = null;

  constructor(layout: TextLayout) {
    this.#layout = layout;
    this.#lines = new CaptionLines(layout);
  }

  /** Lines that hold something to be shown. */
  get lines(): readonly CaptionLine[] {
    const { lines } = this.#lines;
    if (this.#layout.showUnstable) return lines;
    const stable = lines.findLastIndex(({ words }) => words.some((word) => word.stable));
    return lines.slice(0, stable + 1);
  }

  /** Number of the line on which the next stable word goes. */
  get nextLine(): number {
    return this.#lines.nextLine;
  }

  /** Takes another layout: lines are counted anew. */
  arrange(layout: TextLayout): void {
    this.#layout = layout;
    this.#lines = new CaptionLines(layout);
    this.#lines.restore({ finals: this.#finals, partial: this.#partial });
  }

  restore(snapshot: CaptionSnapshot): void {
    this.#finals = snapshot.finals.slice(-KEPT_FINALS);
    this.#partial = snapshot.partial;
    this.#lines.restore(snapshot);
  }

  update(message: CaptionMessage): void {
    switch (message.type) {
      case 'session_started':
        this.#finals = [];
        this.#partial = null;
        break;
      case 'final':
        this.#finals.push(message);
        if (this.#finals.length > KEPT_FINALS) this.#finals.shift();
        this.#partial = null;
        break;
      case 'partial':
        this.#partial = message.text === '' ? null : message;
        break;
      default:
        break;
    }
    this.#lines.update(message);
  }
}
