import { errnoOf } from '../files/errno.ts';
import { SurtitleError } from '../foundation/errors.ts';

export function sessionNotFound(typed: string): SurtitleError {
  return new SurtitleError(
    'history_not_found',
    `There is no session ${JSON.stringify(typed)} in the history. \`surtitle history list\` shows those there are.`,
  );
}

const MOST_NAMED = 5;

export function sessionAmbiguous(typed: string, ids: readonly string[]): SurtitleError {
  const named = ids.slice(0, MOST_NAMED).join(', ');
  const others = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return new SurtitleError(
    'history_ambiguous',
    `${JSON.stringify(typed)} fits ${ids.length} sessions: ${named}${others}. Type more of the id.`,
  );
}

export function sessionNewer(id: string): SurtitleError {
  return new SurtitleError(
    'history_newer',
    `Session ${id} was written by a newer Surtitle. Update Surtitle to read it; it can be deleted as it is.`,
  );
}

export function historyUnreadable(place: string, cause: unknown): SurtitleError {
  return new SurtitleError(
    'history_unreadable',
    `The history in ${place} cannot be read (${errnoOf(cause)}). Make it readable for this user, or set SURTITLE_HOME to another folder.`,
    { cause },
  );
}

export function historyUnwritable(place: string, cause: unknown): SurtitleError {
  const errno = errnoOf(cause);
  const advice =
    errno === 'ENOSPC' || errno === 'EDQUOT'
      ? 'The disk is full: free some space and try again.'
      : 'Make it writable for this user.';
  return new SurtitleError('history_unwritable', `${place} cannot be changed (${errno}). ${advice}`, {
    cause,
  });
}
