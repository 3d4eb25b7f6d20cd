/** What `surtitle` exits with. The numbers are part of the interface: scripts test them. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  input: 3,
  notAudio: 4,
  unreachable: 5,
  denied: 6,
  model: 7,
  engine: 8,
  listen: 9,
  incomplete: 10,
  unusable: 11,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failure, 'unexpected failure (SURTITLE_DEBUG=1 shows where)'],
  [EXIT.usage, 'wrong option or argument'],
  [EXIT.input, 'a file is missing, or cannot be read or written'],
  [EXIT.notAudio, 'the input is not audio that can be read'],
  [EXIT.unreachable, 'no server at that address'],
  [EXIT.denied, 'the server refused the token, the host or the origin'],
  [EXIT.model, 'the model is missing or damaged'],
  [EXIT.engine, 'the speech engine is not built or failed'],
  [EXIT.listen, 'the address or port cannot be used'],
  [EXIT.incomplete, 'the transcript may be incomplete'],
  [EXIT.unusable, 'doctor found something that keeps Surtitle from working'],
  [EXIT.interrupted, 'interrupted a second time, given up at once'],
];

/** Exit code of every error code that has one of its own; any other is {@link EXIT.failure}. */
const EXIT_OF_ERROR: Readonly<Record<string, ExitCode>> = {
  usage: EXIT.usage,
  remote_address_refused: EXIT.usage,
  token_weak: EXIT.usage,
  bad_config: EXIT.usage,
  unsupported_language: EXIT.usage,
  unsupported_encoding: EXIT.usage,
  unsupported_version: EXIT.usage,
  input_not_found: EXIT.input,
  input_unreadable: EXIT.input,
  log_unwritable: EXIT.input,
  output_unwritable: EXIT.input,
  token_file_unwritable: EXIT.input,
  token_file_unreadable: EXIT.input,
  audio_file_invalid: EXIT.notAudio,
  audio_file_unsupported: EXIT.notAudio,
  bad_audio: EXIT.notAudio,
  connection_failed: EXIT.unreachable,
  too_many_sessions: EXIT.unreachable,
  server_shutdown: EXIT.incomplete,
  unauthorized: EXIT.denied,
  upgrade_refused: EXIT.denied,
  resume_denied: EXIT.denied,
  token_missing: EXIT.denied,
  model_not_found: EXIT.model,
  model_invalid: EXIT.model,
  engine_not_built: EXIT.engine,
  engine_unavailable: EXIT.engine,
  engine_error: EXIT.engine,
  decode_failed: EXIT.engine,
  port_in_use: EXIT.listen,
  address_unavailable: EXIT.listen,
  incomplete: EXIT.incomplete,
  retries_exhausted: EXIT.incomplete,
  closed_unexpectedly: EXIT.incomplete,
  protocol_violation: EXIT.incomplete,
  overloaded: EXIT.incomplete,
  idle_timeout: EXIT.incomplete,
  replaced: EXIT.incomplete,
  interrupted: EXIT.interrupted,
};

/** The exit code that stands for an error `code`. */
export function exitCodeOf(code: string): ExitCode {
  return EXIT_OF_ERROR[code] ?? EXIT.failure;
}

/** The table for `surtitle --help`. */
export function describeExitCodes(): string {
  const lines = MEANINGS.map(([exit, meaning]) => `  ${String(exit).padStart(3)}  ${meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}
