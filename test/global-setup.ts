import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Compiles the core before the tests: on Node 20 the engine's child process must be plain JavaScript. Type
 * errors are the type check's affair, so only a missing result stops the tests.
 */
export default function setup(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (!existsSync(`${root}out/core/engine/host/engine-process.js`)) {
    throw new Error(`The core could not be compiled for the engine process's tests:\n${stdout}`);
  }
}
