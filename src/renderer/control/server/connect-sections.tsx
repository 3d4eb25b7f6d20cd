import { useTranslation } from 'react-i18next';
import type { ServerTokens } from '../../../ipc/views.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { Section } from '../../components/page.tsx';
import { Tabs } from '../../components/tabs.tsx';
import {
  curlSnippet,
  HIDDEN_TOKEN,
  openAiSnippet,
  streamAddress,
  viewersLink,
} from './connection-snippets.ts';

interface ConnectProps {
  readonly url: string;
  readonly tokens: ServerTokens;
}

/** A page with nothing but the captions, for OBS and for a phone. */
export function ViewersSection({ url, tokens, viewers }: ConnectProps & { readonly viewers: number }) {
  const { t } = useTranslation();
  return (
    <Section title={t('server.viewers')} description={t('server.viewersDescription')}>
      <CodeBlock
        label={t('server.viewersLink')}
        code={viewersLink(url, HIDDEN_TOKEN)}
        copied={() => viewersLink(url, tokens.viewer)}
      />
      <p className="text-sm text-ink-muted">
        {t('server.viewersNow', { count: viewers })} {t('server.viewersPhone')}
      </p>
    </Section>
  );
}

/** Lines to copy into other programs. Tokens are hidden on the screen and filled in when copied. */
export function ConnectSection({ url, tokens }: ConnectProps) {
  const { t } = useTranslation();
  const hint = 'max-w-prose text-ink-muted';
  return (
    <Section title={t('server.connect')}>
      <Tabs
        label={t('server.connect')}
        tabs={[
          {
            id: 'obs',
            label: t('server.connectTabs.obs'),
            content: (
              <div className="flex flex-col gap-3">
                <p className={hint}>{t('server.obsSteps')}</p>
                <CodeBlock
                  label={t('server.obsTitle')}
                  code={viewersLink(url, HIDDEN_TOKEN)}
                  copied={() => viewersLink(url, tokens.viewer)}
                />
              </div>
            ),
          },
          {
            id: 'curl',
            label: t('server.connectTabs.curl'),
            content: (
              <div className="flex flex-col gap-3">
                <p className={hint}>{t('server.curlHint')}</p>
                <CodeBlock
                  label={t('server.curlTitle')}
                  code={curlSnippet(url, HIDDEN_TOKEN)}
                  copied={() => curlSnippet(url, tokens.full)}
                />
              </div>
            ),
          },
          {
            id: 'program',
            label: t('server.connectTabs.program'),
            content: (
              <div className="flex flex-col gap-3">
                <p className={hint}>{t('server.programHint')}</p>
                <CodeBlock
                  label={t('server.programTitle')}
                  code={openAiSnippet(url, HIDDEN_TOKEN)}
                  copied={() => openAiSnippet(url, tokens.full)}
                />
              </div>
            ),
          },
          {
            id: 'livekit',
            label: t('server.connectTabs.livekit'),
            content: (
              <div className="flex flex-col gap-3">
                <p className={hint}>{t('server.livekitHint')}</p>
                <CodeBlock label={t('server.livekitTitle')} code={streamAddress(url)} />
              </div>
            ),
          },
        ]}
      />
    </Section>
  );
}
