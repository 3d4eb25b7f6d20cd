import { useMemo, useSyncExternalStore } from 'react';
import type { PageId } from './page-ids.ts';
import { parseRoute, type Route, routeHash } from './route.ts';

function watchHash(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(watchHash, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

/** Shows a page; `rest` is what it shall show of its own, such as a session’s id. */
export function goTo(page: PageId, rest = ''): void {
  window.location.hash = routeHash(page, rest);
}
