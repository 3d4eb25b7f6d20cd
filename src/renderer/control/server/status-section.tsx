import { CircleCheck, CircleX, LoaderCircle, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../ipc/views.ts';
import { Badge, type BadgeTone } from '../../components/badge.tsx';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { Section } from '../../components/page.tsx';
import { useBridge, useFailureToast } from '../control-context.ts';

const TONES: Readonly<Record<ServerView['state'], BadgeTone>> = {
  starting: 'plain',
  ready: 'success',
  failed: 'danger',
  stopped: 'plain',
};

const ICONS = { starting: LoaderCircle, ready: CircleCheck, failed: CircleX, stopped: CircleX } as const;

/** Whether it runs, and where. */
export function StatusSection({ server }: { readonly server: ServerView }) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const [asking, setAsking] = useState(false);
  const { state, error, url, wantedPort, model, remote, engineRestarts } = server;
  const restart = (): void => void bridge.call('server.restart').catch(tell);
  return (
    <Section
      title={t('server.status')}
      actions={
        <Button size="small" icon={RotateCw} onClick={() => setAsking(true)}>
          {t('server.restart')}
        </Button>
      }
    >
      {error ? (
        <Banner tone="error" title={t('server.failedTitle')}>
          {error.message}
        </Banner>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Badge tone={TONES[state]} icon={ICONS[state]}>
          {t(`server.state.${state}`)}
        </Badge>
        <Badge>
          {t('server.model')}: {model}
        </Badge>
        <Badge tone={remote ? 'warning' : 'plain'}>
          {remote ? t('server.remoteOn') : t('server.remoteOff')}
        </Badge>
      </div>
      {url ? (
        <div className="flex items-center justify-between gap-4">
          <div className="min-w-0">
            <p className="font-medium">{t('server.address')}</p>
            <p className="font-mono text-sm wrap-anywhere">{url}</p>
          </div>
          <CopyButton label={t('server.copyAddress')} text={() => url} />
        </div>
      ) : null}
      {wantedPort !== null ? (
        <p className="text-sm text-warning">{t('server.otherPort', { port: wantedPort })}</p>
      ) : null}
      {engineRestarts > 0 ? (
        <p className="text-sm text-ink-muted">{t('server.engineRestarts', { count: engineRestarts })}</p>
      ) : null}
      <ConfirmDialog
        open={asking}
        tone="primary"
        title={t('server.restartTitle')}
        description={t('server.restartDescription')}
        confirmLabel={t('server.restart')}
        onConfirm={() => {
          setAsking(false);
          restart();
        }}
        onCancel={() => setAsking(false)}
      />
    </Section>
  );
}
