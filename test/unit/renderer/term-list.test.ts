import { describe, expect, it } from 'vitest';
import {
  lengthOf,
  problemOf,
  termsIn,
  withTerms,
} from '../../../src/renderer/control/vocabulary/term-list.ts';

describe('pasted terms', () => {
  it('are separated by commas, semicolons and lines, and lose what surrounds them', () => {
    expect(termsIn(' Saoirse,  Q3   roadmap;\r\nKubernetes\n\n,')).toEqual([
      'Saoirse',
      'Q3 roadmap',
      'Kubernetes',
    ]);
  });

  it('are added behind the others, each once, whatever its case', () => {
    expect(withTerms(['Saoirse'], ['SAOIRSE', 'Okonjo', 'okonjo'])).toEqual(['Saoirse', 'Okonjo']);
  });

  it('may be 60 characters long, and no longer', () => {
    expect(problemOf(['x'.repeat(60)])).toBeNull();
    expect(problemOf(['fine', 'x'.repeat(61)])).toEqual({ kind: 'term_too_long', term: 'x'.repeat(61) });
  });

  it('may be 1,000 characters together with what separates them, and no more', () => {
    const terms = Array.from(
      { length: 20 },
      (_, index) => `${String(index).padStart(2, '0')}${'x'.repeat(46)}`,
    );
    expect(lengthOf(terms)).toBe(998);
    expect(problemOf(terms)).toBeNull();
    expect(problemOf([...terms, 'a'])).toEqual({ kind: 'too_many', characters: 1_001 });
  });
});
