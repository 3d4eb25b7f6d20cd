/** What honest frames need is 8,192. */
const MOST_INTEGERS = 131_072;

/**
 * Bounds the arrays of integers that this thread's decoders make. That of ALAC makes them as long as a packet of a few
 * bytes says its audio is, up to 4 billion samples, and the limits of a thread's memory do not count arrays.
 */
export function boundIntegerArrays(): void {
  globalThis.Int32Array = new Proxy(Int32Array, {
    construct(target, given, newTarget) {
      const [length] = given;
      if (typeof length === 'number' && length > MOST_INTEGERS) {
        throw new RangeError('too much audio in too few bytes');
      }
      return Reflect.construct(target, given, newTarget) as Int32Array;
    },
  });
}
