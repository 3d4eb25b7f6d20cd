import { UNSPACED_SCRIPTS } from '../foundation/script-spacing.ts';
import { type FoldedText, foldRoughly, foldText } from './history-folding.ts';
import { type Snippet, snippetAround, type TextRange } from './history-snippet.ts';

/** A place in a session where everything looked for is found. */
export interface SearchHit {
  /** Index of the segment in which the first of it begins. */
  readonly segment: number;
  /** Start of that segment. */
  readonly startMs: number;
  readonly snippet: Snippet;
}

/** What is searched: segments as spoken. */
export interface SearchableSegment {
  readonly text: string;
  readonly startMs: number;
}

interface Occurrence {
  readonly term: number;
  readonly start: number;
  readonly end: number;
}

/** About a quarter of a minute of speech: words this near belong together. */
const NEAR_CHARACTERS = 240;

/** Terms as they are compared; those with nothing but punctuation are left out. */
export function foldTerms(terms: readonly string[]): string[] {
  return [...new Set(terms.map((term) => foldText(term).text))].filter((term) => term !== '');
}

/**
 * Places where all of `terms` occur near each other, in order. A term may be several words, which must follow
 * each other; it may begin in one segment and end in the next, and may be part of a longer word. Where the
 * terms occur but never near each other, the place where they are nearest is the only one.
 *
 * @param terms from {@link foldTerms}.
 */
export function searchSegments(
  segments: readonly SearchableSegment[],
  terms: readonly string[],
): SearchHit[] {
  if (terms.length === 0) return [];
  const text = segments.map((segment) => segment.text).join(' ');
  const folded = foldText(text);
  const occurrences = terms.flatMap((term, index) => occurrencesOf(folded.text, term, index));
  if (new Set(occurrences.map(({ term }) => term)).size < terms.length) return [];
  const windows = smallestWindows(
    occurrences.sort((a, b) => a.start - b.start),
    terms.length,
  );
  let segment = 0;
  let segmentEnd = segments[0]?.text.length ?? 0;
  return windows.map((window) => {
    const ranges = window.map((occurrence) => originalRange(folded, occurrence));
    // Windows come in order, and so do their segments.
    while (segment + 1 < segments.length && segmentEnd < (ranges[0]?.start ?? 0)) {
      segmentEnd += 1 + (segments[++segment]?.text.length ?? 0);
    }
    return { segment, startMs: segments[segment]?.startMs ?? 0, snippet: snippetAround(text, ranges) };
  });
}

/** Whether all of `terms` occur in a short text, such as a title. */
export function containsTerms(text: string, terms: readonly string[]): boolean {
  const folded = foldText(text).text;
  return terms.length > 0 && terms.every((term) => folded.includes(term));
}

/**
 * Whether a search of a session can find anything, by the text of its journal: a quick no for most. Words may
 * span segments, and those of scripts without spaces also punctuation, so only their parts are looked for.
 *
 * @param terms from {@link foldTerms}.
 */
export function mayContainTerms(journal: string, terms: readonly string[]): boolean {
  const text = foldRoughly(journal);
  const words = terms.flatMap((term) => term.split(' '));
  return words
    .flatMap((word) => (UNSPACED_SCRIPTS.test(word) ? [...word] : [word]))
    .every((part) => text.includes(part));
}

function occurrencesOf(text: string, term: string, index: number): Occurrence[] {
  const found: Occurrence[] = [];
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
    found.push({ term: index, start: at, end: at + term.length });
  }
  return found;
}

/**
 * Stretches that hold every term and cannot be made shorter, which do not overlap (the usual two pointers over
 * a sorted list). @param sorted by start.
 */
function smallestWindows(sorted: readonly Occurrence[], termCount: number): Occurrence[][] {
  const near: Occurrence[][] = [];
  let nearest: Occurrence[] = [];
  let last = new Map<number, Occurrence>();
  for (const occurrence of sorted) {
    last.set(occurrence.term, occurrence);
    if (last.size < termCount) continue;
    const window = [...last.values()].sort((a, b) => a.start - b.start);
    if (nearest.length === 0 || lengthOf(window) < lengthOf(nearest)) nearest = window;
    if (lengthOf(window) > NEAR_CHARACTERS && termCount > 1) continue;
    near.push(window);
    last = new Map();
  }
  return near.length > 0 ? near : [nearest];
}

function lengthOf(window: readonly Occurrence[]): number {
  return Math.max(...window.map(({ end }) => end)) - (window[0]?.start ?? 0);
}

function originalRange({ starts, ends }: FoldedText, { start, end }: Occurrence): TextRange {
  return { start: starts[start] ?? 0, end: ends[end - 1] ?? 0 };
}
