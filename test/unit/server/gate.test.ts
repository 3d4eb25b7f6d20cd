import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { Gate, type GateOptions, loggablePath, tokenOf } from '../../../src/core/server/gate.ts';
import { TokenStore } from '../../../src/core/server/token-store.ts';

const FULL = 'full-token';
const VIEWER = 'viewer-token';

function gate(options: Partial<GateOptions> = {}) {
  return new Gate({
    clock: new VirtualClock(),
    tokens: new TokenStore({ full: FULL, viewer: VIEWER }),
    port: () => 8000,
    allowHost: [],
    allowOrigin: [],
    ...options,
  });
}

const host = (value: string, options: Partial<GateOptions> = {}) =>
  gate(options).checkCaller({ headers: { host: value } })?.status ?? 'passes';

const origin = (value: string, options: Partial<GateOptions> = {}, hostHeader = '127.0.0.1:8000') =>
  gate(options).checkCaller({ headers: { host: hostHeader, origin: value } })?.status ?? 'passes';

describe('the Host', () => {
  it.each(['127.0.0.1:8000', 'localhost:8000', 'LOCALHOST:8000', '[::1]:8000'])('may be %s', (value) => {
    expect(host(value)).toBe('passes');
  });

  it.each([
    'evil.example:8000',
    '127.0.0.1:8001',
    '127.0.0.1',
    'localhost.evil.example:8000',
    '127.0.0.1.evil.example:8000',
    'evil.example#localhost:8000',
    'localhost:8000@evil.example',
    '[::1]',
    '0.0.0.0:8000',
    '',
  ])('may not be %j', (value) => {
    expect(host(value)).toBe(421);
  });

  it('may not be missing', () => {
    expect(gate().checkCaller({ headers: {} })?.status).toBe(421);
  });

  it('needs no port where ours is 80', () => {
    expect(host('localhost', { port: () => 80 })).toBe('passes');
  });

  it('may be a name that was allowed, with any port, or with the one given', () => {
    const allowHost = ['captions.example.org', 'box:9000'];
    expect([
      host('Captions.Example.org', { allowHost }),
      host('captions.example.org:443', { allowHost }),
      host('box:9000', { allowHost }),
      host('box:9001', { allowHost }),
    ]).toEqual(['passes', 'passes', 'passes', 421]);
  });

  it('may be the address listened on, with our port', () => {
    const options = { ownHost: '192.168.1.5' };
    expect([host('192.168.1.5:8000', options), host('192.168.1.5:80', options)]).toEqual(['passes', 421]);
  });
});

describe('the Origin', () => {
  it.each(['http://127.0.0.1:8000', 'http://localhost:8000', 'http://[::1]:8000'])(
    'may be our own page %s',
    (value) => {
      expect(origin(value)).toBe('passes');
    },
  );

  it.each([
    'http://evil.example',
    'http://evil.example:8000',
    'https://localhost:3000',
    'http://localhost:3000',
    'http://localhost:8000.evil.example',
    'null',
    '',
    'file://',
    'chrome-extension://abcdef',
  ])('may not be %j', (value) => {
    expect(origin(value)).toBe(403);
  });

  it('may be one that was allowed', () => {
    expect(origin('https://captions.example.org', { allowOrigin: ['https://captions.example.org'] })).toBe(
      'passes',
    );
    expect(
      origin('https://captions.example.org.evil', { allowOrigin: ['https://captions.example.org'] }),
    ).toBe(403);
  });

  it('may be our page behind a proxy, under a Host that was allowed', () => {
    const options = { allowHost: ['captions.example.org'] };
    expect(origin('https://captions.example.org', options, 'captions.example.org')).toBe('passes');
  });

  it('is looked at after the Host', () => {
    const request = { headers: { host: 'evil.example', origin: 'http://evil.example' } };
    expect(gate().checkCaller(request)?.status).toBe(421);
  });
});

describe('the token', () => {
  it.each([
    [{ headers: { authorization: `Bearer ${FULL}` } }],
    [{ headers: { authorization: `bearer  ${FULL}` } }],
    [{ headers: { authorization: `Token ${FULL}` } }],
    [{ headers: { 'sec-websocket-protocol': `surtitle.v1, auth.${FULL}` } }],
    [{ headers: {}, url: `/ws?session=x&token=${FULL}` }],
    [{ headers: { authorization: 'Basic eDp5' }, url: `/ws?token=${FULL}` }],
  ])('is found in %j', (request) => {
    expect(tokenOf(request)).toBe(FULL);
    expect(gate().checkToken(request, 'full')).toBeNull();
  });

  it('is missed with 401', () => {
    expect(gate().checkToken({ headers: {}, url: '/ws' }, 'full')).toMatchObject({ status: 401 });
    expect(gate().checkToken({ headers: { authorization: 'Bearer no' } }, 'viewer')).toMatchObject({
      status: 401,
    });
  });

  it('may be the full one wherever the viewer’s is enough, but not the other way round', () => {
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect(gate().checkToken(bearer(FULL), 'viewer')).toBeNull();
    expect(gate().checkToken(bearer(VIEWER), 'viewer')).toBeNull();
    expect(gate().checkToken(bearer(VIEWER), 'full')).toMatchObject({ status: 403, reason: 'scope' });
  });

  it('is not asked for where none is needed', () => {
    expect(gate().checkToken({ headers: {} }, 'none')).toBeNull();
  });

  it('slows those who guess, and never one who has it', async () => {
    const clock = new VirtualClock();
    const guarded = gate({ clock });
    const guess = () => guarded.checkToken({ headers: { authorization: 'Bearer guess' } }, 'full')?.status;
    const statuses = Array.from({ length: 25 }, guess);
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect(guarded.checkToken({ headers: { authorization: `Bearer ${FULL}` } }, 'full')).toBeNull();
    await clock.advance(1_000);
    expect([guess(), guess(), guess()]).toEqual([401, 401, 429]);
  });
});

describe('upgrades', () => {
  it('are limited in a second', async () => {
    const clock = new VirtualClock();
    const guarded = gate({ clock });
    const refused = () =>
      Array.from({ length: 250 }, () => guarded.checkUpgradeRate()).filter(Boolean).length;
    expect(refused()).toBe(50);
    await clock.advance(1_000);
    expect(refused()).toBe(200);
  });
});

describe('CORS', () => {
  it('is for allowed origins only, not even for our own page', () => {
    const guarded = gate({ allowOrigin: ['https://captions.example.org'] });
    const cors = (value?: string) =>
      guarded.corsOrigin({ headers: value === undefined ? {} : { origin: value } });
    expect(cors('https://captions.example.org')).toBe('https://captions.example.org');
    expect([cors('http://localhost:8000'), cors('https://evil.example'), cors()]).toEqual([null, null, null]);
  });
});

describe('a path in the log', () => {
  it('has neither query nor control characters', () => {
    expect(loggablePath('/ws?token=secret')).toBe('/ws');
    expect(loggablePath('/a\u001b[31m\nb')).toBe('/a?[31m?b');
  });
});
