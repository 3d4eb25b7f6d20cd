import { expect, it } from 'vitest';
import { searchTerms } from '../../../../src/app/history/search-terms.ts';

it.each([
  ['budget review', ['budget', 'review']],
  ['"budget review" monday', ['budget review', 'monday']],
  ['„nächste Woche“ Plan', ['nächste Woche', 'Plan']],
  ['"still typing', ['still typing']],
  ['  ', []],
  ['""', []],
])('takes %j as %j', (query, terms) => {
  expect(searchTerms(query)).toEqual(terms);
});
