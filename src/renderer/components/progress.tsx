import { Progress as RadixProgress } from 'radix-ui';

export interface ProgressProps {
  /** 0 to 1; `null` while it is not known. */
  readonly share: number | null;
  /** What goes on, read aloud. */
  readonly label: string;
}

export function Progress({ share, label }: ProgressProps) {
  const percent = share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <RadixProgress.Root
      value={percent}
      aria-label={label}
      className="h-2 w-full overflow-hidden rounded-full bg-line"
    >
      <RadixProgress.Indicator
        className={
          percent === null
            ? 'block h-full w-1/3 animate-pulse rounded-full bg-accent'
            : 'block h-full rounded-full bg-accent transition-[width] duration-200 ease-out'
        }
        {...(percent === null ? {} : { style: { width: `${percent}%` } })}
      />
    </RadixProgress.Root>
  );
}
