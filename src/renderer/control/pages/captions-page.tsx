import { useTranslation } from 'react-i18next';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { Card, Page } from '../../components/page.tsx';
import { LanguageField, ModelField } from '../captions/model-fields.tsx';
import { ProblemBanner } from '../captions/problem-banner.tsx';
import { MicrophoneField, SourceField } from '../captions/source-fields.tsx';
import { StartRow } from '../captions/start-row.tsx';
import { StatusLine } from '../captions/status-line.tsx';
import { Transcript } from '../captions/transcript.tsx';
import { useCaptions, useSetting, useSettingValues } from '../control-context.ts';
import { FirstRun } from '../first-run/first-run.tsx';
import { goTo } from '../use-route.ts';

/** Live captions: begin, see that they work, read them. */
export function CaptionsPage() {
  const [isFirstRunDone] = useSetting('app.firstRunDone');
  return isFirstRunDone ? <LiveCaptions /> : <FirstRun />;
}

function LiveCaptions() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.captions')} layout="fill" actions={<StatusLine />}>
      <Card>
        <StartRow />
        <div className="grid grid-cols-1 gap-4 min-[28rem]:grid-cols-2 lg:grid-cols-4">
          <SourceField />
          <MicrophoneField />
          <LanguageField />
          <ModelField />
        </div>
      </Card>
      <ProblemBanner />
      <StarterNote />
      <Transcript />
    </Page>
  );
}

/** Whoever captions a meeting with the demo model must know why it is poor. */
function StarterNote() {
  const { t } = useTranslation();
  const isStarter = useSettingValues()['captions.model'] === 'starter.en';
  const isIdle = useCaptions((store) => store.state.phase === 'idle' && store.state.problem === null);
  if (!isStarter || !isIdle) return null;
  return (
    <Banner
      tone="notice"
      actions={
        <Button size="small" onClick={() => goTo('models')}>
          {t('captions.starterAction')}
        </Button>
      }
    >
      {t('captions.starter')}
    </Banner>
  );
}
