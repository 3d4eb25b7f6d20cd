/**
 * The smallest value that at least `percent` % of the values do not exceed (nearest rank).
 * @returns `null` without values.
 */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? null;
}
