import { useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { useBridge } from '../control-context.ts';
import { ClientsSection } from '../server/clients-section.tsx';
import { ConnectSection, ViewersSection } from '../server/connect-sections.tsx';
import { ServerSettings } from '../server/server-settings.tsx';
import { StatusSection } from '../server/status-section.tsx';
import { TokensSection } from '../server/tokens-section.tsx';
import { useAnswer } from '../use-answer.ts';

/** The server that recognises: where it is, who uses it, how others come to it. */
export function ServerPage() {
  const { t } = useTranslation();
  const bridge = useBridge();
  const { answer, again, put } = useAnswer(useCallback(() => bridge.call('server.status'), [bridge]));
  const tokens = useAnswer(useCallback(() => bridge.call('server.tokens'), [bridge]));
  useEffect(() => {
    const gone = new AbortController();
    bridge.on('server.changed', put, gone.signal);
    return () => gone.abort();
  }, [bridge, put]);
  const server = answer.state === 'there' ? answer.value : null;
  const url = server?.url ?? null;
  // A server that is being started has none yet.
  const askTokens = tokens.again;
  useEffect(() => {
    if (url !== null) askTokens();
  }, [url, askTokens]);
  const known = tokens.answer.state === 'there' ? tokens.answer.value : null;
  const failed =
    answer.state === 'failed'
      ? answer
      : url !== null && tokens.answer.state === 'failed'
        ? tokens.answer
        : null;
  return (
    <Page title={t('nav.server')} description={t('server.description')}>
      {failed ? (
        <ErrorState
          title={t('server.failedTitle')}
          message={failed.message}
          onRetry={() => {
            again();
            tokens.again();
          }}
        />
      ) : null}
      {!failed && !server ? <LoadingState /> : null}
      {server ? <StatusSection server={server} /> : null}
      {server && url !== null && known ? (
        <ViewersSection url={url} tokens={known} viewers={server.viewers} />
      ) : null}
      {url !== null && known ? <ConnectSection url={url} tokens={known} /> : null}
      {server ? <ClientsSection clients={server.clients} /> : null}
      {known ? <TokensSection tokens={known} onTokens={tokens.put} /> : null}
      {server ? <ServerSettings /> : null}
    </Page>
  );
}
