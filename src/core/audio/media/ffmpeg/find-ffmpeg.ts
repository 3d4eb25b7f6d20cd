import { findProgram } from '../../find-program.ts';

/** The first `ffmpeg` on the search path, as an absolute path; `null` where there is none. */
export function findFfmpeg(environment: NodeJS.ProcessEnv = process.env): string | null {
  return findProgram('ffmpeg', environment);
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
