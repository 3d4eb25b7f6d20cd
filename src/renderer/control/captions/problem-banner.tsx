import { useTranslation } from 'react-i18next';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { en } from '../../i18n/en.ts';
import { useAppInfo } from '../app-info.ts';
import { useBridge, useCaptions, useFailureToast, useSetting } from '../control-context.ts';
import { type ProblemAction, problemActions } from '../problem-actions.ts';
import { goTo } from '../use-route.ts';
import { MICROPHONE_FIELD_ID } from './source-fields.tsx';

type TitledCode = keyof typeof en.problems.titles;

function isTitled(code: string): code is TitledCode {
  return Object.hasOwn(en.problems.titles, code);
}

/** What went wrong, and what can be done about it with one press. */
export function ProblemBanner() {
  const { t } = useTranslation();
  const bridge = useBridge();
  const { problem, phase, audio, source } = useCaptions((store) => store.state);
  const info = useAppInfo();
  const act = useProblemDeeds();
  if (!problem) {
    if (audio !== 'silent' || phase !== 'listening') return null;
    const isSystem = source === 'system';
    return (
      <Banner
        tone="warning"
        title={t('captions.silentTitle')}
        actions={
          isSystem ? null : (
            <Button size="small" onClick={act.chooseMicrophone}>
              {t('problems.chooseMicrophone')}
            </Button>
          )
        }
      >
        {isSystem ? t('captions.silentSystem') : t('captions.silentMicrophone')}
      </Banner>
    );
  }
  const actions = problemActions({
    code: problem.code,
    desktop: bridge.desktop !== null,
    platform: info?.platform ?? '',
    idle: phase === 'idle',
  });
  return (
    <Banner
      tone={problem.severity}
      {...(isTitled(problem.code) ? { title: t(`problems.titles.${problem.code}`) } : {})}
      actions={
        actions.length === 0
          ? null
          : actions.map((action) => (
              <Button key={action} size="small" onClick={act[action]}>
                {t(`problems.${action}`)}
              </Button>
            ))
      }
      onDismiss={() => void bridge.captions.dismissProblem()}
    >
      {problem.message}
    </Banner>
  );
}

function useProblemDeeds(): Readonly<Record<ProblemAction, () => void>> {
  const bridge = useBridge();
  const tell = useFailureToast();
  const [, writeSource] = useSetting('captions.source');
  const [, writeLanguage] = useSetting('captions.language');
  const restart = (change?: Promise<void>): void => {
    void Promise.resolve(change)
      .then(() => bridge.captions.start())
      .catch(tell);
  };
  return {
    openSystemSettings: () => void bridge.desktop?.call('permissions.openSystemSettings').catch(tell),
    chooseMicrophone: () =>
      document.querySelector<HTMLElement>(`[data-field="${MICROPHONE_FIELD_ID}"]`)?.focus(),
    useMicrophone: () => restart(writeSource('microphone')),
    anyLanguage: () => restart(writeLanguage('auto')),
    openModels: () => goTo('models'),
    openServer: () => goTo('server'),
    openDiagnostics: () => goTo('diagnostics'),
    retry: () => restart(),
  };
}
