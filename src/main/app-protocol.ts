import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { protocol } from 'electron';
import { contentSecurityPolicy, contentTypeOf } from '../app/page-files.ts';
import { errnoOf } from '../core/files/errno.ts';

const SCHEME = 'app';
const ORIGIN = `${SCHEME}://surtitle`;

/** In development the pages come from Vite’s server, which electron-vite names here. */
const devServer = process.env.ELECTRON_RENDERER_URL ?? null;

/** Address of one of our pages. */
export function pageUrl(file: string, hash = ''): string {
  return `${devServer ?? ORIGIN}/${file}${hash === '' ? '' : `#${hash}`}`;
}

export function isOwnPage(url: string): boolean {
  return url.startsWith(`${ORIGIN}/`) || (devServer !== null && url.startsWith(`${devServer}/`));
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
    const { host, pathname } = new URL(request.url);
    const file = path.join(folder, decodeURIComponent(pathname));
    if (host !== 'surtitle' || !file.startsWith(folder + path.sep))
      return new Response(null, { status: 404 });
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
