/** What `surtitle history` is asked to do. */
export type HistoryRequest =
  | { readonly action: 'list'; readonly json: boolean; readonly limit: number | undefined }
  | { readonly action: 'show'; readonly id: string; readonly json: boolean }
  | {
      readonly action: 'search';
      readonly terms: readonly string[];
      readonly json: boolean;
      readonly limit: number | undefined;
    }
  | { readonly action: 'rename'; readonly id: string; readonly title: string }
  | ({ readonly action: 'export'; readonly id: string } & HistoryExportOptions)
  | {
      readonly action: 'rm';
      readonly ids: readonly string[];
      readonly all: boolean;
      /** Without asking. */
      readonly yes: boolean;
    };

export interface HistoryExportOptions {
  /** Names of formats, with commas between them. */
  readonly format: string | undefined;
  /** A file for one format. */
  readonly output: string | undefined;
  /** A folder for any number of formats. */
  readonly outputDir: string | undefined;
  /** Replaces files that are there. */
  readonly force: boolean;
}
