import { useTranslation } from 'react-i18next';
import type { ServerClient } from '../../../ipc/views.ts';
import { Badge } from '../../components/badge.tsx';
import { List, ListRow } from '../../components/list.tsx';

const MS_PER_MINUTE = 60_000;

/** Programs that use the server now. */
export function ClientsSection({ clients }: { readonly clients: readonly ServerClient[] }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('server.clients')} className="flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{t('server.clients')}</h2>
      {clients.length === 0 ? (
        <p className="text-ink-muted">{t('server.clientsNone')}</p>
      ) : (
        <List label={t('server.clients')}>
          {clients.map(({ id, since, audioMs, connected, published }) => (
            <ListRow
              key={id}
              title={<span className="font-mono text-sm">{id}</span>}
              details={t('server.clientDetails', {
                since: new Date(since).toLocaleTimeString(),
                minutes: Math.floor(audioMs / MS_PER_MINUTE),
              })}
              trailing={
                <>
                  {published ? <Badge tone="accent">{t('server.clientPublished')}</Badge> : null}
                  <Badge tone={connected ? 'success' : 'warning'}>
                    {connected ? t('server.clientConnected') : t('server.clientAway')}
                  </Badge>
                </>
              }
            />
          ))}
        </List>
      )}
    </section>
  );
}
