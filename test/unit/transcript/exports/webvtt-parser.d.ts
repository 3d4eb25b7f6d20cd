/** The part of the package that the tests use; it has no types of its own. */
declare module 'webvtt-parser' {
  export interface ParsedCue {
    /** In seconds. */
    readonly startTime: number;
    readonly endTime: number;
    readonly tree: { readonly children: readonly { readonly type: string; readonly value: string }[] };
  }

  export class WebVTTParser {
    /** @param entities names of characters; without them `&amp;` is read wrong. */
    constructor(entities: Readonly<Record<string, string>>);
    parse(
      input: string,
      mode: 'subtitles',
    ): { readonly cues: readonly ParsedCue[]; readonly errors: readonly unknown[] };
  }
}
