// Runs after `npm install`: builds the speech engine and the JavaScript, so that `npx surtitle` works at once.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const started = performance.now();

/**
 * @param {string} script
 * @param {string[]} args
 */
function runNode(script, args) {
  return spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status === 0;
}

/** @returns {boolean} */
function compileTypeScript() {
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) {
    const ready = existsSync(path.join(root, 'out'));
    console.log(
      ready
        ? 'Using the JavaScript that is already built.'
        : 'Without TypeScript nothing is built: run `npm install` without --omit=dev.',
    );
    return true;
  }
  if (runNode(compiler, ['-p', 'tsconfig.build.json'])) return true;
  console.error(
    'Surtitle could not be compiled: the errors are above. `npm run typecheck` shows them again.',
  );
  return false;
}

/** @returns {boolean} */
function bundlePages() {
  const bundler = path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  // Without it, the pages that are already built are used.
  return !existsSync(bundler) || runNode(bundler, ['build', '--logLevel', 'error']);
}

if (runNode(path.join(root, 'scripts', 'build-engine.mjs'), []) && compileTypeScript() && bundlePages()) {
  console.log(
    `Surtitle is ready (${((performance.now() - started) / 1000).toFixed(0)} s). Try: npx surtitle demo`,
  );
} else {
  process.exitCode = 1;
}
