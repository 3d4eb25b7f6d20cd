import type { CaptionState } from '../../core/captions/caption-state.ts';
import type { LinkState } from '../bridge/types.ts';

/** A quiet note beside the captions. */
export type Badge =
  | { readonly kind: 'starting' | 'paused' | 'silent' | 'reconnecting' | 'notKept' | 'unauthorized' }
  | { readonly kind: 'behind'; readonly seconds: number }
  | {
      readonly kind: 'problem';
      readonly code: string;
      readonly message: string;
      readonly severity: 'notice' | 'warning' | 'error';
    };

/** Told by a badge of their own. */
const CONNECTION_PROBLEMS: ReadonlySet<string> = new Set(['connection_lost']);

/** What a reader must know of captions besides their text, the most important first. */
export function badgesOf(state: CaptionState, link: LinkState): Badge[] {
  const badges: Badge[] = [];
  const { phase, problem } = state;
  const runs = phase === 'listening' || phase === 'paused' || phase === 'stopping';
  if (link === 'unauthorized') return [{ kind: 'unauthorized' }];
  if (problem && !CONNECTION_PROBLEMS.has(problem.code)) badges.push({ kind: 'problem', ...problem });
  if (link === 'lost' || (runs && state.connection === 'lost')) badges.push({ kind: 'reconnecting' });
  if (phase === 'starting') badges.push({ kind: 'starting' });
  if (phase === 'paused') badges.push({ kind: 'paused' });
  if (phase === 'listening' && state.audio === 'silent') badges.push({ kind: 'silent' });
  if (runs && state.lagMs > 0) badges.push({ kind: 'behind', seconds: Math.ceil(state.lagMs / 1000) });
  if (runs && state.keeping === 'failing') badges.push({ kind: 'notKept' });
  return badges;
}
