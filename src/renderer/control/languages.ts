/** Languages of Whisper's multilingual models, as the server takes them (`stream-language.ts` there). */
const CODES = (
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg ' +
  'lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so ' +
  'af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue'
).split(' ');

/** Whisper's own code for Javanese. */
const STANDARD: Readonly<Record<string, string>> = { jw: 'jv' };

export interface Language {
  readonly code: string;
  readonly name: string;
}

/** A language's name in English; the code itself where it has none. */
export function languageName(code: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(STANDARD[code] ?? code) ?? code;
}

/** All languages to choose from, by name. */
export function allLanguages(): readonly Language[] {
  return CODES.map((code) => ({ code, name: languageName(code) })).sort((one, other) =>
    one.name.localeCompare(other.name, 'en'),
  );
}
