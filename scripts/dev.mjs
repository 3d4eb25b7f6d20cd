#!/usr/bin/env node
/** `npm run dev`: the desktop app with pages that follow their sources. The main process follows with the next start. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron } from './start/electron.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const tool = (...parts) => path.join(root, 'node_modules', ...parts);

const compiled = spawnSync(
  process.execPath,
  [tool('typescript', 'bin', 'tsc'), '-p', path.join(root, 'tsconfig.build.json')],
  { cwd: root, stdio: 'inherit' },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const electron = await findElectron();
if (electron.executable === null) {
  console.error(`error: ${electron.reason} (electron_missing)`);
  process.exit(1);
}
const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
const child = spawn(
  process.execPath,
  [tool('electron-vite', 'bin', 'electron-vite.js'), 'dev', ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    // Its own search knows nothing of ELECTRON_OVERRIDE_DIST_PATH.
    env: { ...process.env, ELECTRON_EXEC_PATH: electron.executable, ...(asRoot ? { NO_SANDBOX: '1' } : {}) },
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
