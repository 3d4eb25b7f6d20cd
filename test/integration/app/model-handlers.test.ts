import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createModelHandlers, type ModelHandlers } from '../../../src/app/models/model-handlers.ts';
import { SettingsOwner } from '../../../src/app/settings-owner.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { SurtitleError } from '../../../src/core/foundation/errors.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { ModelStore } from '../../../src/core/models/store.ts';
import type { CallContext } from '../../../src/ipc/call.ts';
import type { ModelsView } from '../../../src/ipc/views.ts';
import { HostileServer } from '../models/hostile-server.ts';
import { catalogueModel, contentOf, IMPATIENT } from '../models/model-bench.ts';

const TINY = contentOf(300_000, 1);
const BASE = contentOf(200_000, 2);

const context: CallContext = {
  signal: new AbortController().signal,
  resolveFile: (reference) => reference,
};

let home: string;
let hub: HostileServer;
let settings: SettingsOwner;
let models: ModelHandlers;
let inUse: string;
let view: ModelsView | null;
let waiting: { readonly fits: (view: ModelsView) => boolean; readonly resolve: () => void }[];

beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'surtitle-app-models-'));
  hub = await HostileServer.start(
    new Map([
      ['/ggml-tiny.bin', TINY],
      ['/ggml-base.bin', BASE],
    ]),
  );
  settings = await SettingsOwner.open({ folder: home, logger: silentLogger });
  await settings.write('models.mirror', hub.url);
  inUse = 'starter.en';
  view = null;
  waiting = [];
  models = makeModels();
});

afterEach(async () => {
  await models.close();
  await settings.close();
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

async function take(name: string): Promise<void> {
  inUse = name;
}

function makeModels(loadModel = take): ModelHandlers {
  return createModelHandlers({
    store: new ModelStore({
      folder: path.join(home, 'models'),
      bundled: null,
      clock: systemClock,
      logger: silentLogger,
      catalogue: [catalogueModel('tiny', TINY), catalogueModel('base', BASE)],
      inspect: async () => undefined,
      patience: IMPATIENT,
    }),
    dataFolder: home,
    settings,
    modelInUse: () => inUse,
    loadModel,
    onChange(latest) {
      view = latest;
      for (const { fits, resolve } of waiting) if (fits(latest)) resolve();
    },
    clock: systemClock,
    logger: silentLogger,
  });
}

/** Resolves when a view that fits has been told. */
function told(fits: (view: ModelsView) => boolean): Promise<void> {
  if (view && fits(view)) return Promise.resolve();
  return new Promise((resolve) => waiting.push({ fits, resolve }));
}

function isInstalled(name: string): (view: ModelsView) => boolean {
  return ({ installed, downloads }) =>
    downloads.length === 0 && installed.some((model) => model.name === name && model.state === 'verified');
}

function bytesOf(name: string): (view: ModelsView) => number {
  return ({ downloads }) => {
    const event = downloads.find((download) => download.name === name)?.event;
    return event?.type === 'downloading' ? event.bytes : 0;
  };
}

async function pull(name: string): Promise<void> {
  await models.handlers['models.pull']({ name }, context);
}

describe('downloads in the app', () => {
  it('come from the mirror of the settings, and are told until the model is installed', async () => {
    await pull('tiny');
    await told(isInstalled('tiny'));
    expect(hub.requests.map(({ path: file }) => file)).toEqual(['/ggml-tiny.bin']);
    expect(view?.available.find(({ name }) => name === 'tiny')).toMatchObject({ installed: true });
  });

  it('run side by side', async () => {
    await Promise.all([pull('tiny'), pull('base')]);
    await told((latest) => isInstalled('tiny')(latest) && isInstalled('base')(latest));
  });

  it('run once, however often they are asked for', async () => {
    await Promise.all([pull('tiny'), pull('tiny')]);
    await told(isInstalled('tiny'));
    expect(hub.requests).toHaveLength(1);
  });

  it('keep what has come when they are paused, and go on from there', async () => {
    hub.behave = (exchange) => exchange.serveBytes(120_000, {}, 'hang');
    await pull('tiny');
    await told((latest) => bytesOf('tiny')(latest) === 120_000);
    await models.handlers['models.stopPull']({ name: 'tiny', discard: false }, context);
    expect(await models.handlers['models.list'](undefined, context)).toMatchObject({
      installed: [{ name: 'tiny', state: 'partial', bytes: 120_000 }],
      downloads: [],
    });
    hub.behave = (exchange) => exchange.serve();
    await pull('tiny');
    await told(isInstalled('tiny'));
    expect(hub.requests.at(-1)?.range).toBe('bytes=120000-');
  });

  it('leave nothing behind when they are discarded', async () => {
    hub.behave = (exchange) => exchange.serveBytes(120_000, {}, 'hang');
    await pull('tiny');
    await told((latest) => bytesOf('tiny')(latest) === 120_000);
    await models.handlers['models.stopPull']({ name: 'tiny', discard: true }, context);
    expect(await models.handlers['models.list'](undefined, context)).toMatchObject({
      installed: [],
      downloads: [],
    });
  });

  it('tell why they failed until they are tried again', async () => {
    hub.behave = ({ response }) => void response.writeHead(403).end();
    await pull('tiny');
    await told(({ downloads }) => downloads[0]?.error?.code === 'download_forbidden');
    hub.behave = (exchange) => exchange.serve();
    await pull('tiny');
    await told(isInstalled('tiny'));
  });

  it('tell why they failed until the user has taken note', async () => {
    hub.behave = ({ response }) => void response.writeHead(404).end();
    await pull('tiny');
    await told(({ downloads }) => downloads[0]?.error?.code === 'download_not_found');
    await models.handlers['models.stopPull']({ name: 'tiny', discard: false }, context);
    expect(await models.handlers['models.list'](undefined, context)).toMatchObject({ downloads: [] });
  });

  it('are refused of a model that nobody knows', async () => {
    await expect(pull('enormous')).rejects.toMatchObject({ code: 'model_unknown' });
  });

  it('stop with the program, and keep what has come', async () => {
    hub.behave = (exchange) => exchange.serveBytes(120_000, {}, 'hang');
    await pull('tiny');
    await told((latest) => bytesOf('tiny')(latest) === 120_000);
    await models.close();
    expect(await models.handlers['models.list'](undefined, context)).toMatchObject({
      installed: [{ state: 'partial', bytes: 120_000 }],
    });
  });
});

describe('a model of the app', () => {
  beforeEach(async () => {
    await pull('tiny');
    await told(isInstalled('tiny'));
  });

  it('is used from now on, and at the next start', async () => {
    await models.handlers['models.use']({ name: 'tiny' }, context);
    expect(await models.handlers['models.list'](undefined, context)).toMatchObject({ inUse: 'tiny' });
    expect(settings.values['captions.model']).toBe('tiny');
  });

  it('that cannot be loaded is not the next start’s', async () => {
    await models.close();
    models = makeModels(() => Promise.reject(new SurtitleError('model_invalid', 'It is damaged.')));
    const using = models.handlers['models.use']({ name: 'tiny' }, context);
    await expect(using).rejects.toMatchObject({ code: 'model_invalid' });
    expect(settings.values['captions.model']).toBe('starter.en');
  });

  it('that is not there is not used', async () => {
    const using = async () => models.handlers['models.use']({ name: 'base' }, context);
    await expect(using()).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('is not removed while captions are made with it', async () => {
    inUse = 'tiny';
    const removing = async () => models.handlers['models.remove']({ name: 'tiny' }, context);
    await expect(removing()).rejects.toMatchObject({ code: 'model_in_use' });
    expect(await models.handlers['models.list'](undefined, context)).toMatchObject({
      installed: [{ name: 'tiny' }],
    });
  });

  it('is removed when it is not used', async () => {
    expect(await models.handlers['models.remove']({ name: 'tiny' }, context)).toMatchObject({
      installed: [],
    });
  });
});

describe('a model file of the user’s', () => {
  it('is known by its content', async () => {
    const file = path.join(home, 'from-a-stick.bin');
    writeFileSync(file, BASE);
    expect(await models.handlers['models.import']({ file }, context)).toEqual({ name: 'base' });
    await told(isInstalled('base'));
  });

  it('that nobody has checked needs the user’s word and a name', async () => {
    const file = path.join(home, 'own.bin');
    writeFileSync(file, contentOf(1000, 3));
    const importing = async () => models.handlers['models.import']({ file }, context);
    await expect(importing()).rejects.toMatchObject({ code: 'model_untrusted' });
    expect(await models.handlers['models.import']({ file, trustAs: 'court-en' }, context)).toEqual({
      name: 'court-en',
    });
  });
});

describe('a machine that was not measured', () => {
  it('is recommended a model all the same', async () => {
    const { available } = await models.handlers['models.list'](undefined, context);
    // The catalogue of this test has no base.en, which is the one.
    expect(
      available.map(({ name, recommended, timesRealTime }) => ({ name, recommended, timesRealTime })),
    ).toEqual([
      { name: 'tiny', recommended: false, timesRealTime: null },
      { name: 'base', recommended: false, timesRealTime: null },
    ]);
  });
});
