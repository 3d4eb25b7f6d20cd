import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** A download is told when it lasts longer than a failure does. */
const TELL_AFTER_MS = 3_000;
const GIVE_UP_AFTER_MS = 900_000;
const DEFAULT_NAMES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/**
 * Finds a runtime that runs here: the one named by `ELECTRON_OVERRIDE_DIST_PATH`, else that of the `electron` package,
 * whose download is tried once where it is not there.
 *
 * @returns {Promise<{ executable: string } | { executable: null, reason: string }>}
 */
export async function findElectron() {
  const executable = locate() ?? ((await install()) ? locate() : null);
  if (executable === null) {
    return { executable: null, reason: 'Electron is not installed here and could not be downloaded.' };
  }
  const problem = whyNotRunning(executable);
  return problem === null
    ? { executable }
    : { executable: null, reason: `Electron does not run here: ${problem}.` };
}

function packageFolder() {
  try {
    return path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return null;
  }
}

/** @returns {string | null} */
function locate() {
  const folder = packageFolder();
  const pathFile = folder === null ? '' : path.join(folder, 'path.txt');
  const name = existsSync(pathFile)
    ? readFileSync(pathFile, 'utf8').trim()
    : (DEFAULT_NAMES[process.platform] ?? 'electron');
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const dist = override || (folder === null ? null : path.join(folder, 'dist'));
  const executable = dist === null ? null : path.join(dist, name);
  return executable !== null && existsSync(executable) ? executable : null;
}

/** Runs the package's own download. @returns {Promise<boolean>} */
function install() {
  const folder = packageFolder();
  if (folder === null || process.env.ELECTRON_OVERRIDE_DIST_PATH) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(folder, 'install.js')], {
      stdio: 'ignore',
      timeout: GIVE_UP_AFTER_MS,
    });
    const timer = setTimeout(() => console.log('Getting Electron, once (about 120 MB)…'), TELL_AFTER_MS);
    const done = (ok) => {
      clearTimeout(timer);
      resolve(ok);
    };
    child.on('error', () => done(false));
    child.on('exit', (code) => done(code === 0));
  });
}

/** A runtime whose libraries are missing fails before it says anything of use. */
function whyNotRunning(executable) {
  const { status, error, stderr } = spawnSync(executable, ['-e', '0'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status === 0) return null;
  const missing = /libraries: (\S+):/u.exec(stderr ?? '')?.[1];
  if (missing) return `${missing} is missing`;
  return error?.code ?? `it ended with ${status}`;
}
