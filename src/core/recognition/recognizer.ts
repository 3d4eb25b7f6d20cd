import type { RecognizerDependencies, RecognizerOptions, StreamRecognizer } from './recognizer-types.ts';

/** Creates the recogniser of one stream. */
export function createRecognizer(
  _options: RecognizerOptions,
  _dependencies: RecognizerDependencies,
): StreamRecognizer {
  throw new Error('The recogniser is being written.');
}
