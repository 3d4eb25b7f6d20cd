import { keyNames } from './key-names.ts';

export interface KeyCombinationProps {
  /** As Electron names it, such as `CommandOrControl+Alt+C`. */
  readonly accelerator: string;
  /** As Node names it. */
  readonly platform: string;
}

export function KeyCombination({ accelerator, platform }: KeyCombinationProps) {
  return (
    <span className="inline-flex flex-wrap items-center gap-1">
      {keyNames(accelerator, platform).map((name) => (
        <kbd
          key={name}
          className="inline-flex min-h-7 min-w-7 items-center justify-center rounded-sm border border-line-strong bg-canvas px-1.5 font-sans text-sm text-ink"
        >
          {name}
        </kbd>
      ))}
    </span>
  );
}
