import { describe, expect, it } from 'vitest';
import { FULL_TOKEN, takeToken, VIEWER_TOKEN } from '../../../src/renderer/bridge/page-token.ts';

describe('the token of a page', () => {
  function storage(kept: string | null = null) {
    const items = new Map(kept === null ? [] : [['surtitle.viewerToken', kept]]);
    return {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
    };
  }

  it.each([
    ['http://host:1/captions#token=abc', 'http://host:1/captions'],
    ['http://host:1/captions?lines=2&token=abc', 'http://host:1/captions?lines=2'],
    ['http://host:1/captions?lines=2#token=abc&x=1', 'http://host:1/captions?lines=2#x=1'],
  ])('is taken out of %s and kept', (address, cleanAddress) => {
    const kept = storage();
    expect(takeToken(VIEWER_TOKEN, address, kept)).toEqual({ token: 'abc', cleanAddress });
    expect(takeToken(VIEWER_TOKEN, cleanAddress, kept)).toEqual({ token: 'abc', cleanAddress: null });
  });

  it('in the address wins over the one that was kept', () => {
    expect(takeToken(VIEWER_TOKEN, 'http://host/captions#token=new', storage('old')).token).toBe('new');
  });

  it('may be missing', () => {
    expect(takeToken(VIEWER_TOKEN, 'http://host/captions', null)).toEqual({
      token: null,
      cleanAddress: null,
    });
  });

  it('that allows everything is not taken from where servers see it', () => {
    expect(takeToken(FULL_TOKEN, 'http://host/?token=abc', null)).toEqual({
      token: null,
      cleanAddress: null,
    });
  });
});
