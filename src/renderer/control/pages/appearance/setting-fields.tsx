import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  definitionOf,
  type SettingKey,
  type SettingValues,
} from '../../../../core/settings/settings-schema.ts';
import { Field } from '../../../components/field.tsx';
import { Select } from '../../../components/select.tsx';
import { Slider } from '../../../components/slider.tsx';
import { Switch } from '../../../components/switch.tsx';
import { TextInput } from '../../../components/text-input.tsx';
import { useDraftSetting } from './draft.ts';

/** Keys of settings that hold this kind of value. */
type KeyOf<Value> = {
  [Key in SettingKey]: [SettingValues[Key]] extends [Value] ? Key : never;
}[SettingKey];

interface SettingFieldProps<Key extends SettingKey> {
  readonly setting: Key;
  readonly label: string;
  readonly hint?: string | undefined;
}

export interface RangeFieldProps extends SettingFieldProps<KeyOf<number>> {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly words: (value: number) => string;
}

export function RangeField({ setting, label, hint, words, ...range }: RangeFieldProps) {
  const { value, tryOut, keep } = useDraftSetting(setting);
  return (
    <Field label={label} hint={hint} layout="inline">
      {() => (
        <div className="flex w-72 max-w-full items-center gap-3">
          <Slider
            {...range}
            value={value}
            label={label}
            valueText={words(value)}
            onChange={tryOut}
            onCommit={(next) => void keep(next)}
          />
          <output className="w-20 shrink-0 text-end text-sm text-ink-muted tabular-nums">
            {words(value)}
          </output>
        </div>
      )}
    </Field>
  );
}

export interface ChoiceFieldProps<Key extends KeyOf<string>> extends SettingFieldProps<Key> {
  readonly names: Readonly<Record<SettingValues[Key], string>>;
  readonly beside?: ReactNode;
}

export function ChoiceField<Key extends KeyOf<string>>(props: ChoiceFieldProps<Key>) {
  const { setting, label, hint, names, beside } = props;
  const { value, keep } = useDraftSetting(setting);
  const options = Object.entries<string>(names).map(([name, text]) => ({
    value: name as SettingValues[Key] & string,
    label: text,
  }));
  return (
    <Field label={label} hint={hint} layout="inline">
      {(control) => (
        <div className="flex items-center gap-2">
          {beside}
          <Select
            {...control}
            className="w-48"
            value={value as SettingValues[Key] & string}
            options={options}
            onChoose={(next) => void keep(next)}
          />
        </div>
      )}
    </Field>
  );
}

export function SwitchField({ setting, label, hint }: SettingFieldProps<KeyOf<boolean>>) {
  const { value, keep } = useDraftSetting(setting);
  return (
    <Field label={label} hint={hint} layout="inline">
      {(control) => <Switch {...control} checked={value} onChange={(next) => void keep(next)} />}
    </Field>
  );
}

export function ColorField({
  setting,
  label,
}: SettingFieldProps<'appearance.textColor' | 'appearance.backgroundColor'>) {
  const { value, tryOut, keep } = useDraftSetting(setting);
  const input = useRef<HTMLInputElement>(null);
  const keepLatest = useRef(keep);
  keepLatest.current = keep;
  // React’s `onChange` fires with every shade that is passed over; the browser’s own when one was chosen.
  useEffect(() => {
    const element = input.current;
    const gone = new AbortController();
    element?.addEventListener('change', () => void keepLatest.current(element.value), {
      signal: gone.signal,
    });
    return () => gone.abort();
  }, []);
  return (
    <Field label={label} layout="inline">
      {(control) => (
        <div className="flex items-center gap-3">
          <span className="text-sm text-ink-muted uppercase tabular-nums">{value}</span>
          <input
            {...control}
            ref={input}
            type="color"
            value={value}
            onChange={({ target }) => tryOut(target.value)}
            className="h-10 w-16 rounded-md border border-line-strong bg-surface p-1"
          />
        </div>
      )}
    </Field>
  );
}

const FONTS = [
  'system-ui',
  'sans-serif',
  'serif',
  'monospace',
  'Arial',
  'Atkinson Hyperlegible',
  'Georgia',
  'OpenDyslexic',
  'Segoe UI',
  'Tahoma',
  'Verdana',
] as const;

export function FontField() {
  const { t } = useTranslation();
  const { value, keep } = useDraftSetting('appearance.fontFamily');
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? value;
  const isName = definitionOf('appearance.fontFamily').schema.safeParse(shown).success;
  const commit = (): void => {
    if (typed === null || !isName) return;
    setTyped(null);
    void keep(typed.trim());
  };
  return (
    <Field
      label={t('appearance.font')}
      hint={t('appearance.fontHint')}
      error={isName ? null : t('appearance.fontWrong')}
      layout="inline"
    >
      {(control) => (
        <>
          <TextInput
            {...control}
            className="w-64"
            list="caption-fonts"
            spellCheck={false}
            value={shown}
            onChange={({ target }) => setTyped(target.value)}
            onBlur={commit}
            onKeyDown={({ key }) => key === 'Enter' && commit()}
          />
          <datalist id="caption-fonts">
            {FONTS.map((font) => (
              <option key={font} value={font} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
