import { ArrowLeft, ArrowRight, Check } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { STARTER_MODEL } from '../../../core/models/catalogue.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Card, Page } from '../../components/page.tsx';
import { LoadingState } from '../../components/states.tsx';
import { useSetting } from '../control-context.ts';
import { useModels } from '../use-models.ts';
import { STEPS, type Step, stepToResume } from './first-step.ts';
import { useMicrophoneAccess } from './microphone-access.ts';
import { MicrophoneStep } from './microphone-step.tsx';
import { ModelStep } from './model-step.tsx';
import { TestStep } from './test-step.tsx';

/** Three steps to the first words: microphone, model, a sentence. */
export function FirstRun() {
  const { t } = useTranslation();
  const [, writeDone] = useSetting('app.firstRunDone');
  const microphone = useMicrophoneAccess();
  const { answer } = useModels();
  const [step, setStep] = useState<Step | null>(null);
  const isKnown = microphone.access !== null && answer.state !== 'loading';
  useEffect(() => {
    if (step !== null || !isKnown) return;
    const models = answer.state === 'there' ? answer.value : null;
    setStep(stepToResume(microphone.access ?? 'unknown', models, STARTER_MODEL));
  }, [step, isKnown, microphone.access, answer]);
  const index = step === null ? 0 : STEPS.indexOf(step);
  const go = (by: 1 | -1): void => setStep(STEPS[index + by] ?? step);
  const finish = (): void => void writeDone(true);
  return (
    <Page
      title={t('firstRun.title')}
      description={t('firstRun.description')}
      actions={
        <Button tone="quiet" onClick={finish}>
          {t('firstRun.skip')}
        </Button>
      }
    >
      <StepList current={index} />
      {step === null ? (
        <LoadingState />
      ) : (
        <Card>
          {step === 'microphone' ? <MicrophoneStep {...microphone} /> : null}
          {step === 'model' ? <ModelStep /> : null}
          {step === 'test' ? <TestStep /> : null}
          <div className="mt-2 flex flex-wrap justify-between gap-3 border-t border-line pt-4">
            {index > 0 ? (
              <Button tone="quiet" icon={ArrowLeft} onClick={() => go(-1)}>
                {t('firstRun.back')}
              </Button>
            ) : (
              <span />
            )}
            {step === 'test' ? (
              <Button tone="primary" icon={Check} onClick={finish}>
                {t('firstRun.finish')}
              </Button>
            ) : (
              <Button tone="primary" icon={ArrowRight} onClick={() => go(1)}>
                {t('firstRun.next')}
              </Button>
            )}
          </div>
        </Card>
      )}
    </Page>
  );
}

function StepList({ current }: { readonly current: number }) {
  const { t } = useTranslation();
  return (
    <ol aria-label={t('firstRun.steps')} className="flex flex-wrap gap-x-6 gap-y-2">
      {STEPS.map((step, index) => (
        <li
          key={step}
          aria-current={index === current ? 'step' : undefined}
          className={classes(
            'flex items-center gap-2 text-base',
            index === current ? 'font-semibold text-ink' : 'text-ink-muted',
          )}
        >
          <span
            aria-hidden
            className={classes(
              'flex size-7 items-center justify-center rounded-full text-sm font-semibold',
              index < current && 'bg-accent-soft text-accent',
              index === current && 'bg-accent text-on-accent',
              index > current && 'border border-line-strong',
            )}
          >
            {index < current ? <Check className="size-4" /> : index + 1}
          </span>
          {t(`firstRun.${step}.title`)}
        </li>
      ))}
    </ol>
  );
}
