import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { STRINGS } from './strings.ts';

/** What each system expects: the bar on macOS, elsewhere only the keys (copy, zoom, close) and a bar behind Alt. */
export function setAppMenu(): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    ...(app.isPackaged ? [] : ([{ role: 'reload' }, { role: 'toggleDevTools' }] as const)),
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin'
        ? ([{ role: 'appMenu' }] as const)
        : ([{ role: 'fileMenu' }] as const)),
      { role: 'editMenu', label: STRINGS.menu.edit },
      { label: STRINGS.menu.view, submenu: view },
      { role: 'windowMenu', label: STRINGS.menu.window },
    ]),
  );
}
