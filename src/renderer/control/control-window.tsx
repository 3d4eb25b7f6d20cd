import { useEffect, useState } from 'react';
import { type CaptionState, IDLE_STATE } from '../../core/captions/caption-state.ts';
import type { Bridge } from '../bridge/types.ts';

export function ControlWindow({ bridge }: { readonly bridge: Bridge }) {
  const [state, setState] = useState<CaptionState>(IDLE_STATE);
  const [lines, setLines] = useState<readonly string[]>([]);
  const [partial, setPartial] = useState('');
  useEffect(() => {
    const gone = new AbortController();
    bridge.captions.watch(
      {
        snapshot: ({ finals }) => setLines(finals.map(({ text }) => text)),
        state: setState,
        message(message) {
          if (message.type === 'final') {
            setLines((before) => [...before, message.text]);
            setPartial('');
          } else if (message.type === 'partial') setPartial(message.text);
        },
      },
      gone.signal,
    );
    return () => gone.abort();
  }, [bridge]);
  return (
    <main>
      <button
        type="button"
        onClick={() => void (state.phase === 'idle' ? bridge.captions.start() : bridge.captions.stop())}
      >
        {state.phase === 'idle' ? 'Start' : 'Stop'}
      </button>
      <p>
        {state.phase} {state.connection} {state.problem?.message}
      </p>
      <ol data-testid="transcript">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only added
          <li key={index}>{line}</li>
        ))}
      </ol>
      <p>{partial}</p>
    </main>
  );
}
