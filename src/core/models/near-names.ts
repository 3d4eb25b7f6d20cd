/** Suggestions that still help; more are a list to read. */
const MOST_SUGGESTIONS = 3;

/**
 * The names someone may have meant by `name`: those that begin or end with it, and those at most a third of
 * its letters away (Levenshtein), the nearest and plainest first.
 */
export function nearNames(name: string, known: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  const reach = Math.max(1, Math.floor(wanted.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => rank(a) - rank(b) || a.candidate.length - b.candidate.length)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

/** `Did you mean base.en, base or tiny.en?`, or nothing where nothing is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearNames(name, known);
  const last = near.pop();
  if (last === undefined) return '';
  return `Did you mean ${near.length > 0 ? `${near.join(', ')} or ` : ''}${last}?`;
}

/** Who types half a name hardly means a quantised model. */
function rank({ candidate, distance }: { candidate: string; distance: number }): number {
  return distance + (/-q\d/u.test(candidate) ? 0.4 : 0);
}

function distanceOf(wanted: string, candidate: string): number {
  if (wanted === '') return Number.POSITIVE_INFINITY;
  if (candidate.startsWith(wanted) || candidate.endsWith(wanted)) return 0.5;
  let row = Array.from({ length: candidate.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...wanted].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= candidate.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (candidate[column - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[candidate.length] ?? 0;
}
