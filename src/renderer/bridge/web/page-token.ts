const STORAGE_KEY = 'surtitle.token';

/** What keeps the token until the tab is closed. */
export interface TokenStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/**
 * The page’s token: out of its address (`#token=…`, which no server ever sees), or what this tab kept of an earlier load.
 * @returns also the address without it, where it held one.
 */
export function takeToken(
  address: string,
  storage: TokenStorage,
): { readonly token: string | null; readonly cleanAddress: string | null } {
  const url = new URL(address);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const token = fragment.get('token');
  if (!token) return { token: storage.getItem(STORAGE_KEY), cleanAddress: null };
  keepToken(token, storage);
  fragment.delete('token');
  url.hash = fragment.toString();
  return { token, cleanAddress: url.href };
}

export function keepToken(token: string, storage: TokenStorage): void {
  storage.setItem(STORAGE_KEY, token);
}
