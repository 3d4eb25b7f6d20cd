import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A browser has read the file by then. */
const KEPT_MS = 60_000;
const OPENERS = { darwin: ['open'], win32: ['explorer.exe'] };

/**
 * Opens a link in the user's browser. It goes by way of a file that only the user can read: other users see the
 * arguments of a command, and the link holds the token. Where it fails, the link was printed.
 * @param {string} link
 */
export function openBrowser(link) {
  const folder = mkdtempSync(path.join(tmpdir(), 'surtitle-open-'));
  const file = path.join(folder, 'surtitle.html');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${link}"><title>Surtitle</title>`,
    { mode: 0o600 },
  );
  const [command, ...options] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...options, pathToFileURL(file).href], { stdio: 'ignore', detached: true });
  child.on('error', remove);
  child.unref();
  setTimeout(remove, KEPT_MS).unref();
  process.on('exit', remove);
}
