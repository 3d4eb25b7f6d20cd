import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaptureSource, Microphone } from '../../../core/captions/capture-types.ts';
import { Field } from '../../components/field.tsx';
import { Select, type SelectOption } from '../../components/select.tsx';
import { useBridge, useCaptions, useSetting } from '../control-context.ts';

/** Where a problem’s "choose another microphone" leads. */
export const MICROPHONE_FIELD_ID = 'captions-microphone';

/** No microphone is called so: names come from the system, which trims them. */
const SYSTEM_CHOICE = ' ';

/** What is listened to. */
export function SourceField() {
  const { t } = useTranslation();
  const { shell } = useBridge();
  const [source, writeSource] = useSetting('captions.source');
  const isDesktop = shell === 'desktop';
  const options: readonly SelectOption<CaptureSource>[] = [
    { value: 'microphone', label: t('captions.sources.microphone') },
    { value: 'system', label: isDesktop ? t('captions.sources.system') : t('captions.sources.tab') },
    { value: 'both', label: isDesktop ? t('captions.sources.both') : t('captions.sources.bothTab') },
  ];
  return (
    <Field label={t('captions.listenTo')}>
      {(control) => (
        <Select {...control} value={source} options={options} onChoose={(next) => void writeSource(next)} />
      )}
    </Field>
  );
}

/** Which microphone, by name. */
export function MicrophoneField({ label }: { readonly label?: string }) {
  const { t } = useTranslation();
  const [source] = useSetting('captions.source');
  const [chosen, write] = useSetting('captions.microphone');
  const microphones = useCaptions((store) => store.microphones);
  const read = useCaptions((store) => store.readMicrophones);
  const options = useMicrophoneOptions(microphones, chosen);
  useEffect(() => {
    void read();
  }, [read]);
  return (
    <Field label={label ?? t('captions.microphone')}>
      {(control) => (
        <Select
          {...control}
          data-field={MICROPHONE_FIELD_ID}
          disabled={source === 'system'}
          value={chosen ?? SYSTEM_CHOICE}
          options={options}
          onChoose={(next) => void write(next === SYSTEM_CHOICE ? null : next)}
        />
      )}
    </Field>
  );
}

function useMicrophoneOptions(
  microphones: readonly Microphone[],
  chosen: string | null,
): readonly SelectOption<string>[] {
  const { t } = useTranslation();
  const byDefault = microphones.find(({ isDefault }) => isDefault)?.label ?? '';
  const names = [...new Set(microphones.map(({ label }) => label).filter((label) => label !== ''))];
  return [
    {
      value: SYSTEM_CHOICE,
      label:
        byDefault === ''
          ? t('captions.microphoneDefault')
          : t('captions.microphoneDefaultNamed', { name: byDefault }),
    },
    ...names.map((name) => ({ value: name, label: name })),
    ...(chosen !== null && !names.includes(chosen)
      ? [{ value: chosen, label: names.length > 0 ? t('captions.microphoneAway', { name: chosen }) : chosen }]
      : []),
  ];
}
