/** What someone typed into a search field, as terms: words, and what stands in quotation marks as one. */
export function searchTerms(query: string): string[] {
  const terms = [...query.matchAll(/["“”„]([^"“”„]*)["“”„]?|[^\s"“”„]+/gu)];
  return terms.map(([whole, quoted]) => (quoted ?? whole).trim()).filter((term) => term !== '');
}
