import path from 'node:path';
import { app, type BrowserWindow, dialog, shell } from 'electron';
import { replaceFile } from '../core/files/durable-file.ts';
import { errnoOf } from '../core/files/errno.ts';
import { SurtitleError } from '../core/foundation/errors.ts';
import { STRINGS } from './strings.ts';

const FILTERS = {
  recordings: {
    name: STRINGS.dialogs.recordings,
    extensions: [
      ...['wav', 'mp3', 'm4a', 'aac', 'flac', 'ogg', 'opus', 'oga', 'webm', 'weba', 'aiff', 'aif', 'caf'],
      ...['mp4', 'm4v', 'mov', 'mkv', 'avi', 'wma', 'amr', 'qoa'],
    ],
  },
  model: { name: STRINGS.dialogs.models, extensions: ['bin', 'gguf'] },
} as const;

/** Lets the user choose files. @returns their paths; none where they thought better of it. */
export async function chooseFiles(
  parent: BrowserWindow | null,
  kind: keyof typeof FILTERS,
): Promise<readonly string[]> {
  const { name, extensions } = FILTERS[kind];
  const options: Electron.OpenDialogOptions = {
    properties: kind === 'recordings' ? ['openFile', 'multiSelections'] : ['openFile'],
    filters: [
      { name, extensions: [...extensions] },
      { name: STRINGS.dialogs.allFiles, extensions: ['*'] },
    ],
  };
  const { filePaths } = await (parent
    ? dialog.showOpenDialog(parent, options)
    : dialog.showOpenDialog(options));
  return filePaths;
}

/**
 * Lets the user save a text.
 * @returns where; `null` where they thought better of it.
 * @throws {SurtitleError} `file_unwritable`.
 */
export async function saveText(
  parent: BrowserWindow | null,
  fileName: string,
  text: string,
): Promise<string | null> {
  const options = { defaultPath: path.join(app.getPath('documents'), path.basename(fileName)) };
  const { filePath } = await (parent
    ? dialog.showSaveDialog(parent, options)
    : dialog.showSaveDialog(options));
  if (!filePath) return null;
  try {
    await replaceFile(filePath, text, 0o644);
  } catch (error) {
    throw new SurtitleError(
      'file_unwritable',
      `${filePath} could not be written (${errnoOf(error)}). Choose another folder, or make room on the disk.`,
      { cause: error },
    );
  }
  return filePath;
}

/** Shows a folder of ours in the system’s file manager. @throws {SurtitleError} `folder_unopenable`. */
export async function openFolder(folder: string): Promise<void> {
  const failure = await shell.openPath(folder);
  if (failure !== '') {
    throw new SurtitleError(
      'folder_unopenable',
      `${folder} could not be opened (${failure}). Open it yourself.`,
    );
  }
}
