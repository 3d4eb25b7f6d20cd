/** `hh:mm:ss` and the milliseconds behind `separator`; hours get as many digits as they need. */
export function timestamp(timeMs: number, separator: ',' | '.'): string {
  return `${clockTime(timeMs)}${separator}${String(timeMs % 1000).padStart(3, '0')}`;
}

/** `hh:mm:ss`, rounded down. */
export function clockTime(timeMs: number): string {
  const seconds = Math.floor(timeMs / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
