import { describe, expect, it } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../../src/renderer/appearance/caption-appearance.ts';
import { readPageAddress } from '../../../src/renderer/overlay/page-address.ts';

const read = (query: string) => readPageAddress(new URLSearchParams(query));

describe('the address of the captions page', () => {
  it('without a query asks for the defaults', () => {
    expect(read('')).toEqual({
      appearance: DEFAULT_APPEARANCE,
      linesChosen: false,
      charactersChosen: false,
      showsStatus: true,
      rejected: [],
    });
  });

  it('says how captions are to look', () => {
    const { appearance, linesChosen } = read(
      'lines=3&size=48&font=Verdana&align=center&color=ff0&background=%23102030&opacity=0.5&unstable=off&hide=0',
    );
    expect(appearance).toEqual({
      ...DEFAULT_APPEARANCE,
      lines: 3,
      fontSize: 48,
      fontFamily: 'Verdana',
      alignment: 'center',
      textColor: '#ffff00',
      backgroundColor: '#102030',
      backgroundOpacity: 0.5,
      showUnstable: false,
      hideAfterSeconds: 0,
    });
    expect(linesChosen).toBe(true);
  });

  it.each([
    'lines=9',
    'lines=',
    'size=huge',
    'font=x;color:red',
    'align=justify',
    'color=red',
    'unstable=perhaps',
  ])('is not taken at its word where it says %s', (query) => {
    const { appearance, rejected } = read(query);
    expect(appearance).toEqual(DEFAULT_APPEARANCE);
    expect(rejected).toEqual([query.split('=')[0]]);
  });

  it('takes the background away, and gives letters an outline for it', () => {
    expect(read('background=transparent').appearance).toMatchObject({
      backgroundOpacity: 0,
      edge: 'outline',
    });
    expect(read('background=none&edge=shadow').appearance).toMatchObject({
      backgroundOpacity: 0,
      edge: 'shadow',
    });
  });

  it('keeps a broadcast clean', () => {
    expect(read('status=off').showsStatus).toBe(false);
  });
});
