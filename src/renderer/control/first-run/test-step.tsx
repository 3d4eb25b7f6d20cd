import { CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { STARTER_MODEL } from '../../../core/models/catalogue.ts';
import { ProblemBanner } from '../captions/problem-banner.tsx';
import { StartRow } from '../captions/start-row.tsx';
import { useCaptions, useSettingValues } from '../control-context.ts';

/** Says a sentence, sees the level move and the words come. */
export function TestStep() {
  const { t } = useTranslation();
  const { lines, partial } = useCaptions((store) => store.transcript);
  const isStarter = useSettingValues()['captions.model'] === STARTER_MODEL;
  const texts = lines.filter((line) => line.kind === 'text');
  return (
    <div className="flex flex-col gap-4">
      <div>
        <h2 className="text-lg font-semibold">{t('firstRun.test.title')}</h2>
        <p className="text-ink-muted">{t('firstRun.test.text')}</p>
        <blockquote className="mt-2 border-s-4 border-accent ps-4 text-lg">
          {isStarter ? t('firstRun.test.starterSentence') : t('firstRun.test.sentence')}
        </blockquote>
        {isStarter ? <p className="mt-2 text-sm text-ink-muted">{t('firstRun.test.starterNote')}</p> : null}
      </div>
      <StartRow />
      <ProblemBanner />
      <section
        aria-label={t('firstRun.test.words')}
        className="min-h-24 rounded-md bg-sunken p-4 text-lg"
        data-testid="transcript"
      >
        {texts.length === 0 && !partial ? (
          <p className="text-base text-ink-muted">{t('firstRun.test.waiting')}</p>
        ) : (
          <p>
            {texts.map(({ text }) => text).join(' ')} {partial?.stable}
            <span className="text-ink-muted italic">{partial?.unstable}</span>
          </p>
        )}
      </section>
      <p role="status" className="flex items-center gap-2 text-base">
        {texts.length > 0 ? (
          <>
            <CircleCheck aria-hidden className="size-5 shrink-0 text-success" />
            {t('firstRun.test.works')}
          </>
        ) : (
          <span className="text-ink-muted">{t('firstRun.test.notYet')}</span>
        )}
      </p>
    </div>
  );
}
