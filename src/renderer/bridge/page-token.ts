/** Which token a page has, and where it may be given to it. */
export interface TokenKind {
  /** Under which it is kept until the tab is closed. */
  readonly storageKey: string;
  /** Whether `?token=…` will do, which servers on the way see; `#token=…` always does. */
  readonly inQuery: boolean;
}

/** Of the page that controls. */
export const FULL_TOKEN: TokenKind = { storageKey: 'surtitle.token', inQuery: false };
/** Of the page that only shows captions: programs that broadcast drop what follows `#`. */
export const VIEWER_TOKEN: TokenKind = { storageKey: 'surtitle.viewerToken', inQuery: true };

export interface TokenStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/**
 * Takes the page’s token out of its address, or out of what this tab kept of an earlier load.
 *
 * @param storage `null` where the browser keeps nothing for the page.
 * @returns the token, and the address without it where it held one.
 */
export function takeToken(
  kind: TokenKind,
  address: string,
  storage: TokenStorage | null,
): { readonly token: string | null; readonly cleanAddress: string | null } {
  const url = new URL(address);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const token = fragment.get('token') ?? (kind.inQuery ? url.searchParams.get('token') : null);
  if (!token) return { token: storage?.getItem(kind.storageKey) ?? null, cleanAddress: null };
  storage?.setItem(kind.storageKey, token);
  fragment.delete('token');
  if (kind.inQuery) url.searchParams.delete('token');
  url.hash = fragment.toString();
  return { token, cleanAddress: url.href };
}

/** Storage of this tab; `null` where the browser keeps nothing for the page: after a reload it needs its link again. */
export function tabStorage(): TokenStorage | null {
  try {
    // Reading it is what throws where a browser keeps nothing.
    return (globalThis as { readonly sessionStorage?: TokenStorage }).sessionStorage ?? null;
  } catch {
    return null;
  }
}
