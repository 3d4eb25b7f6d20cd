import type { AudioLevel } from '../../core/captions/capture-types.ts';
import { levelShare } from './level-share.ts';

export interface MeterProps {
  /** `null` while nothing is captured. */
  readonly level: AudioLevel | null;
  readonly label: string;
  /** The level in words, read aloud. */
  readonly valueText: string;
}

/** How loud it is: the bar is the loudness, the mark the peak. Too loud is the far end, in its own colour. */
export function Meter({ level, label, valueText }: MeterProps) {
  const loudness = level ? levelShare(level.rmsDb) : 0;
  const peak = level ? levelShare(level.peakDb) : 0;
  const clips = level !== null && level.peakDb > -1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> shows no peak, and its parts cannot take our colours
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(loudness * 100)}
      aria-valuetext={valueText}
      className="relative h-2.5 w-full overflow-hidden rounded-full bg-line"
    >
      <div
        className={`h-full rounded-full ${clips ? 'bg-warning' : 'bg-accent'}`}
        style={{ width: `${loudness * 100}%` }}
      />
      {peak > 0 ? (
        <div
          className={`absolute top-0 h-full w-0.5 ${clips ? 'bg-warning' : 'bg-accent-strong'}`}
          style={{ left: `calc(${peak * 100}% - 0.125rem)` }}
        />
      ) : null}
    </div>
  );
}
