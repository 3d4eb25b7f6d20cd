import { useEffect, useMemo, useState } from 'react';
import type { CaptionAppearance } from '../appearance/caption-appearance.ts';
import { appearanceForPage, type CaptionFit, fitCaptions } from '../appearance/caption-fit.ts';
import { type CaptionStyle, captionStyle } from '../appearance/caption-style.ts';
import { measureText } from '../appearance/text-measure.ts';
import { STRIP_HEIGHT_PX } from './overlay-sizes.ts';
import type { PageAddress } from './page-address.ts';

export interface FittedCaptions {
  /** The appearance that is drawn: what was wanted, as the room allows. */
  readonly appearance: CaptionAppearance;
  readonly fit: CaptionFit;
  readonly style: CaptionStyle;
  readonly widthOf: (text: string) => number;
}

/** Fits captions into the window. @param page `null` for the overlay, which makes its window fit instead. */
export function useFittedCaptions(
  wanted: CaptionAppearance,
  page: Pick<PageAddress, 'linesChosen' | 'charactersChosen'> | null,
): FittedCaptions {
  const { width, height } = useWindowSize();
  const moreContrast = useMediaQuery('(prefers-contrast: more)');
  const { fontFamily, fontWeight, letterSpacing } = wanted;
  const measure = useMemo(
    () => measureText({ fontFamily, fontWeight, letterSpacing }),
    [fontFamily, fontWeight, letterSpacing],
  );
  return useMemo(() => {
    const { characterEm, widthOf } = measure;
    const seen = moreContrast ? { ...wanted, backgroundOpacity: 1 } : wanted;
    const room = page && { ...page, widthPx: width, heightPx: height - STRIP_HEIGHT_PX };
    const appearance = room ? appearanceForPage(seen, room, characterEm) : seen;
    const fit = fitCaptions(appearance, { availableWidthPx: width, characterEm });
    return { appearance, fit, style: captionStyle(appearance, fit), widthOf };
  }, [measure, moreContrast, wanted, page, width, height]);
}

export function useMediaQuery(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const gone = new AbortController();
    matchMedia(query).addEventListener('change', (event) => setMatches(event.matches), {
      signal: gone.signal,
    });
    return () => gone.abort();
  }, [query]);
  return matches;
}

function useWindowSize(): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState(sizeOfWindow);
  useEffect(() => {
    const gone = new AbortController();
    addEventListener('resize', () => setSize(sizeOfWindow()), { signal: gone.signal });
    return () => gone.abort();
  }, []);
  return size;
}

/** Without the parts of a phone’s screen that are not flat, or not free. */
function sizeOfWindow(): { readonly width: number; readonly height: number } {
  const { clientWidth, clientHeight } = document.documentElement;
  return { width: clientWidth, height: clientHeight };
}
