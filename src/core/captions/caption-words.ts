/** What the user is told about captions: what happened, and what to do. */
import { describeError, SurtitleError } from '../foundation/errors.ts';
import type { CaptionProblem } from './caption-state.ts';

export const INCOMPLETE: CaptionProblem = {
  code: 'transcript_incomplete',
  message: 'The last words may be missing: the server did not answer in time.',
  severity: 'notice',
};

export const KEEPER_FAILED: CaptionProblem = {
  code: 'journal_unwritable',
  message:
    'Captions go on, but they cannot be written into the history. Check that its folder can be written.',
  severity: 'warning',
};

export function problemOf(error: unknown): CaptionProblem {
  if (error instanceof SurtitleError) return { code: error.code, message: error.message, severity: 'error' };
  return { code: 'internal_error', message: describeError(error), severity: 'error' };
}

export function asWarning(problem: CaptionProblem): CaptionProblem {
  return { ...problem, severity: 'warning' };
}

export function endedByServer(message: string): CaptionProblem {
  const why = message === '' ? '' : ` It said: ${message}`;
  return {
    code: 'session_ended',
    message: `The server ended the captions.${why} Start them again.`,
    severity: 'error',
  };
}

export function notYetConnected(reason: string): CaptionProblem {
  return {
    code: 'connection_lost',
    message: `There is no connection to the server yet. ${reason} Surtitle keeps trying, and keeps what is said meanwhile. Check that the server runs and that its address is right.`,
    severity: 'warning',
  };
}

export function connectionLost(reason: string): CaptionProblem {
  return {
    code: 'connection_lost',
    message: `The connection to the server was lost. ${reason} Surtitle keeps trying, and keeps what is said meanwhile.`,
    severity: 'warning',
  };
}

export function connectionBack(awayMs: number): CaptionProblem {
  return {
    code: 'connection_back',
    message: `The connection to the server was away for ${seconds(awayMs)} and is back. Captions go on.`,
    severity: 'notice',
  };
}

export function deviceBack(label: string, awayMs: number): CaptionProblem {
  return {
    code: 'device_back',
    message: `Sound comes again${from(label)}. For ${seconds(awayMs)} nothing was heard.`,
    severity: 'notice',
  };
}

export function substituteUsed(wanted: string | null, label: string): CaptionProblem {
  return {
    code: 'microphone_missing',
    message: `${wanted === null ? 'The microphone' : `“${wanted}”`} is not connected. Surtitle listens to ${label === '' ? 'another one' : `“${label}”`} until it is back.`,
    severity: 'warning',
  };
}

/** Sound that nobody recognises. */
export function audioLost(lostMs: number): CaptionProblem {
  return {
    code: 'audio_lost',
    message: `The server has been away for so long that sound is being lost: ${seconds(lostMs)} so far. Captions go on when it is back.`,
    severity: 'error',
  };
}

export function audioWasLost(lostMs: number): CaptionProblem {
  return {
    code: 'audio_was_lost',
    message: `Captions go on. ${seconds(lostMs)} of sound were lost while the server was away.`,
    severity: 'notice',
  };
}

export function seconds(durationMs: number): string {
  const count = Math.max(1, Math.round(durationMs / 1000));
  return count === 1 ? '1 second' : `${count} seconds`;
}

function from(label: string): string {
  return label === '' ? '' : ` from “${label}”`;
}
