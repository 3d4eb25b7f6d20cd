import { useCallback, useRef, useState } from 'react';
import { useBridge, useFailureToast } from '../control-context.ts';

/** Files on their way to the program. */
export interface Uploading {
  readonly count: number;
  /** 0 to 1. */
  readonly share: number;
}

export interface AddingFiles {
  /** `null` while nothing is handed over. */
  readonly uploading: Uploading | null;
  /** Lets the user choose. */
  choose(): Promise<void>;
  /** Takes what was dropped. */
  take(files: readonly File[]): Promise<void>;
  cancel(): void;
}

/** Puts recordings on the list, whichever way they come. */
export function useAddingFiles(): AddingFiles {
  const bridge = useBridge();
  const tell = useFailureToast();
  const [uploading, setUploading] = useState<Uploading | null>(null);
  const stop = useRef<AbortController | null>(null);

  const add = useCallback(
    async (get: () => Promise<readonly string[]>) => {
      try {
        const files = await get();
        if (files.length > 0) await bridge.call('files.add', { files: [...files] });
      } catch (error) {
        if (!stop.current?.signal.aborted) tell(error);
      } finally {
        setUploading(null);
        stop.current = null;
      }
    },
    [bridge, tell],
  );
  return {
    uploading,
    choose: () => add(() => bridge.chooseFiles('recordings')),
    take: (files) =>
      add(() => {
        stop.current = new AbortController();
        if (bridge.shell === 'browser') setUploading({ count: files.length, share: 0 });
        return bridge.takeFiles(
          files,
          (share) => setUploading({ count: files.length, share }),
          stop.current.signal,
        );
      }),
    cancel: () => stop.current?.abort(),
  };
}
