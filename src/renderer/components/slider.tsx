import { Slider as RadixSlider } from 'radix-ui';

export interface SliderProps {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** Read aloud: the thumb is what has the focus, and a `<label>` cannot point to it. */
  readonly label: string;
  /** The value in words, such as "75 %". */
  readonly valueText?: string;
  readonly disabled?: boolean;
  /** While it is dragged. */
  readonly onChange: (value: number) => void;
  /** When it is let go. */
  readonly onCommit?: (value: number) => void;
}

export function Slider({ value, label, valueText, onChange, onCommit, ...rest }: SliderProps) {
  const first =
    (act: ((value: number) => void) | undefined) =>
    ([next]: number[]): void => {
      if (next !== undefined) act?.(next);
    };
  return (
    <RadixSlider.Root
      {...rest}
      value={[value]}
      onValueChange={first(onChange)}
      onValueCommit={first(onCommit)}
      className="relative flex h-10 w-full min-w-32 touch-none items-center select-none data-[disabled]:opacity-50"
    >
      <RadixSlider.Track className="relative h-1.5 grow rounded-full bg-line-strong">
        <RadixSlider.Range className="absolute h-full rounded-full bg-accent" />
      </RadixSlider.Track>
      <RadixSlider.Thumb
        aria-label={label}
        aria-valuetext={valueText}
        className="block size-5 cursor-grab rounded-full border-2 border-accent bg-surface"
      />
    </RadixSlider.Root>
  );
}
