import type { GlobalOptions } from '../options.ts';

export interface ModelsListOptions extends GlobalOptions {
  readonly json: boolean;
  /** The quantised models too. */
  readonly all: boolean;
  /** Measure this machine first. */
  readonly benchmark: boolean;
}

export interface ModelsPullOptions extends GlobalOptions {
  readonly mirror: string | undefined;
}

export interface ModelsImportOptions extends GlobalOptions {
  readonly name: string | undefined;
  readonly trust: boolean;
}

/** What the `models` commands do; each gives the exit code. */
export interface ModelsActions {
  list(options: ModelsListOptions): Promise<number>;
  pull(name: string, options: ModelsPullOptions): Promise<number>;
  importFile(file: string, options: ModelsImportOptions): Promise<number>;
  remove(name: string, options: GlobalOptions): Promise<number>;
  locate(name: string, options: GlobalOptions): Promise<number>;
}
