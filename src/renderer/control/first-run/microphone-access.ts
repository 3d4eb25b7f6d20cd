import { useCallback, useEffect, useState } from 'react';
import type { Bridge } from '../../bridge/types.ts';
import { useBridge } from '../control-context.ts';
import type { MicrophoneAccess } from './first-step.ts';

/** Whether the microphone may be used, and a way to ask for it. `null` until it is known. */
export function useMicrophoneAccess(): {
  readonly access: MicrophoneAccess | null;
  readonly ask: () => Promise<void>;
} {
  const bridge = useBridge();
  const [access, setAccess] = useState<MicrophoneAccess | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    const look = async (): Promise<void> => {
      const found = await readAccess(bridge);
      if (!gone.signal.aborted) setAccess(found);
    };
    void look();
    // Whoever comes back from the system's settings has perhaps changed them.
    window.addEventListener('focus', () => void look(), { signal: gone.signal });
    return () => gone.abort();
  }, [bridge]);
  const ask = useCallback(async () => setAccess(await askForAccess(bridge)), [bridge]);
  return { access, ask };
}

async function readAccess({ desktop }: Bridge): Promise<MicrophoneAccess> {
  if (desktop) return (await desktop.call('permissions.read')).microphone;
  try {
    const { state } = await navigator.permissions.query({ name: 'microphone' });
    return state === 'prompt' ? 'not-asked' : state;
  } catch {
    // Some browsers tell nobody before they are asked.
    return 'unknown';
  }
}

async function askForAccess({ desktop }: Bridge): Promise<MicrophoneAccess> {
  if (desktop) return (await desktop.call('permissions.requestMicrophone')).microphone;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
    return 'granted';
  } catch (error) {
    // A machine without a microphone has refused nothing.
    return error instanceof DOMException && error.name === 'NotFoundError' ? 'granted' : 'denied';
  }
}
