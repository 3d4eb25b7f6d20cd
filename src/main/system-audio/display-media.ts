import type { Session } from 'electron';

/**
 * Hands the system’s own output to our capture window, and to nobody else. Never `loopbackWithMute`: what is
 * captioned is also to be heard.
 * @param isCaptureWindow whether the page in this frame may capture.
 */
export function offerSystemAudio(session: Session, isCaptureWindow: (url: string) => boolean): void {
  session.setDisplayMediaRequestHandler((request, answer) => {
    const { frame, audioRequested, videoRequested } = request;
    if (!frame || !audioRequested || !isCaptureWindow(frame.url)) {
      answer({});
      return;
    }
    // No screen is recorded: a picture, where one is demanded, is the capture window's own empty page.
    answer(videoRequested ? { video: frame, audio: 'loopback' } : { audio: 'loopback' });
  });
}
