// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resolveKernel } from '../../../kernels/index.js';
import type { KernelResolution } from '../../../model/kernel.js';
import { retried } from '../../../kernels/providers/apt/retry.js';
import { publish } from './fixture/archive.js';
import { ubuntuKernel } from './fixture/packages.js';
import { type ContextOptions, listener, releases, World, type WorldCatalog } from './fixture/world.js';

/** Nobody listens there; not 127.0.0.1, since apt gives up every port of a host that has refused one. */
const away = 'http://127.0.0.2:1/';
const snapshot = 'snapshot/20250101T000000Z';

let world: World;
beforeAll(async () => {
  world = await World.make();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** What a kernel comes to on a host with these apt sources, where the catalog has these public mirrors, or just none. */
async function resolveOn(
  sources: string,
  mirrors: readonly string[] = [],
  options: ContextOptions = {},
): Promise<KernelResolution> {
  const open = mirrors.map((archive) => ({ archive, security: archive }));
  const catalog = (usual: WorldCatalog): unknown => ({
    ...usual,
    families: { ...usual.families, ubuntu: { ...usual.families.ubuntu, mirrors: open } },
  });
  const context = await world.context({ archive: null, sources, catalog, ...options });
  try {
    return await resolveKernel('5.15', context);
  } finally {
    await context.close();
  }
}

/** The lines about what was tried, with the archives' names in place of where they are. */
function triedOf(kernel: KernelResolution): readonly string[] {
  if (kernel.status === 'ready') throw new Error(`${kernel.identity.id} was to be had after all`);
  return kernel.tried.map((line) => line.replaceAll(world.server.url, ''));
}

function limit(
  path: RegExp,
  status: number,
  headers: Readonly<Record<string, string>>,
  times = Infinity,
): () => number {
  let left = times;
  let asked = 0;
  world.server.intercept = (requested, response): boolean => {
    if (!path.test(requested) || left-- <= 0) return false;
    asked++;
    response.writeHead(status, { 'content-length': 0, ...headers });
    response.end();
    return true;
  };
  return () => asked;
}

describe("the host's own sources", () => {
  beforeEach(() => world.publish('jammy-updates', ['new']));

  test('a file of mirrors whose first one is away', async () => {
    const list = join(world.folder, 'mirrors.txt');
    await writeFile(list, `${away}ubuntu/\tpriority:1\n${world.server.url}ubuntu/\tpriority:2\n`);
    const kernel = await resolveOn(`deb mirror+file:${list} jammy main\n`);
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version } });
  });

  test('a list of mirrors on the network', async () => {
    const { url } = world.server;
    world.server.intercept = (path, response): boolean => {
      if (path !== '/ubuntu-mirrors.txt') return false;
      response.end(`${away}ubuntu/\n${url}ubuntu/\n`);
      return true;
    };
    const kernel = await resolveOn(`deb mirror+${url}ubuntu-mirrors.txt jammy main\n`);
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version } });
  });

  test('the second source, where the first is away', async () => {
    const kernel = await resolveOn(`deb ${away}ubuntu jammy main\ndeb ${world.server.url}ubuntu jammy main\n`);
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version } });
  });
});

describe("a Debian host's own sources", () => {
  const kernels = [
    { id: '6.8', tier: 'default', family: 'debian', series: '6.8', suites: ['trixie', 'trixie-security'] },
  ];

  /** The kernel, asked for on a host whose sources are these, where public mirrors are at `public` of the stand-in. */
  async function resolve(sources: string): Promise<KernelResolution> {
    const open = [{ archive: `${world.server.url}public/`, security: `${world.server.url}public-security/` }];
    const context = await world.context({
      ...{ archive: null, sources, debian: { archive: null, keyring: world.key.keyring } },
      catalog: ({ families, ...usual }) => ({
        ...{ ...usual, kernels },
        families: { ...families, debian: { ...families.debian, mirrors: open, flavour: 'generic' } },
      }),
    });
    try {
      return await resolveKernel('6.8', context);
    } finally {
      await context.close();
    }
  }

  beforeEach(async () => {
    const build = join(world.folder, 'build', 'debian');
    const debs = await ubuntuKernel(build, '6.8.12+deb13-amd64', '6.8.12-1');
    await publish(join(world.folder, 'www', 'public-security'), 'trixie-security', debs, world.key);
    await publish(join(world.folder, 'www', 'public'), 'trixie', [], world.key);
  });

  test('a dead one is passed over for a public mirror, whose security suites are in an archive of their own', async () => {
    const kernel = await resolve(`deb ${away}debian trixie main\n`);
    expect(kernel).toMatchObject({ status: 'ready', identity: { suite: 'trixie-security', version: '6.8.12-1' } });
  });

  test('a mirror of security updates of its own is asked, though the main one is away', async () => {
    const debs = await ubuntuKernel(join(world.folder, 'build', 'host'), '6.8.13+deb13-amd64', '6.8.13-1');
    await publish(join(world.folder, 'www', 'debian-security'), 'trixie-security', debs, world.key);
    const security = `deb ${world.server.url}debian-security trixie-security main\n`;
    const kernel = await resolve(`deb ${away}debian trixie main\n${security}`);
    expect(kernel).toMatchObject({ status: 'ready', identity: { suite: 'trixie-security', version: '6.8.13-1' } });
  });
});

describe('public mirrors', () => {
  test('come after the host, and before the snapshot, which is not asked', async () => {
    await world.publish('jammy-updates', ['new'], 'mirror');
    await world.publish('jammy-updates', ['old'], snapshot);
    const kernel = await resolveOn(`deb ${away}ubuntu jammy main\n`, [`${away}public/`, `${world.server.url}mirror/`]);
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version } });
    expect(world.server.requests.filter((path) => path.includes('snapshot'))).toEqual([]);
  });

  test('do not keep a locked version from being taken from the snapshot', async () => {
    await world.publish('jammy-updates', ['new'], 'mirror');
    await world.publish('jammy-updates', ['old'], 'snapshot/20260101T000000Z');
    const kernel = await resolveOn('', [`${world.server.url}mirror/`], { lock: world.lockOn('old') });
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.old.version, lock: 'pinned' } });
  });

  test('each archive that was passed over is named with its reason, in the order in which it was asked', async () => {
    await world.publish('jammy', ['other'], 'mirror');
    await world.publish('jammy-updates', ['other'], 'mirror');
    limit(/snapshot/, 429, { 'retry-after': '3600' });
    const tried = triedOf(await resolveOn(`deb ${away}ubuntu jammy main\n`, [`${world.server.url}mirror/`]));
    const busy = 'the server limits its callers (429 Too Many Requests), and asks to wait 3600 s';
    expect(tried).toEqual([
      expect.stringMatching(/^http:\S+ubuntu\/ \(this host's mirror\) jammy: Could not connect .*; tried 2 times$/),
      expect.stringMatching(/^http:\S+ubuntu\/ \(this host's mirror\) jammy-updates: Could not connect/),
      'mirror/ (public mirror) jammy: none of this series',
      'mirror/ (public mirror) jammy-updates: none of this series',
      `${snapshot}/ (public snapshot) jammy: ${busy}`,
      `${snapshot}/ (public snapshot) jammy-updates: ${busy}`,
    ]);
  });
});

test('a password in the URI of an archive is in no report', async () => {
  const archive = 'http://somebody:secret@127.0.0.2:1/ubuntu/';
  const tried = triedOf(await resolveOn('', [], { archive }));
  expect(tried[0]).toMatch(/^http:\/\/127.0.0.2:1\/ubuntu\/ \(configured\) jammy: Could not connect/);
  expect(tried.join()).not.toContain('secret');
});

describe('a server that limits its callers, or fails', () => {
  test('is asked again after the time that it asks for, one suite at a time', async () => {
    await world.publish('jammy', [], snapshot);
    await world.publish('jammy-updates', ['new'], snapshot);
    const asked = limit(/snapshot.*InRelease/, 429, { 'retry-after': '1' }, 2);
    const started = Date.now();
    const kernel = await resolveOn('');
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version } });
    expect(asked()).toBe(2);
    expect(Date.now() - started).toBeGreaterThan(2000);
  });

  test('is waited for in sight: who, why and how long, and when it is asked again', async () => {
    await world.publish('jammy', [], snapshot);
    await world.publish('jammy-updates', ['new'], snapshot);
    const seen = new Set<string>();
    world.server.intercept = (path, response): boolean => {
      if (!/jammy\/InRelease$|linux-image.*\.deb$/.test(path) || seen.has(path)) return false;
      seen.add(path);
      response.writeHead(429, { 'content-length': 0, 'retry-after': '2' }).end();
      return true;
    };
    const { said, onProgress } = listener();
    const context = await world.context({ archive: null });
    expect(await resolveKernel('5.15', context, { onProgress })).toMatchObject({ status: 'ready' });
    await context.close();
    const steps = said.filter(({ kind, text }) => kind === 'step' && /waiting|again/.test(text));
    const host = new URL(world.server.url).host;
    const waiting = new RegExp(
      `^waiting [23] s for ${host}: the server limits its callers \\(429 Too Many Requests\\)$`,
    );
    expect(steps.map(({ text }) => text)).toEqual([
      expect.stringMatching(waiting),
      `asking ${host} again`,
      expect.stringMatching(waiting),
    ]);
  });

  test('is given up after three tries, and what it said is the reason', async () => {
    const asked = limit(/snapshot/, 503, {});
    const kernel = await resolveOn('');
    const last = triedOf(kernel).at(-1);
    expect(last).toBe(
      `${snapshot}/ (public snapshot) jammy-updates: the server failed (503 Service Unavailable); tried 3 times`,
    );
    expect(asked()).toBe(3);
    expect(kernel).toMatchObject({
      reason: 'ARCHIVE_UNREACHABLE',
      detail: expect.stringMatching(
        /could be read; a server limits its callers .* so that it may be had later; it is pending: .*$/,
      ) as unknown,
    });
  });

  test('may say until when in place of how long', async () => {
    await world.publish('jammy', [], snapshot);
    await world.publish('jammy-updates', ['new'], snapshot);
    // A date has no fractions of a second: this is one to two from now.
    limit(/snapshot/, 503, { 'retry-after': new Date(Date.now() + 2000).toUTCString() }, 1);
    const { said, onProgress } = listener();
    const context = await world.context({ archive: null });
    expect(await resolveKernel('5.15', context, { onProgress })).toMatchObject({ status: 'ready' });
    await context.close();
    expect(said.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^waiting [123] s for \S+: the server failed \(503 Service Unavailable\)$/),
    );
  });

  test('does not wait for one that asks for an hour, and asks it once for all suites', async () => {
    const asked = limit(/snapshot/, 429, { 'retry-after': '3600' });
    const started = Date.now();
    await resolveOn('');
    expect(asked()).toBe(1);
    expect(Date.now() - started).toBeLessThan(8_000);
  });

  test('with packages too: a download that is limited at first arrives', async () => {
    await world.publish('jammy-updates', ['new']);
    const asked = limit(/\.deb$/, 429, { 'retry-after': '1' }, 1);
    const kernel = await resolveOn('', [], { archive: `${world.server.url}ubuntu/` });
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version } });
    expect(asked()).toBe(1);
  });
});

describe('how long one server is waited for', () => {
  const busy = { kind: 'busy', detail: 'the server limits its callers', retryAfter: 20 } as const;
  const once = () => Promise.resolve({ failure: busy, took: 1 });

  test('is bounded by the number of tries', async () => {
    const pauses: number[] = [];
    const pause = (ms: number): Promise<unknown> => Promise.resolve(pauses.push(ms));
    const failure = await retried(once, { pause, waited: () => 0 });
    expect(failure?.detail).toBe('the server limits its callers; tried 3 times');
    expect(pauses).toHaveLength(2);
    for (const ms of pauses) expect(ms).toBeLessThanOrEqual(21_000);
  });

  test('is bounded in all, for however many suites and kernels', async () => {
    const pauses: number[] = [];
    const pause = (ms: number): Promise<unknown> => Promise.resolve(pauses.push(ms));
    const waited = (): number => pauses.reduce((sum, ms) => sum + ms, 0);
    for (let suite = 0; suite < 20; suite++) await retried(once, { pause, waited });
    expect(waited()).toBeGreaterThan(90_000);
    expect(waited()).toBeLessThanOrEqual(120_000);
    const { detail } = (await retried(once, { pause, waited }))!;
    expect(detail).toMatch(/^the server limits its callers; tried once; waited for (9\d|1[012]\d) s in all$/);
  });
});
