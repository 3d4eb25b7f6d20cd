import os from 'node:os';
import path from 'node:path';

/** What the choice of the data folder depends on. */
export interface DataFolderSurroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/**
 * Where Surtitle keeps its own data (token, models, history). `SURTITLE_HOME` decides; without it the
 * platform's usual place for an application's data. An empty or relative `XDG_DATA_HOME` counts as
 * unset, as the XDG base directory specification asks.
 */
export function dataFolder(
  surroundings: DataFolderSurroundings = {
    platform: process.platform,
    environment: process.env,
    homeFolder: os.homedir(),
  },
): string {
  const { platform, environment, homeFolder } = surroundings;
  const join = platform === 'win32' ? path.win32.join : path.posix.join;
  if (environment.SURTITLE_HOME) return path.resolve(environment.SURTITLE_HOME);
  switch (platform) {
    case 'win32':
      return join(environment.LOCALAPPDATA || join(homeFolder, 'AppData', 'Local'), 'Surtitle');
    case 'darwin':
      return join(homeFolder, 'Library', 'Application Support', 'Surtitle');
    default: {
      const dataHome = environment.XDG_DATA_HOME;
      const base =
        dataHome && path.posix.isAbsolute(dataHome) ? dataHome : join(homeFolder, '.local', 'share');
      return join(base, 'surtitle');
    }
  }
}
