/** What `surtitle settings` is asked to do. */
export type SettingsRequest =
  | { readonly action: 'list'; readonly json: boolean }
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'set'; readonly key: string; readonly value: string }
  | { readonly action: 'reset'; readonly key: string };
