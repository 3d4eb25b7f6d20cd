import { useTranslation } from 'react-i18next';
import { Field } from '../components/field.tsx';
import { Section } from '../components/page.tsx';
import { Switch } from '../components/switch.tsx';
import { useBridge, useSetting } from './control-context.ts';

/** What belongs to no other page: when the app starts. A browser’s page starts when it is opened. */
export function GeneralSection() {
  const { t } = useTranslation();
  const { shell } = useBridge();
  const [launches, writeLaunches] = useSetting('app.launchAtLogin');
  if (shell !== 'desktop') return null;
  return (
    <Section title={t('about.general')}>
      <Field label={t('about.launchAtLogin')} hint={t('about.launchAtLoginHint')} layout="inline">
        {(control) => (
          <Switch {...control} checked={launches} onChange={(next) => void writeLaunches(next)} />
        )}
      </Field>
    </Section>
  );
}
