import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The first program of this name on the search path, as an absolute path; `null` where there is none. Searched for here
 * rather than by the system: Windows would look into the working directory first, where a stranger's download may lie.
 */
export function findProgram(name: string, environment: NodeJS.ProcessEnv = process.env): string | null {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const search = environment.PATH ?? environment.Path ?? '';
  for (const folder of search.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, file);
    if (isExecutable(path)) return path;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us: the next folder may have one.
    return false;
  }
}
