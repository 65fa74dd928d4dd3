// SPDX-License-Identifier: Apache-2.0
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  newestOffered,
  offeredFlavours,
  pointReleases,
  resolveKernel,
  updateLock,
  catalogKernel,
  openKernelContext,
} from '../../../kernels/index.js';
import { archiveSettings } from '../../../kernels/settings.js';
import { UsageError } from '../../../model/errors.js';
import type { KernelResolution } from '../../../model/kernel.js';
import { ArchiveServer } from './fixture/archive.js';
import { RpmWorld } from './fixture/rpm-world.js';
import { type ContextOptions, releases, World, type WorldCatalog } from './fixture/world.js';
import { unnamedTarget } from '../../../target.js';

const date = '20260101T000000Z';
const note = 'passed over (BPF_MATRIX_MIRRORS=host or archives.mirrors)';
const quietly = { snapshot: true, onProgress: () => undefined };

let world: World;
let rpms: RpmWorld;
/** All that is public: nobody may ever ask it. It serves what `world` does, so that whoever did ask would be answered. */
let open: ArchiveServer;
beforeAll(async () => {
  [world, rpms] = await Promise.all([World.make(), RpmWorld.make()]);
  open = await ArchiveServer.serve(`${world.folder}/www`);
}, 120_000);
afterAll(() => Promise.all([world.close(), rpms.close(), open.close()]));
beforeEach(() => world.reset());
afterEach(() => {
  expect(open.requests).toEqual([]);
});

/** The catalog of a host whose public mirrors and dated snapshots are at `open`. */
function withPublic({ families, ...usual }: WorldCatalog): unknown {
  const at = (folder: string): object => ({ archive: `${open.url}${folder}/`, security: `${open.url}${folder}/` });
  const both = { mirrors: [at('mirror')], snapshot: { date, ...at('snapshot/<DATE>') } };
  return {
    ...usual,
    families: { ...families, debian: { ...families.debian, ...both }, ubuntu: { ...families.ubuntu, ...both } },
  };
}

const own = (): string => `deb ${world.server.url}ubuntu jammy main\n`;

async function resolveOn(
  options: ContextOptions & { readonly id?: string; readonly frozen?: boolean },
): Promise<KernelResolution & { readonly notices: readonly string[] }> {
  const { id = '5.15', frozen = false, ...rest } = options;
  const context = await world.context({ archive: null, mirrors: 'host', catalog: withPublic, ...rest });
  try {
    return { ...(await resolveKernel(id, context, { frozen })), notices: context.notices };
  } finally {
    await context.close();
  }
}

/** What public mirrors have and the host's own do not. */
async function publishOutside(): Promise<void> {
  await world.publish('jammy-updates', ['new'], 'mirror');
  await world.publish('jammy-updates', ['old', 'new'], `snapshot/${date}`);
}

describe('where only the host may be asked', () => {
  beforeEach(publishOutside);

  test("a kernel of the host's own sources is had, and the report says that others were not asked", async () => {
    await world.publish('jammy-updates', ['new']);
    const kernel = await resolveOn({ sources: own() });
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version, lock: 'pending' } });
    expect(kernel.notices).toEqual([
      `public archives of kernels are ${note}: only those that this host is set up with are asked`,
    ]);
  });

  test('so is one of an archive that is configured', async () => {
    await world.publish('jammy-updates', ['new']);
    const kernel = await resolveOn({ archive: `${world.server.url}ubuntu/` });
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version } });
  });

  test('a kernel that only public archives have is not to be had, with what would allow it', async () => {
    await world.publish('jammy', []);
    await world.publish('jammy-updates', []);
    const kernel = await resolveOn({ sources: own() });
    if (kernel.status === 'ready') throw new Error('it was to be had');
    expect(kernel.reason).toBe('SERIES_NOT_OFFERED');
    expect(kernel.detail).toContain(note);
    expect(kernel.next).toMatch(
      /^Set BPF_MATRIX_UBUNTU_ARCHIVE to .* BPF_MATRIX_MIRRORS=public asks public archives too\.$/,
    );
    expect(kernel.tried.slice(2)).toEqual([
      `${open.url}mirror/ (public mirror): passed over`,
      `${open.url}snapshot/${date}/ (public snapshot): passed over`,
    ]);
  });

  test("a host without any source of the family asks nobody, not even for the family's keyring", async () => {
    await world.publish('keys', [], 'mirror');
    const kernel = await resolveOn({ sources: '', keyring: null });
    expect(kernel).toMatchObject({
      reason: 'ARCHIVE_NOT_ASKED',
      detail: expect.stringContaining(
        "no archive with Ubuntu's jammy, jammy-updates is among those of this host",
      ) as string,
      next: expect.stringContaining('BPF_MATRIX_MIRRORS=public') as string,
    });
  });

  test("a dead mirror of the host's is no reason to ask others", async () => {
    const kernel = await resolveOn({ sources: 'deb http://127.0.0.2:1/ubuntu jammy main\n' });
    expect(kernel).toMatchObject({
      reason: 'ARCHIVE_UNREACHABLE',
      next: expect.stringContaining('BPF_MATRIX_MIRRORS=public') as string,
    });
  });

  test("the keyring that the host has not is not fetched from the other family's public archive", async () => {
    await world.publish('jammy-updates', ['new']);
    const debian = { archive: null, keyring: world.key.keyring };
    const kernel = await resolveOn({ sources: own(), keyring: null, debian });
    if (kernel.status === 'ready') throw new Error('it was to be had');
    expect(kernel).toMatchObject({ reason: 'TOOL_MISSING' });
    expect(kernel.tried.at(-1)).toContain(note);
  });
});

describe('a locked version that only the dated snapshot has', () => {
  beforeEach(async () => {
    await publishOutside();
    await world.publish('jammy', []);
    await world.publish('jammy-updates', ['new']);
  });

  test('drifts to the newest of the host', async () => {
    const kernel = await resolveOn({ sources: own(), lock: world.lockOn('old') });
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version, lock: 'drifted' } });
  });

  test('is refused by --frozen for what it is: nobody asked who may have it', async () => {
    const kernel = await resolveOn({ sources: own(), lock: world.lockOn('old'), frozen: true });
    expect(kernel).toMatchObject({
      reason: 'ARCHIVE_NOT_ASKED',
      detail: expect.stringContaining('one that may have it was not asked; public ones are passed over') as string,
      next: expect.stringContaining('BPF_MATRIX_MIRRORS=public') as string,
    });
  });
});

test('an update of the lock asks no snapshot for its date', async () => {
  await publishOutside();
  await world.publish('jammy', []);
  await world.publish('jammy-updates', ['new']);
  const context = await world.context({ archive: null, mirrors: 'host', catalog: withPublic, sources: own() });
  const [updated] = await updateLock(['5.15'], context, quietly);
  expect(updated).toMatchObject({ kind: 'updated', to: releases.new.version });
  await context.close();
});

test('nor do flavours, point releases and what doctor looks at', async () => {
  const context = await world.context({ archive: null, mirrors: 'host', catalog: withPublic });
  const kernel = catalogKernel(context.catalog, '5.15');
  expect(await newestOffered(kernel, context)).toMatchObject({ reason: 'ARCHIVE_NOT_ASKED' });
  expect(JSON.stringify(await offeredFlavours([], [context.catalog.kernels[0]!.id], context))).toContain(
    'ARCHIVE_NOT_ASKED',
  );
  const range = { from: [5, 15, 1], to: [5, 15], target: unnamedTarget };
  await expect(pointReleases(context, range, AbortSignal.timeout(10_000))).rejects.toThrow(note);
  await context.close();
});

describe('rpm families', () => {
  beforeEach(async () => {
    await rpms.reset();
    await rpms.publish();
  });

  test.each(['fedora-6.12', 'centos'])('%s: the public archive is not asked', async (id) => {
    const context = await rpms.context({ archive: null, publicArchive: open.url, mirrors: 'host' });
    expect(await resolveKernel(id, context)).toMatchObject({
      reason: 'ARCHIVE_NOT_ASKED',
      tried: [`${open.url} (public mirror): passed over`],
      next: expect.stringContaining('BPF_MATRIX_MIRRORS=public') as string,
    });
    await context.close();
  });

  test('the configured one is', async () => {
    const context = await rpms.context({ publicArchive: open.url, mirrors: 'host' });
    expect(await resolveKernel('fedora-6.12', context)).toMatchObject({ status: 'ready' });
    await context.close();
  });
});

describe('BPF_MATRIX_MIRRORS', () => {
  test.each([
    [{}, {}, undefined],
    [{ mirrors: 'host' }, {}, 'host'],
    [{ mirrors: 'host' }, { BPF_MATRIX_MIRRORS: 'public' }, 'public'],
    [{ mirrors: 'public' }, { BPF_MATRIX_MIRRORS: 'host' }, 'host'],
    [{ mirrors: 'host' }, { BPF_MATRIX_MIRRORS: '' }, 'host'],
  ] as const)('%j, %j: %s', (settings, env, expected) => {
    expect(archiveSettings(settings, env).mirrors).toBe(expected);
  });

  test('of another word is a mistake that is named, before anybody is asked', async () => {
    const opening = openKernelContext({ env: { BPF_MATRIX_MIRRORS: 'none' }, cacheDir: '/dev/null/none' });
    await expect(opening).rejects.toThrow(UsageError);
    await expect(opening).rejects.toThrow("BPF_MATRIX_MIRRORS takes host or public, not 'none'");
  });
});
