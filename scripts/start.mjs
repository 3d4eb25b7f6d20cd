#!/usr/bin/env node
/**
 * `npm start`: opens the desktop app. Where there is no display, or no Electron to be had, it says so in one line and
 * serves the interface to a browser instead.
 */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isBuildStale } from './start/build-age.mjs';
import { whyNoDisplay } from './start/display.mjs';
import { findElectron } from './start/electron.mjs';
import { openBrowser } from './start/open-browser.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const given = process.argv.slice(2);
const ORPHAN_CHECK_MS = 1_000;

if (isBuildStale(root)) {
  console.log('Building Surtitle…');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['run', '--silent', 'build'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('error: Surtitle could not be built; what is wrong stands above. (build_failed)');
    process.exit(status ?? 1);
  }
}

const noDisplay = whyNoDisplay(process.platform, process.env);
if (noDisplay === null) {
  const electron = await findElectron();
  if (electron.executable === null) serve(electron.reason, true);
  else openApp(electron.executable);
} else serve(noDisplay, false);

/** @param {string} executable */
function openApp(executable) {
  const sandbox = [];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.log(
      'Running as root, so Electron’s sandbox is off. Run Surtitle as an ordinary user to have it.',
    );
    sandbox.push('--no-sandbox');
  }
  // Terminals of editors that are made with Electron set it, and the app would start as plain Node.
  const { ELECTRON_RUN_AS_NODE: _asNode, ...env } = process.env;
  passThrough(spawn(executable, [...sandbox, root, ...given], { stdio: 'inherit', env }));
}

/**
 * @param {string} reason why it is not the desktop app.
 * @param {boolean} hasDisplay whether a browser can be opened here.
 */
function serve(reason, hasDisplay) {
  console.log(`${reason} Surtitle is served to your browser instead.`);
  const cli = path.join(root, 'bin', 'surtitle.js');
  const child = spawn(process.execPath, [cli, 'serve', '--print-link', ...given], {
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (chunk) => process.stdout.write(chunk));
  if (hasDisplay) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const link = /^Open in a browser: +(http\S+)$/u.exec(line)?.[1];
      if (link) openBrowser(link);
    });
  }
  passThrough(child);
}

/** Ends as the child does. Ctrl-C reaches it by itself; what is sent to this process alone is passed on. */
function passThrough(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to both.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  const parent = process.ppid;
  // npm ends its shell where it is asked to end, and the shell tells nobody.
  const orphanCheck = setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, ORPHAN_CHECK_MS);
  orphanCheck.unref();
  child.on('error', (error) => {
    console.error(`error: Surtitle could not be started: ${error.message} (start_failed)`);
    process.exit(1);
  });
  child.on('close', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
