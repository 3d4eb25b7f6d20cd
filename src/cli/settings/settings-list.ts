import { formatSettingValue } from '../../core/settings/setting-text.ts';
import { definitionOf, SETTING_KEYS, type SettingKey } from '../../core/settings/settings-schema.ts';
import type { LoadedSettings } from '../../core/settings/settings-store.ts';
import type { Colors } from '../terminal/caption-view.ts';
import { wrap } from '../terminal/cell-width.ts';

const INDENT = '  ';

/** Every setting with its value, whether it is the default, and what it does; what belongs together stands together. */
export function settingsList({ values, chosen }: LoadedSettings, columns: number, colors: Colors): string {
  return groups()
    .map((keys) => {
      const widest = Math.max(...keys.map((key) => key.length));
      return keys.flatMap((key) => {
        const origin = chosen.has(key) ? '' : colors.dim(' (default)');
        const lines = wrap(definitionOf(key).description, columns - INDENT.length - 1);
        return [
          `${colors.bold(key.padEnd(widest))}  ${formatSettingValue(values[key])}${origin}\n`,
          ...lines.map((line) => `${colors.dim(INDENT + line)}\n`),
        ];
      });
    })
    .map((lines) => lines.join(''))
    .join('\n');
}

/** The keys by what stands before their dot. */
function groups(): readonly (readonly SettingKey[])[] {
  const groups = new Map<string, SettingKey[]>();
  for (const key of SETTING_KEYS) {
    const [name = ''] = key.split('.');
    const group = groups.get(name);
    if (group) group.push(key);
    else groups.set(name, [key]);
  }
  return [...groups.values()];
}
