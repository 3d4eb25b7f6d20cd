import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the installed package. `src/cli` and `out/cli` lie equally deep in it. */
export const packageRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * What ships with the package: starter model, samples, icons. In a packaged app it lies beside the archive, since
 * native code opens some of it.
 */
export const resourcesFolder = path.join(
  packageRoot.endsWith('.asar') ? path.dirname(packageRoot) : packageRoot,
  'resources',
);

/** Version of the installed package. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Sample recordings with their references. */
export const samplesFolder = path.join(resourcesFolder, 'samples');
