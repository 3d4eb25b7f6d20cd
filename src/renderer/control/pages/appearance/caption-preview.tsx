import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CaptionLine, CaptionLines } from '../../../../core/captions/caption-lines.ts';
import type { CaptionAppearance } from '../../../appearance/caption-appearance.ts';
import { fitCaptions } from '../../../appearance/caption-fit.ts';
import { captionStyle } from '../../../appearance/caption-style.ts';
import '../../../appearance/captions.css';
import { measureText, type TextMeasure } from '../../../appearance/text-measure.ts';
import { classes } from '../../../components/classes.ts';
import { CaptionLinesView } from '../../../overlay/caption-lines-view.tsx';
import { liveTop } from '../../../overlay/viewport.ts';

const BACKDROPS = ['bright', 'dark', 'busy'] as const;

/** The overlay’s own captions, over what they might stand on. */
export function CaptionPreview({ appearance }: { readonly appearance: CaptionAppearance }) {
  const { t } = useTranslation();
  const [backdrop, setBackdrop] = useState<(typeof BACKDROPS)[number]>('bright');
  const [element, widthPx] = useWidth();
  const { fontFamily, fontWeight, letterSpacing } = appearance;
  const measure = useMemo(
    () => measureText({ fontFamily, fontWeight, letterSpacing }),
    [fontFamily, fontWeight, letterSpacing],
  );
  const { characterEm } = measure;
  const fit = fitCaptions(appearance, { characterEm, ...(widthPx ? { availableWidthPx: widthPx } : {}) });
  const lines = sampleLines(
    appearance,
    measure,
    t('appearance.sample'),
    ` ${t('appearance.sampleUnstable')}`,
  );
  const last = lines.at(-1)?.number ?? 0;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-1" role="radiogroup" aria-label={t('appearance.backdrop')}>
        {BACKDROPS.map((name) => (
          <label
            key={name}
            className={classes(
              'flex min-h-8 items-center rounded-full px-3 text-sm font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent',
              name === backdrop ? 'bg-accent-soft text-ink' : 'text-ink-muted hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name="caption-backdrop"
              className="sr-only"
              checked={name === backdrop}
              onChange={() => setBackdrop(name)}
            />
            {t(`appearance.${name}`)}
          </label>
        ))}
      </div>
      <div
        className="caption-backdrop overflow-hidden rounded-lg border border-line p-4"
        data-backdrop={backdrop}
      >
        <div ref={element} role="img" aria-label={t('appearance.preview')} data-testid="caption-preview">
          <CaptionLinesView
            lines={lines}
            top={liveTop(0, { first: 0, last, next: last, rows: fit.lines })}
            rows={fit.lines}
            showUnstable={appearance.showUnstable}
            style={captionStyle(appearance, fit)}
            edge={appearance.edge}
          />
        </div>
      </div>
    </div>
  );
}

function sampleLines(
  { lineCharacters }: CaptionAppearance,
  { widthOf }: TextMeasure,
  stable: string,
  unstable: string,
): readonly CaptionLine[] {
  const captions = new CaptionLines({ lineCharacters, widthOf });
  captions.update({
    type: 'partial',
    segment_id: 0,
    revision: 0,
    text: stable + unstable,
    stable_text: stable,
    start_ms: 0,
    end_ms: 0,
  });
  return captions.lines;
}

function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}
