/** What is shown in the place of a token, so that one can look over the user’s shoulder. */
export const HIDDEN_TOKEN = '••••••••';

/** The page with nothing but the captions. The token is in the fragment, which no server and no log gets to see. */
export function viewersLink(url: string, token: string): string {
  return `${url}/captions#token=${token}`;
}

/** Transcribes a recording; works in any shell that has curl. */
export function curlSnippet(url: string, token: string): string {
  return `curl ${url}/v1/audio/transcriptions -H "Authorization: Bearer ${token}" -F model=whisper-1 -F file=@talk.mp3`;
}

/** For programs written for OpenAI’s interface. */
export function openAiSnippet(url: string, token: string): string {
  return `OPENAI_BASE_URL=${url}/v1\nOPENAI_API_KEY=${token}`;
}

/** Where audio is streamed to. */
export function streamAddress(url: string): string {
  return `${url.replace(/^http/u, 'ws')}/ws`;
}
