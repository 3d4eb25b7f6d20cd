import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { app, protocol } from 'electron';
import { contentSecurityPolicy, contentTypeOf } from '../app/page-files.ts';
import { errnoOf } from '../core/files/errno.ts';

const SCHEME = 'app';
const ORIGIN = `${SCHEME}://surtitle`;

/** In development the pages come from Vite’s server, which electron-vite names here. An app that is installed has its own. */
const devServer = app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null);

/** Address of one of our pages. */
export function pageUrl(file: string, hash = ''): string {
  return `${devServer ?? ORIGIN}/${file}${hash === '' ? '' : `#${hash}`}`;
}

export function isOwnPage(url: string): boolean {
  return url.startsWith(`${ORIGIN}/`) || (devServer !== null && url.startsWith(`${devServer}/`));
}

/** Whether a page of ours may load this: our own files, and what is in the page already. */
export function isOwnResource(url: string): boolean {
  if (isOwnPage(url) || url.startsWith('data:') || url.startsWith('blob:')) return true;
  if (devServer === null) return false;
  // Hot reload and the inspector, in development only.
  return url.startsWith(devServer.replace(/^http/u, 'ws')) || url.startsWith('devtools:');
}

/** Must be called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built pages, and nothing outside their folder. */
export function serveAppPages(folder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const file = fileOf(request.url, folder);
    if (file === null) return new Response(null, { status: 404 });
    try {
      return new Response(await readFile(file), {
        headers: {
          'Content-Type': contentTypeOf(file),
          'Content-Security-Policy': contentSecurityPolicy({ connect: [] }),
          'X-Content-Type-Options': 'nosniff',
          'Referrer-Policy': 'no-referrer',
        },
      });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EISDIR')
        return new Response(null, { status: 404 });
      throw error;
    }
  });
}

/** `null` for what is not in the folder, however it is spelt. */
function fileOf(url: string, folder: string): string | null {
  const { host, pathname } = new URL(url);
  if (host !== 'surtitle') return null;
  try {
    const file = path.join(folder, decodeURIComponent(pathname));
    return file.startsWith(folder + path.sep) && !file.includes('\0') ? file : null;
  } catch {
    // Malformed percent signs name no file.
    return null;
  }
}
