import type { Handlers } from '../../ipc/call.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { AppInfo } from '../../ipc/views.ts';
import { packageVersion } from '../installation.ts';

export type InfoHandlers = Pick<Handlers<SharedCalls>, 'app.info'>;

export function infoHandlers(shell: AppInfo['shell'], dataFolder: string): InfoHandlers {
  const info: AppInfo = {
    version: packageVersion(),
    shell,
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    electron: process.versions.electron ?? null,
    dataFolder,
  };
  return { 'app.info': () => info };
}
