import { useTranslation } from 'react-i18next';
import { Field } from '../components/field.tsx';
import { Section } from '../components/page.tsx';
import { Select } from '../components/select.tsx';
import { Switch } from '../components/switch.tsx';
import { useBridge, useSetting } from './control-context.ts';

/** What belongs to no page: colours of the window, and when the app starts. */
export function GeneralSection() {
  const { t } = useTranslation();
  const { shell } = useBridge();
  const [theme, writeTheme] = useSetting('appearance.theme');
  const [launches, writeLaunches] = useSetting('app.launchAtLogin');
  return (
    <Section title={t('about.general')}>
      <Field label={t('about.theme')} layout="inline">
        {(control) => (
          <Select
            {...control}
            value={theme}
            options={[
              { value: 'system', label: t('about.themes.system') },
              { value: 'light', label: t('about.themes.light') },
              { value: 'dark', label: t('about.themes.dark') },
            ]}
            onChoose={(next) => void writeTheme(next)}
          />
        )}
      </Field>
      {shell === 'desktop' ? (
        <Field label={t('about.launchAtLogin')} hint={t('about.launchAtLoginHint')} layout="inline">
          {(control) => (
            <Switch {...control} checked={launches} onChange={(next) => void writeLaunches(next)} />
          )}
        </Field>
      ) : null}
    </Section>
  );
}
