import { Eye, EyeOff, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerTokens } from '../../../ipc/views.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { Section } from '../../components/page.tsx';
import { useToasts } from '../../components/toast-store.ts';
import { useBridge, useFailureToast } from '../control-context.ts';
import { HIDDEN_TOKEN } from './connection-snippets.ts';

type Scope = keyof ServerTokens;
const SCOPES: readonly Scope[] = ['full', 'viewer'];

export interface TokensSectionProps {
  readonly tokens: ServerTokens;
  readonly onTokens: (tokens: ServerTokens) => void;
}

/** Passwords for programs: hidden, shown, copied, replaced. */
export function TokensSection({ tokens, onTokens }: TokensSectionProps) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const show = useToasts((state) => state.show);
  const [shown, setShown] = useState<Scope | null>(null);
  const [rotating, setRotating] = useState<Scope | null>(null);
  const rotate = async (scope: Scope): Promise<void> => {
    try {
      onTokens(await bridge.call('server.rotateToken', { scope }));
      show({ text: t('server.rotated'), tone: 'success' });
    } catch (error) {
      tell(error);
    }
  };
  return (
    <Section title={t('server.tokens')} description={t('server.tokensDescription')}>
      {SCOPES.map((scope) => {
        const which = t(`server.${scope}`);
        const isShown = shown === scope;
        return (
          <div key={scope} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <div className="min-w-0 flex-1 basis-60">
              <p className="font-medium">{which}</p>
              <p className="text-sm text-ink-muted">{t(`server.${scope}Hint`)}</p>
              <p className="font-mono text-sm wrap-anywhere">{isShown ? tokens[scope] : HIDDEN_TOKEN}</p>
            </div>
            <div className="flex">
              <IconButton
                icon={isShown ? EyeOff : Eye}
                label={isShown ? t('server.hideToken', { which }) : t('server.showToken', { which })}
                onClick={() => setShown(isShown ? null : scope)}
              />
              <CopyButton label={t('server.copyToken', { which })} text={() => tokens[scope]} />
              <IconButton
                icon={RefreshCw}
                label={t('server.rotateToken', { which })}
                onClick={() => setRotating(scope)}
              />
            </div>
          </div>
        );
      })}
      <ConfirmDialog
        open={rotating !== null}
        title={t('server.rotateTitle')}
        description={t('server.rotateDescription')}
        confirmLabel={t('server.rotate')}
        onConfirm={() => {
          if (rotating) void rotate(rotating);
          setRotating(null);
        }}
        onCancel={() => setRotating(null)}
      />
    </Section>
  );
}
