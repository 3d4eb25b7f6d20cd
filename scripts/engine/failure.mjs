/** A build that cannot go on. `code` is stable; `message` says what happened and what to do next. */
export class EngineBuildError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'EngineBuildError';
    this.code = code;
  }
}
