import { isPageId, type PageId } from './page-ids.ts';

/** Where the window is: `#history/42` is the page `history` with the rest `42`. */
export interface Route {
  readonly page: PageId;
  readonly rest: string;
}

/** Reads a location’s hash; what is no page is the first one. */
export function parseRoute(hash: string): Route {
  const [page = '', ...rest] = hash.replace(/^#\/?/u, '').split('/');
  return isPageId(page) ? { page, rest: decode(rest.join('/')) } : { page: 'captions', rest: '' };
}

export function routeHash(page: PageId, rest = ''): string {
  return rest === '' ? `#${page}` : `#${page}/${encodeURIComponent(rest)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not ours: typed by hand.
    return '';
  }
}
