import { useEffect, useRef, useState } from 'react';

/** Takes files that are dropped anywhere on the window. @returns whether some are held above it. */
export function useDroppedFiles(take: (files: readonly File[]) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const gone = new AbortController();
    const { signal } = gone;
    // Every element on the way enters and leaves.
    let depth = 0;
    const withFiles =
      (act: (event: DragEvent) => void) =>
      (event: DragEvent): void => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        // Else the window would show the file itself.
        event.preventDefault();
        act(event);
      };
    const set = (next: number): void => {
      depth = Math.max(0, next);
      setIsOver(depth > 0);
    };
    window.addEventListener(
      'dragenter',
      withFiles(() => set(depth + 1)),
      { signal },
    );
    window.addEventListener(
      'dragleave',
      withFiles(() => set(depth - 1)),
      { signal },
    );
    window.addEventListener(
      'dragover',
      withFiles(() => undefined),
      { signal },
    );
    window.addEventListener(
      'drop',
      withFiles(({ dataTransfer }) => {
        set(0);
        const files = [...(dataTransfer?.files ?? [])];
        if (files.length > 0) latest.current(files);
      }),
      { signal },
    );
    return () => gone.abort();
  }, []);
  return isOver;
}
