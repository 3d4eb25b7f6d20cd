import { formatSettingValue } from '../../core/settings/setting-text.ts';
import { definitionOf, SETTING_KEYS } from '../../core/settings/settings-schema.ts';
import type { LoadedSettings } from '../../core/settings/settings-store.ts';
import type { Colors } from '../terminal/caption-view.ts';
import { wrap } from '../terminal/cell-width.ts';

const INDENT = '  ';

/** Every setting with its value, whether it is the default, and what it does. */
export function settingsList({ values, chosen }: LoadedSettings, columns: number, colors: Colors): string {
  const widest = Math.max(...SETTING_KEYS.map((key) => key.length));
  return SETTING_KEYS.flatMap((key) => {
    const origin = chosen.has(key) ? '' : colors.dim(' (default)');
    const lines = wrap(definitionOf(key).description, columns - INDENT.length - 1);
    return [
      `${colors.bold(key.padEnd(widest))}  ${formatSettingValue(values[key])}${origin}`,
      ...lines.map((line) => colors.dim(INDENT + line)),
    ];
  })
    .map((line) => `${line}\n`)
    .join('');
}
