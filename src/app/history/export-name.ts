const LONGEST_NAME = 80;
/** Names that Windows keeps for devices, whatever their extension. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)$/iu;

/** A title as a file name that every system takes. @param otherwise where nothing of it is left. */
export function fileNameOf(title: string, otherwise: string): string {
  const name = title
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .slice(0, LONGEST_NAME)
    .replace(/^[\s.]+|[\s.…]+$/gu, '')
    // A character that was cut in two.
    .replace(/\p{Cs}/gu, '');
  return name === '' || DEVICE_NAME.test(name) ? otherwise : name;
}
