import { useTranslation } from 'react-i18next';
import type { DesktopBridge } from '../../../bridge/types.ts';
import { Button } from '../../../components/button.tsx';
import { Section } from '../../../components/page.tsx';
import { useFailureToast } from '../../control-context.ts';
import { ChoiceField, SwitchField } from './setting-fields.tsx';

/** Where the overlay is: on the desktop only. */
export function ScreenSettings({ desktop }: { readonly desktop: DesktopBridge }) {
  const { t } = useTranslation();
  const tell = useFailureToast();
  return (
    <Section title={t('appearance.screen')}>
      <SwitchField setting="overlay.visible" label={t('appearance.visible')} />
      <SwitchField
        setting="overlay.locked"
        label={t('appearance.locked')}
        hint={t('appearance.lockedHint')}
      />
      <ChoiceField
        setting="overlay.position"
        label={t('appearance.position')}
        names={t('appearance.positions', { returnObjects: true })}
        beside={
          <Button
            size="small"
            tone="quiet"
            onClick={() => void desktop.call('overlay.resetPosition').catch(tell)}
          >
            {t('appearance.resetPosition')}
          </Button>
        }
      />
    </Section>
  );
}
