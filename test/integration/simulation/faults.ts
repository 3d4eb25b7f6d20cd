import type { Random } from './random.ts';

/** When something goes wrong: at a time, or just before a frame (either direction, handshakes included). */
export type FaultTrigger = { readonly atMs: number } | { readonly beforeFrame: number };

export type Fault = FaultTrigger &
  (
    | {
        readonly kind: 'cut';
        /** `null`: it never notices by itself. */
        readonly clientNoticesAfterMs: number | null;
        readonly serverNoticesAfterMs: number | null;
      }
    | { readonly kind: 'freeze'; readonly direction: 'up' | 'down'; readonly durationMs: number }
    | { readonly kind: 'restart'; readonly graceful: boolean; readonly downMs: number }
    /** New connections are turned away, those that are there go on. */
    | { readonly kind: 'refuse'; readonly status: number | null; readonly durationMs: number }
  );

/**
 * - `cuts`: connections end, and the server notices within half a second.
 * - `partitions`: also frozen directions and ends that nobody is told of, so the server may take missing
 *   audio for silence.
 * - `restarts`: also servers that lose everything, or are out of reach until the session is given up.
 */
export type Weather = 'cuts' | 'partitions' | 'restarts';

/** What goes wrong in one run. */
export function faults(random: Random, weather: Weather, durationMs: number): Fault[] {
  const count = random.whole(1, 6);
  return Array.from({ length: count }, () => {
    const trigger = random.chance(0.35)
      ? { beforeFrame: random.chance(0.5) ? random.whole(0, 12) : random.whole(0, 400) }
      : { atMs: random.between(0, durationMs + 3_000) };
    return { ...trigger, ...fault(random, weather) };
  });
}

function fault(random: Random, weather: Weather) {
  const kind = random.pick(
    (
      {
        cuts: ['cut', 'cut', 'refuse'],
        partitions: ['cut', 'half-open', 'freeze', 'freeze', 'refuse'],
        restarts: ['cut', 'half-open', 'freeze', 'restart', 'restart', 'refuse'],
      } as const
    )[weather],
  );
  switch (kind) {
    case 'cut':
      return {
        kind,
        clientNoticesAfterMs: random.pick([0, random.between(0, 500), random.between(0, 12_000), null]),
        serverNoticesAfterMs: random.pick([0, random.between(0, 500)]),
      } as const;
    case 'half-open':
      return {
        kind: 'cut',
        clientNoticesAfterMs: random.pick([0, random.between(0, 3_000), null]),
        serverNoticesAfterMs: random.pick([null, random.between(0, 20_000)]),
      } as const;
    case 'freeze':
      return {
        kind,
        direction: random.pick(['up', 'down'] as const),
        durationMs: random.pick([random.between(50, 900), random.between(500, 20_000)]),
      } as const;
    case 'restart':
      return {
        kind,
        graceful: random.chance(0.4),
        downMs: random.pick([0, random.between(0, 8_000), random.between(0, 80_000)]),
      } as const;
    case 'refuse':
      return {
        kind,
        status: random.pick([null, 503, 429]),
        durationMs:
          weather === 'restarts'
            ? random.pick([1_000, random.between(0, 100_000)])
            : random.between(100, 6_000),
      } as const;
  }
}
