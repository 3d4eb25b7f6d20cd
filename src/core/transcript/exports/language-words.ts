/** Small words of a language that tell where its phrases begin. All lower case. */
export interface LanguageWords {
  /** Articles, possessives, subject pronouns: they begin a phrase and cling to the word behind. */
  readonly leading: ReadonlySet<string>;
  /** Subordinating conjunctions, relatives and the like: they begin a clause, and cling to the word behind. */
  readonly clause: ReadonlySet<string>;
  /** Prepositions and conjunctions that join single words as well: they cling to the word behind. */
  readonly joining: ReadonlySet<string>;
  /** Auxiliaries and negations: they cling to the word behind. */
  readonly auxiliary: ReadonlySet<string>;
  /** Particles: they cling to the word before. */
  readonly trailing: ReadonlySet<string>;
  /** Abbreviations whose full stop ends no sentence. */
  readonly abbreviations: ReadonlySet<string>;
}

const LANGUAGE_WORDS = new Map<string, LanguageWords>([
  [
    'en',
    words({
      leading:
        'a an the this these those my your his her its our their some any no every each another i you he she it we they there mr. mrs. ms. dr. very more most',
      clause:
        'but so because although though if when while where which who whose whom that until unless how what why whatever whether whenever',
      joining:
        'and or nor than as since after before of in on at to for from with without by about into onto over under between through during against like upon within among around across along behind below above beyond near',
      auxiliary:
        "am is are was were be been being have has had do does did will would shall should can could may might must not don't doesn't didn't won't can't i'm you're we're they're",
      abbreviations: 'mr. mrs. ms. dr. prof. st. vs. etc. e.g. i.e. no. jr. sr.',
    }),
  ],
  [
    'de',
    words({
      leading:
        'der die das den dem des ein eine einen einem einer eines kein keine keinen mein meine dein deine sein seine ihr ihre unser unsere dieser diese dieses jeder jede jedes ich du er sie es wir man herr frau sehr',
      clause:
        'aber denn sondern weil dass daß ob wenn als während obwohl damit bis bevor nachdem wie wo was wer welche welcher welches',
      joining:
        'und oder in im an am auf aus bei beim mit nach von vom zu zum zur für über unter vor zwischen durch ohne gegen um',
      auxiliary: 'ist sind war waren bin hat haben hatte hatten wird werden wurde kann können nicht',
      abbreviations: 'z.b. d.h. u.a. dr. prof. bzw. ca. nr. st. usw.',
    }),
  ],
  [
    'fr',
    words({
      leading:
        'le la les un une des du au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre votre leur leurs je tu il elle on nous vous ils elles très m. mme',
      clause: 'mais donc car que qui quand comme si dont où puisque parce lorsque',
      joining: 'et ou dans sur sous avec sans pour par en à chez entre vers depuis pendant de',
      auxiliary: 'ne pas est sont était étaient a ont avait été suis sera se me te lui',
      abbreviations: 'm. mme. mlle. dr. etc. p.ex.',
    }),
  ],
  [
    'es',
    words({
      leading:
        'el la los las un una unos unas mi mis tu tus su sus este esta estos estas ese esa yo él ella nosotros ellos ellas muy',
      clause: 'pero porque que quien cuando como si donde aunque mientras',
      joining: 'y e o u de del a al en con sin por para entre sobre desde hasta según',
      auxiliary: 'no es son era eran está están ha han había fue ser se me te le lo',
      abbreviations: 'sr. sra. dr. dra. etc. ud. uds.',
    }),
  ],
  [
    'ja',
    words({
      leading: 'お ご この その あの どの',
      trailing:
        'は が を に で と も の へ や から まで より か ね よ ので のに けど だけ です ます だ た て な',
    }),
  ],
  ['zh', words({ trailing: '的 了 着 过 吗 呢 吧 啊 们 得 地' })],
]);

/** Null for a language no one has listed words for: its text is broken by punctuation, pauses and balance. */
export function languageWords(language: string): LanguageWords | null {
  return LANGUAGE_WORDS.get(language) ?? null;
}

function words(lists: Partial<Record<keyof LanguageWords, string>>): LanguageWords {
  const set = (list = ''): ReadonlySet<string> => new Set(list.split(' ').filter((word) => word !== ''));
  return {
    leading: set(lists.leading),
    clause: set(lists.clause),
    joining: set(lists.joining),
    auxiliary: set(lists.auxiliary),
    trailing: set(lists.trailing),
    abbreviations: set(lists.abbreviations),
  };
}
