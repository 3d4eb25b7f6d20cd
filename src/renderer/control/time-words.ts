/** `0:07`, `12:30`, `1:02:03`. */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const tail = String(seconds % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3_600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** A time that is only an estimate, as people say it: `less than a minute`. */
export type RoughTime =
  | { readonly key: 'lessThanMinute' }
  | { readonly key: 'minutes' | 'hours'; readonly count: number };

export function roughTime(ms: number): RoughTime {
  const minutes = Math.ceil(ms / 60_000);
  if (ms < 55_000) return { key: 'lessThanMinute' };
  return minutes < 90
    ? { key: 'minutes', count: minutes }
    : { key: 'hours', count: Math.round(minutes / 60) };
}

/** The day of a time where the user is, as `2026-03-01`: equal for equal days. */
export function dayOf(time: string): string {
  const date = new Date(time);
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`;
}
