import { CircleCheck, Mic } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { useAppInfo } from '../app-info.ts';
import { MicrophoneField } from '../captions/source-fields.tsx';
import { useBridge, useCaptions, useFailureToast } from '../control-context.ts';
import type { MicrophoneAccess } from './first-step.ts';

export interface MicrophoneStepProps {
  readonly access: MicrophoneAccess | null;
  readonly ask: () => Promise<void>;
}

/** May Surtitle listen, and to which microphone? */
export function MicrophoneStep({ access, ask }: MicrophoneStepProps) {
  const { t } = useTranslation();
  const tell = useFailureToast();
  const microphones = useCaptions((store) => store.microphones);
  const read = useCaptions((store) => store.readMicrophones);
  useEffect(() => {
    if (access === 'granted') void read();
  }, [access, read]);
  return (
    <div className="flex flex-col gap-4">
      <div>
        <h2 className="text-lg font-semibold">{t('firstRun.microphone.title')}</h2>
        <p className="max-w-prose text-ink-muted">{t('firstRun.microphone.text')}</p>
      </div>
      {access === 'granted' ? (
        <>
          <p className="flex items-center gap-2">
            <CircleCheck aria-hidden className="size-5 shrink-0 text-success" />
            {t('firstRun.microphone.granted')}
          </p>
          {microphones.length === 0 ? (
            <Banner tone="notice">{t('firstRun.microphone.none')}</Banner>
          ) : (
            <div className="max-w-md">
              <MicrophoneField label={t('firstRun.microphone.which')} />
            </div>
          )}
        </>
      ) : access === 'denied' ? (
        <Denied onAgain={() => void ask().catch(tell)} />
      ) : (
        <Button tone="primary" icon={Mic} className="self-start" onClick={() => void ask().catch(tell)}>
          {t('firstRun.microphone.allow')}
        </Button>
      )}
    </div>
  );
}

function Denied({ onAgain }: { readonly onAgain: () => void }) {
  const { t } = useTranslation();
  const { desktop } = useBridge();
  const tell = useFailureToast();
  const platform = useAppInfo()?.platform;
  const hasSettings = desktop !== null && (platform === 'darwin' || platform === 'win32');
  return (
    <Banner
      tone="warning"
      title={t('firstRun.microphone.denied')}
      actions={
        <>
          {hasSettings ? (
            <Button
              size="small"
              onClick={() => void desktop.call('permissions.openSystemSettings').catch(tell)}
            >
              {t('firstRun.microphone.openSettings')}
            </Button>
          ) : null}
          <Button size="small" onClick={onAgain}>
            {t('common.retry')}
          </Button>
        </>
      }
    >
      {desktop ? t('firstRun.microphone.deniedDesktop') : t('firstRun.microphone.deniedBrowser')}
    </Banner>
  );
}
