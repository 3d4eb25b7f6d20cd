import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LinkState } from '../bridge/types.ts';
import { Banner } from '../components/banner.tsx';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Card } from '../components/page.tsx';
import { TextInput } from '../components/text-input.tsx';
import { useBridge } from './control-context.ts';

export function useLinkState(): LinkState {
  const bridge = useBridge();
  const [link, setLink] = useState<LinkState>('connecting');
  useEffect(() => {
    const gone = new AbortController();
    bridge.watchLink(setLink, gone.signal);
    return () => gone.abort();
  }, [bridge]);
  return link;
}

/** Says that the program behind the page does not answer. */
export function LinkBanner({ link }: { readonly link: LinkState }) {
  const { t } = useTranslation();
  if (link !== 'lost') return null;
  return (
    <div className="p-2 pb-0">
      <Banner tone="warning" title={t('link.lostTitle')}>
        {t('link.lost')}
      </Banner>
    </div>
  );
}

/** The page was opened without its token, or with an old one. */
export function TokenEntry() {
  const { t } = useTranslation();
  const [token, setToken] = useState('');
  const [missing, setMissing] = useState(false);
  const connect = (event: FormEvent): void => {
    event.preventDefault();
    const word = tokenIn(token);
    setMissing(word === '');
    if (word === '') return;
    // As if the printed link had been opened: the bridge takes the token from there.
    window.location.hash = `token=${word}`;
    window.location.reload();
  };
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-6 p-4">
      <div>
        <h1 className="text-xl font-semibold">{t('link.unauthorizedTitle')}</h1>
        <p className="text-ink-muted">{t('link.unauthorized')}</p>
      </div>
      <Card>
        <form onSubmit={connect} className="flex flex-col gap-4">
          <Field label={t('link.token')} error={missing ? t('link.tokenMissing') : null}>
            {(control) => (
              <TextInput
                {...control}
                type="password"
                autoComplete="off"
                spellCheck={false}
                value={token}
                onChange={({ target }) => setToken(target.value)}
              />
            )}
          </Field>
          <Button type="submit" tone="primary" className="self-start">
            {t('link.connect')}
          </Button>
        </form>
      </Card>
    </main>
  );
}

/** People paste the whole link, too. */
function tokenIn(text: string): string {
  return /token=([^&\s]+)/u.exec(text)?.[1] ?? text.trim();
}
