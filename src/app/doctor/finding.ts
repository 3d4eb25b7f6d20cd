/** `ok`: works. `warn`: works, but could work better. `fail`: Surtitle is not usable until it is solved. */
export type FindingStatus = 'ok' | 'warn' | 'fail';

/** What one check found, in words a user understands. */
export interface Finding {
  /** Stable name, for programs. */
  readonly check: string;
  readonly status: FindingStatus;
  readonly summary: string;
  /** What to do about it; only where there is something to do. */
  readonly advice?: string;
  /** The facts behind it, for programs. */
  readonly facts?: Readonly<Record<string, unknown>>;
}
