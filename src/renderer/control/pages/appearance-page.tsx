import { RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { APPEARANCE_KEYS, appearanceOf } from '../../appearance/caption-appearance.ts';
import { Button } from '../../components/button.tsx';
import { Page, Section } from '../../components/page.tsx';
import { useToasts } from '../../components/toast-store.ts';
import { useBridge, useFailureToast, useSettings, useSettingValues } from '../control-context.ts';
import { CaptionPreview } from './appearance/caption-preview.tsx';
import { BackgroundSettings, LetterSettings, LineSettings } from './appearance/caption-settings.tsx';
import { ContrastNote } from './appearance/contrast-note.tsx';
import { type Draft, DraftContext } from './appearance/draft.ts';
import { ScreenSettings } from './appearance/screen-settings.tsx';
import { ChoiceField } from './appearance/setting-fields.tsx';

/** How captions look, seen while it is chosen. */
export function AppearancePage() {
  const { t } = useTranslation();
  const { desktop } = useBridge();
  const values = useSettingValues();
  const [draft, change] = useState<Draft>({});
  const appearance = useMemo(() => appearanceOf({ ...values, ...draft }), [values, draft]);
  const context = useMemo(() => ({ draft, change }), [draft]);
  return (
    <Page title={t('nav.appearance')} description={t('appearance.description')} actions={<ResetButton />}>
      <DraftContext value={context}>
        <div className="sticky top-0 z-10 -mx-2 flex flex-col gap-3 bg-canvas px-2 pb-3">
          <CaptionPreview appearance={appearance} />
          <ContrastNote appearance={appearance} />
        </div>
        <LetterSettings />
        <BackgroundSettings />
        <LineSettings />
        {desktop && <ScreenSettings desktop={desktop} />}
        <Section title={t('appearance.window')}>
          <ChoiceField
            setting="appearance.theme"
            label={t('appearance.theme')}
            names={t('appearance.themes', { returnObjects: true })}
          />
        </Section>
      </DraftContext>
    </Page>
  );
}

function ResetButton() {
  const { t } = useTranslation();
  const chosen = useSettings((state) => state.chosen);
  const resetOne = useSettings((state) => state.reset);
  const show = useToasts((state) => state.show);
  const tell = useFailureToast();
  const changed = APPEARANCE_KEYS.filter((key) => chosen.includes(key));
  const reset = async (): Promise<void> => {
    try {
      for (const key of changed) await resetOne(key);
      show({ text: t('appearance.resetDone') });
    } catch (error) {
      tell(error);
    }
  };
  return (
    <Button icon={RotateCcw} disabled={changed.length === 0} onClick={() => void reset()}>
      {t('appearance.reset')}
    </Button>
  );
}
