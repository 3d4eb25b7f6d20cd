import { Play, Square } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { useBridge, useCaptions } from '../control-context.ts';

export function CaptionsPage() {
  const { t } = useTranslation();
  const { captions } = useBridge();
  const { state, transcript } = useCaptions((store) => store);
  const idle = state.phase === 'idle';
  return (
    <Page title={t('nav.captions')}>
      <Button
        tone="primary"
        size="large"
        icon={idle ? Play : Square}
        onClick={() => void (idle ? captions.start() : captions.stop())}
      >
        {idle ? t('captions.start') : t('captions.stop')}
      </Button>
      <p>{state.problem?.message}</p>
      <ol data-testid="transcript">
        {transcript.lines.map((line) => (line.kind === 'text' ? <li key={line.key}>{line.text}</li> : null))}
      </ol>
    </Page>
  );
}
