import { type CSSProperties, memo } from 'react';
import type { CaptionLine } from '../../core/captions/caption-lines.ts';
import type { CaptionStyle } from '../appearance/caption-style.ts';

export interface CaptionLinesViewProps {
  readonly lines: readonly CaptionLine[];
  /** Number of the line shown first. */
  readonly top: number;
  readonly rows: number;
  readonly showUnstable: boolean;
  readonly style: CaptionStyle;
  readonly edge: 'none' | 'outline' | 'shadow';
  /** Shown, dimmed, while there is no line. */
  readonly placeholder?: string | undefined;
}

/**
 * Captions in a box of fixed height. A line stands at its number times its height, and what is shown moves by whole
 * lines, so a word that was drawn stays where it is. Screen readers are told elsewhere, sentence by sentence.
 */
export function CaptionLinesView(props: CaptionLinesViewProps) {
  const { lines, top, rows, showUnstable, style, edge, placeholder } = props;
  // One screenful more on each side, for what scrolls out and in.
  const first = lines[0]?.number ?? 0;
  const near = lines.slice(Math.max(0, top - rows - first), Math.max(0, top + 2 * rows - first));
  return (
    <div className="caption-box" data-edge={edge} style={style as CSSProperties} aria-hidden="true">
      <div className="caption-window">
        <div className="caption-track" style={{ '--caption-top': top } as CSSProperties}>
          {near.map((line) => (
            <LineView key={line.number} line={line} showUnstable={showUnstable} />
          ))}
          {lines.length === 0 && placeholder !== undefined && (
            <div className="caption-line" data-unstable style={{ '--caption-line': top } as CSSProperties}>
              {placeholder}
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

interface LineViewProps {
  readonly line: CaptionLine;
  readonly showUnstable: boolean;
}

const LineView = memo(function LineView({ line, showUnstable }: LineViewProps) {
  const words = showUnstable ? line.words : line.words.filter(({ stable }) => stable);
  return (
    <div
      className="caption-line"
      dir="auto"
      data-line={line.number}
      style={{ '--caption-line': line.number } as CSSProperties}
    >
      {words.map(({ text, stable, spaced }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word is known by its place
        <span key={index} data-unstable={stable ? undefined : ''}>
          {spaced ? ` ${text}` : text}
        </span>
      ))}
    </div>
  );
});
