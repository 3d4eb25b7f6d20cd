import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { errnoOf } from '../core/files/errno.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { PageHandler } from '../core/server/http.ts';
import { contentSecurityPolicy, contentTypeOf } from './page-files.ts';

const PAGES: ReadonlyMap<string, string> = new Map([
  ['/', 'index.html'],
  ['/captions', 'captions.html'],
]);
/** Names that the build gives: no folder but this one, nothing hidden, nothing that leads elsewhere. */
const ASSET = /^\/assets\/[A-Za-z0-9_-][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+$/u;
const A_YEAR_S = 31_536_000;
const A_DAY_S = 86_400;
const HTML = 'text/html; charset=utf-8';
/** Microphone and shared tabs are what the page captions; of the rest it needs nothing. */
const PERMISSIONS =
  'microphone=(self), display-capture=(self), camera=(), geolocation=(), payment=(), usb=()';

export interface PageHandlerOptions {
  /** Of the built renderer. */
  readonly folder: string;
  /** A small PNG, for the browser's tab. */
  readonly icon: string;
  readonly logger: Logger;
}

/** Serves the built pages: `/` controls, `/captions` shows captions only. They hold no secret, so they need no token. */
export function createPageHandler({ folder, icon, logger }: PageHandlerOptions): PageHandler {
  if (!existsSync(path.join(folder, 'index.html'))) {
    logger.warn('The interface is not built: run `npm run build`. Everything else is served.', { folder });
  }
  return async (request, response) => {
    const [pathname = '/'] = (request.url ?? '/').split('?');
    const page = PAGES.get(pathname);
    if (page !== undefined) {
      const html = await read(path.join(folder, page));
      protect(request, response);
      if (html) sendPage(request, response, html);
      else sendHtml(request, response, 503, NOT_BUILT);
      return true;
    }
    if (pathname === '/favicon.ico') {
      return sendFile(request, response, icon, `public, max-age=${A_DAY_S}`);
    }
    if (ASSET.test(pathname)) {
      // Its name changes with its content.
      const caching = `public, max-age=${A_YEAR_S}, immutable`;
      return sendFile(request, response, path.join(folder, pathname), caching);
    }
    if (!isNavigation(request)) return false;
    protect(request, response);
    sendHtml(request, response, 404, NOT_FOUND);
    return true;
  };
}

/** @returns false where there is no such file. */
async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  caching: string,
): Promise<boolean> {
  const content = await read(file);
  if (!content) return false;
  protect(request, response);
  response.setHeader('Cache-Control', caching);
  response.setHeader('Content-Type', contentTypeOf(file));
  send(request, response, 200, content);
  return true;
}

function sendPage(request: IncomingMessage, response: ServerResponse, html: Buffer): void {
  const tag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`;
  response.setHeader('Cache-Control', 'no-cache');
  response.setHeader('ETag', tag);
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Type', HTML);
  send(request, response, 200, html);
}

function sendHtml(request: IncomingMessage, response: ServerResponse, status: number, html: string): void {
  response.setHeader('Content-Type', HTML);
  send(request, response, status, Buffer.from(html));
}

function send(request: IncomingMessage, response: ServerResponse, status: number, body: Buffer): void {
  response.writeHead(status, { 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function protect(request: IncomingMessage, response: ServerResponse): void {
  // Checked by the gate, so it is a name of ours. Some browsers take 'self' for http alone.
  const host = request.headers.host ?? '';
  response.setHeader(
    'Content-Security-Policy',
    contentSecurityPolicy({ connect: [`ws://${host}`, `wss://${host}`] }),
  );
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Permissions-Policy', PERMISSIONS);
}

/** Whether someone looks at it in a browser, rather than a program asks. */
function isNavigation({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') === true && headers.authorization === undefined;
}

/** @returns `null` where there is no such file. */
async function read(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EISDIR') return null;
    throw error;
  }
}

function plainPage(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title></head>
<body><main><h1>${title}</h1><p>${text}</p></main></body>
</html>
`;
}

const NOT_BUILT = plainPage(
  'Surtitle’s interface is not built',
  'Run <code>npm run build</code> in Surtitle’s folder and load this page again. Programs can use the server meanwhile.',
);
const NOT_FOUND = plainPage(
  'There is no page here',
  'Surtitle is at <a href="/">the beginning</a>; captions alone are at <a href="/captions">/captions</a>.',
);
