import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** What each build gives last: the compiled program, and the bundled pages. */
const BUILT = [
  'out/cli/main.js',
  'out/main/main.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'out/renderer/captions.html',
];
const CONFIGURATION = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'electron.vite.config.ts'];

/**
 * Whether there is no build, or a source is newer than it. An installed package has no sources: what it has is built.
 * @param {string} root of the package.
 */
export function isBuildStale(root) {
  const built = BUILT.map((file) => changedMs(path.join(root, file)));
  if (built.includes(0)) return true;
  const oldestMs = Math.min(...built);
  const sources = path.join(root, 'src');
  if (changedMs(sources) === 0) return false;
  return (
    CONFIGURATION.some((file) => changedMs(path.join(root, file)) > oldestMs) ||
    readdirSync(sources, { recursive: true }).some((file) => changedMs(path.join(sources, file)) > oldestMs)
  );
}

/** @returns 0 where there is no such file. */
function changedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
