import type { Session } from 'electron';

/**
 * Hands the system’s own output to our capture window, and to nobody else. Never `loopbackWithMute`: what is
 * captioned is also to be heard.
 * @param captureUrl the only page that gets it.
 */
export function offerSystemAudio(session: Session, captureUrl: string): void {
  session.setDisplayMediaRequestHandler((request, answer) => {
    const { frame, audioRequested, videoRequested } = request;
    if (!frame || !audioRequested || frame.url !== captureUrl) {
      answer({});
      return;
    }
    // No screen is recorded: a picture, where one is demanded, is the capture window's own empty page.
    answer(videoRequested ? { video: frame, audio: 'loopback' } : { audio: 'loopback' });
  });
}
