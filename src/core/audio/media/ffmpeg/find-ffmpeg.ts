import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The first `ffmpeg` on the search path, as an absolute path; `null` where there is none. Searched for here rather than
 * by the system: Windows would look into the working directory first, where a stranger's download may lie.
 */
export function findFfmpeg(environment: NodeJS.ProcessEnv = process.env): string | null {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const search = environment.PATH ?? environment.Path ?? '';
  for (const folder of search.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
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

/** How to get `ffmpeg`, for people on this system. */
export function ffmpegAdvice(platform: NodeJS.Platform = process.platform): string {
  const command =
    platform === 'darwin'
      ? 'brew install ffmpeg'
      : platform === 'win32'
        ? 'winget install ffmpeg'
        : 'apt install ffmpeg';
  return `Install ffmpeg (${command}, or ffmpeg.org) and try again.`;
}
