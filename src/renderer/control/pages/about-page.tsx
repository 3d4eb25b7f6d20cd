import { FolderOpen, ShieldCheck } from 'lucide-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppInfo } from '../../../ipc/views.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { Page, Section } from '../../components/page.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { useBridge, useFailureToast, useSetting, useSettingValues } from '../control-context.ts';
import { GeneralSection } from '../general-section.tsx';
import { LICENCES } from '../licences.ts';
import { useAnswer } from '../use-answer.ts';
import { goTo } from '../use-route.ts';

/** What this is, where it keeps its things, and what it tells others: nothing. */
export function AboutPage() {
  const { t } = useTranslation();
  const bridge = useBridge();
  const { answer, again } = useAnswer(useCallback(() => bridge.call('app.info'), [bridge]));
  return (
    <Page title={t('nav.about')} description={t('about.description')}>
      <GeneralSection />
      <Privacy />
      {answer.state === 'loading' ? <LoadingState /> : null}
      {answer.state === 'failed' ? (
        <ErrorState title={t('about.failed')} message={answer.message} onRetry={again} />
      ) : null}
      {answer.state === 'there' ? <Installed info={answer.value} /> : null}
      <FirstSteps />
      <Section title={t('about.licences')} description={t('about.licencesText')}>
        <ul aria-label={t('about.licencesList')} className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
          {LICENCES.map(({ name, licence }) => (
            <li key={name} className="flex justify-between gap-4">
              <span className="wrap-anywhere">{name}</span>
              <span className="text-ink-muted">{licence}</span>
            </li>
          ))}
        </ul>
      </Section>
    </Page>
  );
}

function Privacy() {
  const { t } = useTranslation();
  const isRemote = useSettingValues()['server.remote'] !== null;
  return (
    <Section title={t('about.privacy')}>
      <p className="flex items-start gap-3">
        <ShieldCheck aria-hidden className="mt-0.5 size-5 shrink-0 text-success" />
        <span className="max-w-prose">{t('about.privacyText')}</span>
      </p>
      {isRemote ? <p className="max-w-prose text-warning">{t('about.privacyRemote')}</p> : null}
    </Section>
  );
}

function Installed({ info }: { readonly info: AppInfo }) {
  const { t } = useTranslation();
  const { desktop } = useBridge();
  const tell = useFailureToast();
  const { version, dataFolder, platform, arch, node, electron } = info;
  const system = electron
    ? t('about.systemTextDesktop', { platform, arch, electron, node })
    : t('about.systemText', { platform, arch, node });
  return (
    <Section title={`${t('common.appName')} ${version}`}>
      <dl className="flex flex-col gap-4">
        <div className="grid grid-cols-[1fr_auto] items-center gap-x-2">
          <dt className="font-medium">{t('about.system')}</dt>
          <dd className="col-start-1 text-ink-muted wrap-anywhere">{system}</dd>
          <dd className="col-start-2 row-span-2 row-start-1">
            <CopyButton
              label={t('about.copySystem')}
              text={() => `${t('common.appName')} ${version}, ${system}`}
            />
          </dd>
        </div>
        <div className="grid grid-cols-[1fr_auto] items-center gap-x-2">
          <dt className="font-medium">{t('about.dataFolder')}</dt>
          <dd className="col-start-1 font-mono text-sm text-ink-muted wrap-anywhere">{dataFolder}</dd>
          <dd className="col-start-2 row-span-2 row-start-1 flex">
            <CopyButton label={t('about.copyDataFolder')} text={() => dataFolder} />
            {desktop ? (
              <IconButton
                icon={FolderOpen}
                label={t('about.openDataFolder')}
                onClick={() => void desktop.call('shell.openFolder', { folder: 'data' }).catch(tell)}
              />
            ) : null}
          </dd>
        </div>
      </dl>
    </Section>
  );
}

function FirstSteps() {
  const { t } = useTranslation();
  const [, writeDone] = useSetting('app.firstRunDone');
  return (
    <Section title={t('about.firstRun')} description={t('about.firstRunHint')}>
      <Button
        className="self-start"
        onClick={() => {
          void writeDone(false);
          goTo('captions');
        }}
      >
        {t('about.firstRunAgain')}
      </Button>
    </Section>
  );
}
