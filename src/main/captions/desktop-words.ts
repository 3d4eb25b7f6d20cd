/** What the desktop app tells about captions besides what their core does: what happened, and what to do. */
import type { CaptionProblem, CaptionState } from '../../core/captions/caption-state.ts';
import type { CaptureSource } from '../../core/captions/capture-types.ts';
import type { JournalEvent } from '../../core/transcript/journal.ts';

/** What a session in the history is said to be of. */
export const SOURCE_WORDS: Readonly<Record<CaptureSource, string>> = {
  microphone: 'Microphone',
  system: 'System audio',
  both: 'Microphone and system audio',
};

export const WOKE_UP: CaptionProblem = {
  code: 'woke_up',
  message: 'The computer was asleep. Captions go on.',
  severity: 'notice',
};

export const ENGINE_RESTARTED: CaptionProblem = {
  code: 'engine_restarted',
  message:
    'The speech engine failed and was started again. Captions go on, and nothing that was said is lost.',
  severity: 'notice',
};

export function engineDown(message: string): CaptionProblem {
  return { code: 'engine_unavailable', message, severity: 'error' };
}

/** The window has pages for what the command line would be told to do. */
export function modelMissing(name: string): string {
  return `The model “${name}” is not on this machine. Choose another model, or download it on the Models page.`;
}

export function modelNotLoaded(message: string): CaptionProblem {
  return {
    code: 'model_not_loaded',
    message: `${message} Captions go on with the model of before.`,
    severity: 'warning',
  };
}

/** What is wrong with the settings is said where they are. */
export const NOT_KEPT: CaptionProblem = {
  code: 'history_not_kept',
  message:
    'What you chose about the history cannot be read, so nothing is kept in the history until the settings are mended.',
  severity: 'warning',
};

export function lostFinals(count: number): CaptionProblem {
  return {
    code: 'finals_lost',
    message: `${count === 1 ? '1 caption is' : `${count} captions are`} not in the history: it could not be written until the end.`,
    severity: 'warning',
  };
}

/** What an event of the journal means for the captions that run. */
export function historyState(event: JournalEvent): {
  readonly keeping: CaptionState['keeping'];
  readonly problem: CaptionProblem | null;
} {
  switch (event.type) {
    case 'created':
      return { keeping: 'on', problem: null };
    case 'unwritable':
      return {
        keeping: 'failing',
        problem: {
          code: event.error.code,
          message: `${event.error.message} Captions go on, and are kept as soon as it can be written.`,
          severity: 'warning',
        },
      };
    case 'recovered':
      return {
        keeping: 'on',
        problem: {
          code: 'history_written',
          message: 'The history is written again; nothing was lost.',
          severity: 'notice',
        },
      };
    case 'deleted':
      return {
        keeping: 'off',
        problem: {
          code: 'session_deleted',
          message: 'This session was deleted from the history; the rest of it is not kept either.',
          severity: 'notice',
        },
      };
  }
}
