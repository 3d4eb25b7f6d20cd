import { app, type Session, session, type WebContents } from 'electron';
import type { Logger } from '../core/foundation/logger.ts';
import { isOwnPage, isOwnResource } from './app-protocol.ts';
import { roleOf, type WindowRole } from './windows/secure-window.ts';

/** What pages may be granted; everything else is refused. */
const GRANTED: Readonly<Record<WindowRole, ReadonlySet<string>>> = {
  capture: new Set(['media', 'display-capture']),
  // To copy what was said.
  control: new Set(['clipboard-sanitized-write']),
  overlay: new Set(),
};

/**
 * Pages of ours stay where they are, get only what they need, and reach nothing but this program. Must be called
 * before the first window.
 */
export function hardenPages(logger: Logger): void {
  app.on('web-contents-created', (_event, contents) => keepInPlace(contents, logger));
  hardenSession(session.defaultSession, logger);
}

/** Refuses permissions and connections to pages of a session. */
export function hardenSession(pages: Session, logger: Logger): void {
  pages.setPermissionRequestHandler((contents, permission, answer, details) => {
    const isCamera = 'mediaTypes' in details && (details.mediaTypes?.includes('video') ?? false);
    const isGranted =
      details.isMainFrame && !isCamera && isAllowed(contents, permission, details.requestingUrl);
    if (!isGranted) logger.warn('A permission was refused to a page.', { permission });
    answer(isGranted);
  });
  pages.setPermissionCheckHandler(
    (contents, permission, origin, { mediaType }) =>
      mediaType !== 'video' && isAllowed(contents, permission, `${origin}/`),
  );
  pages.setDevicePermissionHandler(() => false);
  pages.webRequest.onBeforeRequest((details, answer) => {
    const cancel = !isOwnResource(details.url);
    if (cancel) logger.warn('A request of a page was refused.', { type: details.resourceType });
    answer({ cancel });
  });
}

function isAllowed(contents: WebContents | null, permission: string, url: string): boolean {
  const role = roleOf(contents);
  return role !== null && GRANTED[role].has(permission) && isOwnPage(url);
}

function keepInPlace(contents: WebContents, logger: Logger): void {
  const refuse = (what: string) => (event: { preventDefault(): void; readonly url?: string }) => {
    // Reloading a page of ours is no journey.
    if (what === 'navigation' && event.url !== undefined && isOwnPage(event.url)) return;
    event.preventDefault();
    logger.warn('A page tried to leave its place and was kept there.', { what });
  };
  contents.on('will-navigate', refuse('navigation'));
  contents.on('will-frame-navigate', refuse('navigation'));
  contents.on('will-redirect', refuse('navigation'));
  contents.on('will-attach-webview', refuse('webview'));
  contents.setWindowOpenHandler(() => {
    logger.warn('A page tried to open a window and was refused.');
    return { action: 'deny' };
  });
}
