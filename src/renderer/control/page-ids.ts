/** Pages of the control window, in the order of the navigation. Also their addresses: `#captions`. */
export const PAGE_IDS = [
  'captions',
  'files',
  'history',
  'models',
  'appearance',
  'vocabulary',
  'shortcuts',
  'server',
  'diagnostics',
  'about',
] as const;

export type PageId = (typeof PAGE_IDS)[number];

export function isPageId(name: string): name is PageId {
  return (PAGE_IDS as readonly string[]).includes(name);
}
