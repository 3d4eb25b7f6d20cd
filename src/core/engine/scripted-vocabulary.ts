/** Two hundred everyday words, all different, so that scripted captions read like speech. */
const WORDS = (
  'morning river garden window music paper winter summer kitchen doctor ' +
  'teacher market station bridge mountain letter color number animal flower ' +
  'silver golden yellow purple orange little bigger longer shorter higher ' +
  'quickly slowly gently loudly quietly often always never maybe perhaps ' +
  'travel wonder listen answer follow carry gather finish begin return ' +
  'around between under above behind beside through without across before ' +
  'monday tuesday wednesday thursday friday saturday sunday january march april ' +
  'brother sister mother father cousin neighbor friend stranger captain pilot ' +
  'bottle basket blanket candle mirror hammer needle ladder pencil pocket ' +
  'forest desert island valley meadow harbor village castle corner tower ' +
  'apple banana cherry lemon butter cheese pepper sugar coffee dinner ' +
  'rabbit monkey tiger turtle spider chicken kitten puppy dolphin eagle ' +
  'thunder lightning rainbow weather sunshine shadow autumn evening midnight tomorrow ' +
  'engine wagon rocket bicycle airplane tractor vessel anchor signal compass ' +
  'picture story question reason promise secret holiday journey lesson message ' +
  'doorway ceiling carpet curtain cushion furnace pillow cupboard hallway stairway ' +
  'copper iron marble cotton leather velvet timber gravel crystal diamond ' +
  'seven eleven twelve thirteen twenty thirty forty fifty hundred thousand ' +
  'painter farmer dancer singer writer baker hunter sailor soldier lawyer ' +
  'honest clever gentle famous modern simple ancient empty narrow perfect'
).split(' ');

const IDS = new Map(WORDS.map((word, id) => [word, id]));

/** The word of an id: one of two hundred everyday ones, then `word200`, `word201` and so on. */
export function vocabularyWord(id: number): string {
  return WORDS[id] ?? `word${id}`;
}

/** The id of a word. @throws {RangeError} where the vocabulary has no such word. */
export function vocabularyId(word: string): number {
  const numbered = /^w(?:ord)?(\d+)$/u.exec(word)?.[1];
  const id = numbered === undefined ? IDS.get(word) : Number(numbered);
  if (id === undefined) throw new RangeError(`The scripted vocabulary has no word “${word}”.`);
  return id;
}
