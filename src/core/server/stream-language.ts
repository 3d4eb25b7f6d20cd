import type { EngineModel } from '../engine/engine.ts';
import { ProtocolError } from '../protocol/errors.ts';

/** Languages of Whisper's multilingual models. Source: whisper.cpp, `g_lang` in whisper.cpp. */
const WHISPER_LANGUAGES: ReadonlySet<string> = new Set(
  (
    'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg ' +
    'lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so ' +
    'af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue'
  ).split(' '),
);

/** Tags of the BCP-47 registry under which Whisper's languages go as well. */
const ALIASES: Readonly<Record<string, string>> = {
  cmn: 'zh',
  fil: 'tl',
  iw: 'he',
  in: 'id',
  jv: 'jw',
  nb: 'no',
};

/**
 * The language to decode in. Only the primary subtag of a tag counts; an English-only model takes `auto`
 * as English.
 * @param tag `auto` or a BCP-47 tag.
 * @returns a language of the model, or `auto`.
 * @throws {ProtocolError} `unsupported_language`.
 */
export function resolveLanguage(tag: string, model: EngineModel): string {
  const primary = (tag.split('-')[0] as string).toLowerCase();
  const language = ALIASES[primary] ?? primary;
  if (model.multilingual) {
    if (language === 'auto' || WHISPER_LANGUAGES.has(language)) return language;
    throw unsupported(tag, `The model "${model.name}" does not know it. Send "auto" or another language.`);
  }
  if (language === 'auto' || language === 'en') return 'en';
  throw unsupported(
    tag,
    `The model "${model.name}" only knows English. Send "en", or load a multilingual model.`,
  );
}

function unsupported(tag: string, hint: string): ProtocolError {
  return new ProtocolError('unsupported_language', `config.language is "${tag}". ${hint}`, {
    param: 'language',
  });
}
