import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../engine.ts';

/**
 * Path of the engine process's compiled entry, beside this file or, where this runs from TypeScript
 * sources, in `out/`.
 *
 * @throws {EngineError} `engine_not_built` where it does not exist.
 */
export function engineProcessEntry(): string {
  const here = fileURLToPath(new URL('./engine-process.js', import.meta.url));
  const entry = import.meta.url.endsWith('.ts')
    ? fileURLToPath(new URL('../../../../out/core/engine/host/engine-process.js', import.meta.url))
    : here;
  if (!existsSync(entry)) {
    throw new EngineError('engine_not_built', 'The engine process is not built. Run `npm run build`.');
  }
  return entry;
}
