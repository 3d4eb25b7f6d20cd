import { Pause, Play, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/button.tsx';
import { useBridge, useCaptions, useFailureToast } from '../control-context.ts';

/** The one thing this page is for. */
export function StartStop() {
  const { t } = useTranslation();
  const { captions } = useBridge();
  const phase = useCaptions((store) => store.state.phase);
  const tell = useFailureToast();
  const act = (deed: () => Promise<void>) => () => void deed().catch(tell);
  if (phase === 'idle') {
    return (
      <Button tone="primary" size="large" icon={Play} onClick={act(captions.start)}>
        {t('captions.start')}
      </Button>
    );
  }
  return (
    <>
      {/* A start can be called off while the system asks for a permission. */}
      <Button
        tone={phase === 'listening' ? 'primary' : 'secondary'}
        size="large"
        icon={Square}
        busy={phase === 'stopping'}
        onClick={act(captions.stop)}
      >
        {phase === 'stopping' ? t('captions.stopping') : t('captions.stop')}
      </Button>
      {phase === 'listening' ? (
        <Button size="large" icon={Pause} onClick={act(captions.pause)}>
          {t('captions.pause')}
        </Button>
      ) : null}
      {phase === 'paused' ? (
        <Button tone="primary" size="large" icon={Play} onClick={act(captions.resume)}>
          {t('captions.resume')}
        </Button>
      ) : null}
    </>
  );
}

/** Milliseconds since a moment, told anew every second; `null` while there is none. */
export function useElapsedMs(since: string | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (since === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [since]);
  return since === null ? null : Math.max(0, now - Date.parse(since));
}
