import { useCallback, useRef, useState } from 'react';
import { useBridge, useFailureToast } from '../control-context.ts';

/** Files on their way to the program. */
export interface Uploading {
  /** `null` where nobody told. */
  readonly count: number | null;
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

  /** @param get hands files over, and tells how far it is. */
  const add = useCallback(
    async (
      count: number | null,
      get: (onProgress: (share: number) => void, signal: AbortSignal) => Promise<readonly string[]>,
    ) => {
      const controller = new AbortController();
      stop.current = controller;
      try {
        const files = await get((share) => setUploading({ count, share }), controller.signal);
        if (files.length > 0) await bridge.call('files.add', { files: [...files] });
      } catch (error) {
        if (!controller.signal.aborted) tell(error);
      } finally {
        setUploading(null);
      }
    },
    [bridge, tell],
  );
  return {
    uploading,
    choose: () => add(null, (...how) => bridge.chooseFiles('recordings', ...how)),
    take: (files) => add(files.length, (...how) => bridge.takeFiles(files, ...how)),
    cancel: () => stop.current?.abort(),
  };
}
