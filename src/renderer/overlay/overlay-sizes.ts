/** Height of the strip above the captions that holds badges and controls, in CSS pixels; see `status-strip.tsx`. */
export const STRIP_HEIGHT_PX = 40;
