import { app, dialog } from 'electron';
import { openFolder } from '../dialogs.ts';
import { STRINGS } from '../strings.ts';

/** A window’s page fails again and again: asks the user what to do. */
export async function askAboutFailingWindow(reload: () => void, logs: string): Promise<void> {
  const { title, detail, again, quit, openLog } = STRINGS.crash;
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: title,
    detail,
    buttons: [again, openLog, quit],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 2) {
    app.quit();
    return;
  }
  if (response === 1) await openFolder(logs);
  reload();
}
