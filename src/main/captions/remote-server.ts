/** A server elsewhere, and the token where its address carries one: it travels in a header, not in the address. */
export function remoteServer(address: string): { readonly url: string; readonly token: string | null } {
  const url = new URL(address);
  const token = url.searchParams.get('token');
  url.searchParams.delete('token');
  return { url: url.href, token };
}
