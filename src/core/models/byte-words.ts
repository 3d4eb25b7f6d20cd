const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

/** `148 MB`, `1.53 GB`: decimal units and three digits, as disks and download pages count. */
export function describeBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
