/** @returns the port, or `null` where the text is none. */
export function parsePort(text: string): number | null {
  if (!/^\d{1,5}$/u.test(text.trim())) return null;
  const port = Number(text);
  return port <= 65_535 ? port : null;
}

/** @returns the address, `null` for none at all, or `undefined` where the text is neither. */
export function parseRemote(text: string): string | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (!/^wss?:\/\/\S+$/u.test(trimmed)) return undefined;
  return URL.canParse(trimmed) ? trimmed : undefined;
}
