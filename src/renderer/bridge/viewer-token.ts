/** Where the token is kept until the tab is closed. */
const STORAGE_KEY = 'surtitle.viewerToken';

export interface TokenStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/**
 * Takes the viewer’s token out of the page’s address, `#token=…` or `?token=…`, or out of what this tab kept of an
 * earlier load.
 *
 * @param storage `null` where the browser keeps nothing for the page.
 * @returns the token, and the address without it where it held one.
 */
export function takeViewerToken(
  address: string,
  storage: TokenStorage | null,
): { readonly token: string | null; readonly cleanAddress: string | null } {
  const url = new URL(address);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const token = fragment.get('token') ?? url.searchParams.get('token');
  if (!token) return { token: storage?.getItem(STORAGE_KEY) ?? null, cleanAddress: null };
  storage?.setItem(STORAGE_KEY, token);
  fragment.delete('token');
  url.searchParams.delete('token');
  url.hash = fragment.toString();
  return { token, cleanAddress: url.href };
}
