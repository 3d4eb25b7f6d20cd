import { LONGEST_TERM, LONGEST_VOCABULARY } from '../../../core/settings/settings-schema.ts';

/** What is wrong with a list of terms, and by how much. */
export type TermsProblem =
  | { readonly kind: 'term_too_long'; readonly term: string }
  | { readonly kind: 'too_many'; readonly characters: number };

/** Terms as people paste them: separated by commas, semicolons or lines. */
export function termsIn(text: string): string[] {
  return text
    .split(/[,;\n\r]/u)
    .map((term) => term.replace(/\s+/gu, ' ').trim())
    .filter((term) => term !== '');
}

/** The terms with others added; those that are there already, whatever their case, are left out. */
export function withTerms(terms: readonly string[], added: readonly string[]): string[] {
  const known = new Set(terms.map(folded));
  const fresh = added.filter((term) => {
    const isNew = !known.has(folded(term));
    known.add(folded(term));
    return isNew;
  });
  return [...terms, ...fresh];
}

/** Characters that the terms take up, as the setting counts them. */
export function lengthOf(terms: readonly string[]): number {
  return terms.join(', ').length;
}

export function problemOf(terms: readonly string[]): TermsProblem | null {
  const long = terms.find((term) => term.length > LONGEST_TERM);
  if (long !== undefined) return { kind: 'term_too_long', term: long };
  const characters = lengthOf(terms);
  return characters > LONGEST_VOCABULARY ? { kind: 'too_many', characters } : null;
}

function folded(term: string): string {
  return term.toLocaleLowerCase();
}
