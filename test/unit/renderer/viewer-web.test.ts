import { describe, expect, it } from 'vitest';
import type { CaptionMessage, CaptionSnapshot } from '../../../src/core/captions/caption-state.ts';
import type { ClientSocketHandler, Connect } from '../../../src/core/client/client-socket.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { DEFAULT_APPEARANCE } from '../../../src/renderer/appearance/caption-appearance.ts';
import type { LinkState } from '../../../src/renderer/bridge/types.ts';
import { webViewerBridge } from '../../../src/renderer/bridge/viewer-web.ts';
import { final, partial } from '../captions/caption-log.ts';

const SNAPSHOT = JSON.stringify({ type: 'snapshot', finals: [final(0, 'One.')] });

function watch() {
  const clock = new VirtualClock();
  const sockets: ClientSocketHandler[] = [];
  const closed: number[] = [];
  const connect: Connect = (_request, handler) => {
    sockets.push(handler);
    return { send() {}, close: (code) => closed.push(code), drop() {} };
  };
  const online = new EventTarget();
  const links: LinkState[] = [];
  const snapshots: CaptionSnapshot[] = [];
  const messages: CaptionMessage[] = [];
  const gone = new AbortController();
  const bridge = webViewerBridge({
    url: 'ws://host/captions',
    token: 't',
    connect,
    clock,
    random: () => 0.5,
    appearance: DEFAULT_APPEARANCE,
    online,
  });
  bridge.watchLink((link) => links.push(link), gone.signal);
  bridge.watch(
    { snapshot: (it) => snapshots.push(it), message: (it) => messages.push(it), state() {} },
    gone.signal,
  );
  const latest = (): ClientSocketHandler => sockets.at(-1) as ClientSocketHandler;
  return { clock, sockets, closed, online, links, snapshots, messages, gone, latest };
}

describe('a viewer in a browser', () => {
  it('is shown the snapshot and what follows', () => {
    const { latest, links, snapshots, messages } = watch();
    latest().message(SNAPSHOT);
    latest().message(JSON.stringify(partial(1, 'Two')));
    expect(snapshots).toEqual([{ finals: [final(0, 'One.')], partial: null }]);
    expect(messages).toEqual([partial(1, 'Two')]);
    expect(links).toEqual(['connecting', 'open']);
  });

  it('leaves out what it does not know', () => {
    const { latest, messages } = watch();
    for (const text of ['{"type":"new"}', 'nonsense', '{"type":"final"}']) latest().message(text);
    latest().message(new Uint8Array(1));
    expect(messages).toEqual([]);
  });

  it('connects again at once, then ever later, as long as it takes', async () => {
    const { clock, sockets, latest, links } = watch();
    latest().closed(1006, '');
    await clock.advance(0);
    expect(sockets).toHaveLength(2);
    for (const waitMs of [750, 1_500, 3_000, 3_750, 3_750]) {
      const before = sockets.length;
      latest().closed(1006, '');
      await clock.advance(waitMs - 1);
      expect(sockets).toHaveLength(before);
      await clock.advance(1);
      expect(sockets).toHaveLength(before + 1);
    }
    expect(links.at(-1)).toBe('lost');
  });

  it('does not wait once the machine is back on the network', async () => {
    const { clock, sockets, latest, online } = watch();
    latest().closed(1006, '');
    await clock.advance(0);
    latest().closed(1006, '');
    online.dispatchEvent(new Event('online'));
    expect(sockets).toHaveLength(3);
  });

  it.each([401, 403, 4401])('stops where it is refused with %i, and says so', async (status) => {
    const { clock, sockets, latest, links } = watch();
    latest().refused(status);
    await clock.advance(60_000);
    expect(sockets).toHaveLength(1);
    expect(links.at(-1)).toBe('unauthorized');
  });

  it('leaves when the page does', async () => {
    const { clock, sockets, latest, closed, gone } = watch();
    gone.abort();
    latest().closed(1000, '');
    await clock.advance(60_000);
    expect(closed).toEqual([1000]);
    expect(sockets).toHaveLength(1);
  });
});
