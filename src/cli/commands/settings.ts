import { formatSettingValue, parseSettingKey, parseSettingValue } from '../../core/settings/setting-text.ts';
import { definitionOf } from '../../core/settings/settings-schema.ts';
import { EXIT } from '../exit-codes.ts';
import { settingsList } from '../settings/settings-list.ts';
import type { SettingsRequest } from '../settings/settings-request.ts';
import { loadSettings, userSettings } from '../settings/user-settings.ts';
import { colorsFor } from '../terminal/colors.ts';

const DEFAULT_COLUMNS = 80;

/** Lists, prints, changes or resets settings. */
export async function settings(request: SettingsRequest): Promise<number> {
  switch (request.action) {
    case 'list':
      return list(request.json);
    case 'get': {
      const key = parseSettingKey(request.key);
      print(formatSettingValue((await loadSettings(note)).values[key]));
      return EXIT.ok;
    }
    case 'set': {
      const key = parseSettingKey(request.key);
      const value = parseSettingValue(key, request.value);
      noteAside(await userSettings().set(key, value));
      print(`${key} is ${formatSettingValue(value)} now.`);
      return EXIT.ok;
    }
    case 'reset': {
      const key = parseSettingKey(request.key);
      noteAside(await userSettings().reset(key));
      print(`${key} is ${formatSettingValue(definitionOf(key).default)} now, the default.`);
      return EXIT.ok;
    }
  }
}

async function list(json: boolean): Promise<number> {
  const loaded = await loadSettings(note);
  if (json) print(JSON.stringify(loaded.values, null, 2));
  else {
    const { columns = DEFAULT_COLUMNS } = process.stdout;
    process.stdout.write(settingsList(loaded, columns, colorsFor(process.stdout)));
    note(`They are kept in ${userSettings().file}`);
  }
  return EXIT.ok;
}

function noteAside(aside: string | null): void {
  if (aside !== null) note(`The settings file was damaged; what was in it is kept as ${aside}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
