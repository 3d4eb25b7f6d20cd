import { CircleAlert, CircleCheck, FolderOpen, Stethoscope, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError } from '../../../core/foundation/errors.ts';
import type { AppInfo, DiagnosticFinding } from '../../../ipc/views.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { List, ListRow } from '../../components/list.tsx';
import { Page, Section } from '../../components/page.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { en } from '../../i18n/en.ts';
import { useAppInfo } from '../app-info.ts';
import { useBridge, useFailureToast } from '../control-context.ts';
import { diagnosticsReport } from '../diagnostics-report.ts';

type Check =
  | { readonly state: 'none' | 'running' }
  | { readonly state: 'done'; readonly findings: readonly DiagnosticFinding[] }
  | { readonly state: 'failed'; readonly message: string };

/** Whether this machine has what captions need. */
export function DiagnosticsPage() {
  const { t } = useTranslation();
  const bridge = useBridge();
  const info = useAppInfo();
  const [check, setCheck] = useState<Check>({ state: 'none' });
  const run = async (): Promise<void> => {
    setCheck({ state: 'running' });
    try {
      setCheck({ state: 'done', findings: await bridge.call('diagnostics.run') });
    } catch (error) {
      setCheck({ state: 'failed', message: describeError(error) });
    }
  };
  return (
    <Page
      title={t('nav.diagnostics')}
      description={t('diagnostics.description')}
      actions={
        check.state === 'none' ? null : (
          <Button busy={check.state === 'running'} onClick={() => void run()}>
            {t('diagnostics.runAgain')}
          </Button>
        )
      }
    >
      {check.state === 'none' ? (
        <EmptyState
          icon={Stethoscope}
          title={t('diagnostics.emptyTitle')}
          actions={
            <Button tone="primary" onClick={() => void run()}>
              {t('diagnostics.run')}
            </Button>
          }
        >
          {t('diagnostics.empty')}
        </EmptyState>
      ) : null}
      {check.state === 'running' ? <LoadingState label={t('diagnostics.running')} /> : null}
      {check.state === 'failed' ? (
        <ErrorState title={t('diagnostics.failed')} message={check.message} onRetry={() => void run()} />
      ) : null}
      {check.state === 'done' ? <Findings findings={check.findings} info={info} /> : null}
      {bridge.desktop ? <Logs /> : null}
    </Page>
  );
}

function isKnown(check: string): check is keyof typeof en.diagnostics.checks {
  return Object.hasOwn(en.diagnostics.checks, check);
}

const ICONS = {
  ok: { icon: CircleCheck, ink: 'text-success' },
  warn: { icon: TriangleAlert, ink: 'text-warning' },
  fail: { icon: CircleAlert, ink: 'text-danger' },
} as const;

interface FindingsProps {
  readonly findings: readonly DiagnosticFinding[];
  readonly info: AppInfo | null;
}

function Findings({ findings, info }: FindingsProps) {
  const { t } = useTranslation();
  const count = findings.filter(({ status }) => status !== 'ok').length;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p role="status" className="text-lg font-semibold">
          {count === 0 ? t('diagnostics.allWell') : t('diagnostics.problems', { count })}
        </p>
        <CopyButton
          look="button"
          label={t('diagnostics.copy')}
          text={() => diagnosticsReport(findings, info)}
        />
      </div>
      <List label={t('diagnostics.findings')}>
        {findings.map(({ check, status, summary, advice }) => {
          const { icon: Icon, ink } = ICONS[status];
          return (
            <ListRow
              key={`${check} ${summary}`}
              leading={
                <Icon role="img" aria-label={t(`diagnostics.status.${status}`)} className={`size-5 ${ink}`} />
              }
              title={isKnown(check) ? t(`diagnostics.checks.${check}`) : check}
              details={
                <>
                  <span className="block">{summary}</span>
                  {advice ? <span className="block text-ink">{advice}</span> : null}
                </>
              }
            />
          );
        })}
      </List>
    </div>
  );
}

function Logs() {
  const { t } = useTranslation();
  const { desktop } = useBridge();
  const tell = useFailureToast();
  return (
    <Section title={t('diagnostics.logs')} description={t('diagnostics.logsDescription')}>
      <Button
        icon={FolderOpen}
        className="self-start"
        onClick={() => void desktop?.call('shell.openFolder', { folder: 'logs' }).catch(tell)}
      >
        {t('diagnostics.openLogs')}
      </Button>
    </Section>
  );
}
