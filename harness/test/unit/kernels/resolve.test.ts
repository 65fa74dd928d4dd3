// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listKernels, resolveKernel, updateLock } from '../../../kernels/index.js';
import { loadLock, lockVersion } from '../../../kernels/lock.js';
import type { KernelResolution, ReadyKernel, UnavailableKernel } from '../../../model/kernel.js';
import { SigningKey } from './fixture/archive.js';
import { releases, World } from './fixture/world.js';

let world: World;
beforeAll(async () => {
  world = await World.make();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

function ready(kernel: KernelResolution): ReadyKernel {
  if (kernel.status !== 'ready') throw new Error(JSON.stringify(kernel, null, 2));
  return kernel;
}

function missing(kernel: KernelResolution): UnavailableKernel {
  if (kernel.status !== 'unavailable') throw new Error(`${kernel.identity.id} was to be had after all`);
  return kernel;
}

describe('which version', () => {
  test('without a lock entry it is the newest of the series, never of another', async () => {
    await world.publish('jammy', ['old']);
    await world.publish('jammy-updates', ['new', 'other']);
    const kernel = ready(await resolveKernel('5.15', await world.context()));
    expect(kernel.identity).toMatchObject({
      source: 'ubuntu',
      suite: 'jammy-updates',
      package: `linux-image-${releases.new.release}`,
      version: releases.new.version,
      lock: 'unlocked',
      pinnedVersion: null,
    });
    expect(kernel.files.modules).toMatch(new RegExp(`/lib/modules/${releases.new.release}$`));
  });

  test('the locked version is taken though a newer one is there', async () => {
    await world.publish('jammy', []);
    await world.publish('jammy-updates', ['old', 'new']);
    const kernel = ready(await resolveKernel('5.15', await world.context({ lock: world.lockOn('old') })));
    expect(kernel.identity).toMatchObject({ version: releases.old.version, lock: 'pinned' });
    expect(kernel.identity.artifacts).toEqual(world.lockOn('old').kernels['5.15']!.artifacts);
  });

  test('a locked version that the mirror has dropped comes from the snapshot of its date', async () => {
    await world.publish('jammy-updates', ['new']);
    await world.publish('jammy-updates', ['old'], 'snapshot/20260101T000000Z');
    const kernel = ready(
      await resolveKernel('5.15', await world.context({ lock: world.lockOn('old') }), { frozen: true }),
    );
    expect(kernel.identity).toMatchObject({ version: releases.old.version, lock: 'pinned' });
  });

  test('a locked version that is nowhere gives way to the newest of the series, as drifted', async () => {
    await world.publish('jammy', ['other']);
    await world.publish('jammy-updates', ['new']);
    const kernel = ready(await resolveKernel('5.15', await world.context({ lock: world.lockOn('old') })));
    expect(kernel.identity).toMatchObject({
      version: releases.new.version,
      lock: 'drifted',
      pinnedVersion: releases.old.version,
    });
  });

  test('the same version with other bytes is not the locked one', async () => {
    await world.publish('jammy-updates', ['old']);
    const lock = world.lockOn('old');
    const entry = lock.kernels['5.15']!;
    const changed = {
      ...entry,
      artifacts: entry.artifacts.map((artifact) => ({ ...artifact, sha256: '0'.repeat(64) })),
    };
    const context = await world.context({ lock: { schema: lockVersion, kernels: { '5.15': changed } } });
    expect(ready(await resolveKernel('5.15', context)).identity.lock).toBe('drifted');
  });
});

describe('why not', () => {
  test('frozen refuses drift', async () => {
    await world.publish('jammy', []);
    await world.publish('jammy-updates', ['new']);
    const context = await world.context({ lock: world.lockOn('old') });
    const kernel = missing(await resolveKernel('5.15', context, { frozen: true }));
    expect(kernel.reason).toBe('LOCK_DRIFT_REFUSED');
    expect(kernel.detail).toContain(releases.old.version);
  });

  test('frozen does not call an archive that is away a drift', async () => {
    const context = await world.context({ lock: world.lockOn('old'), archive: 'http://127.0.0.1:1/ubuntu/' });
    expect(missing(await resolveKernel('5.15', context, { frozen: true })).reason).toBe('ARCHIVE_UNREACHABLE');
  });

  test('an archive without the series', async () => {
    await world.publish('jammy', ['other']);
    await world.publish('jammy-updates', []);
    const kernel = missing(await resolveKernel('5.15', await world.context()));
    expect(kernel.reason).toBe('SERIES_NOT_OFFERED');
  });

  test('an archive that does not answer is decided in seconds, and everything tried is told', async () => {
    const started = Date.now();
    const kernel = missing(await resolveKernel('5.15', await world.context({ archive: 'http://127.0.0.1:1/ubuntu/' })));
    expect(kernel.reason).toBe('ARCHIVE_UNREACHABLE');
    expect(kernel.tried).toHaveLength(5);
    expect(kernel.tried[0]).toMatch(/^http:\/\/127\.0\.0\.1:1\/ubuntu\/ \(configured\) jammy: .*refused/);
    expect(kernel.tried[2]).toBe("this host's apt sources: no Ubuntu mirror among them");
    expect(kernel.tried[3]).toMatch(/snapshot\/20250101T000000Z\/ \(public snapshot\) jammy: 404/);
    expect(kernel.next).toContain('BPF_MATRIX_UBUNTU_ARCHIVE');
    expect(Date.now() - started).toBeLessThan(12_000);
  });

  test('an archive that accepts and never answers is given up within its timeout', async () => {
    world.server.intercept = (): boolean => true;
    const started = Date.now();
    expect(missing(await resolveKernel('5.15', await world.context())).reason).toBe('ARCHIVE_UNREACHABLE');
    expect(Date.now() - started).toBeLessThan(8_000);
  });

  test('an archive signed by somebody else', async () => {
    const stranger = await SigningKey.make(join(world.folder, 'gpg-stranger'));
    await world.publish('jammy', ['new'], 'ubuntu', stranger);
    await stranger.close();
    const kernel = missing(await resolveKernel('5.15', await world.context()));
    expect(kernel.reason).toBe('ARCHIVE_UNTRUSTED');
    expect(kernel.tried[0]).toContain('NO_PUBKEY');
  });

  test('a host without the keyring is told which package to install', async () => {
    const kernel = missing(await resolveKernel('5.15', await world.context({ keyring: '/no/keyring.gpg' })));
    expect(kernel.reason).toBe('TOOL_MISSING');
    expect(kernel.next).toContain('ubuntu-keyring');
  });

  test('a host without apt is told to install it', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const kernel = missing(await resolveKernel('5.15', await world.context()));
      expect(kernel).toMatchObject({ reason: 'TOOL_MISSING', detail: 'apt-get is not installed' });
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('one run', () => {
  test('asks an archive that is away once, for however many kernels', async () => {
    const context = await world.context({ archive: 'http://127.0.0.1:1/ubuntu/' });
    await Promise.all([resolveKernel('5.15', context), resolveKernel('6.8', context)]);
    const asked = world.server.requests.length;
    const started = Date.now();
    await resolveKernel('5.15', context);
    expect(world.server.requests).toHaveLength(asked);
    expect(Date.now() - started).toBeLessThan(200);
  });

  test('leaves no apt state behind', async () => {
    await world.publish('jammy', ['old']);
    const context = await world.context();
    await resolveKernel('5.15', context);
    await context.close();
    expect(await readdirOrEmpty(join(context.store, '..', 'apt'))).toEqual([]);
  });
});

describe('updateLock', () => {
  test('pins what resolves, keeps what does not, and what it pins resolves as pinned', async () => {
    await world.publish('jammy', []);
    await world.publish('jammy-updates', ['new']);
    const context = await world.context({ lock: world.lockOn('old') });
    const updates = await updateLock(['5.15', '6.8'], context);
    expect(updates[0]).toEqual({ kind: 'updated', id: '5.15', from: releases.old.version, to: releases.new.version });
    expect(updates[1]).toMatchObject({ kind: 'failed', id: '6.8', why: { status: 'unavailable' } });
    const lock = await loadLock(context.lockPath);
    expect(lock.kernels['6.8']).toBeNull();
    expect(lock.kernels['5.15']!.artifacts).toEqual(world.lockOn('new').kernels['5.15']!.artifacts);
    const kernel = ready(await resolveKernel('5.15', await world.context({ lock })));
    expect(kernel.identity.lock).toBe('pinned');
    const [again] = await updateLock(['5.15'], await world.context({ lock }));
    expect(again).toEqual({ kind: 'unchanged', id: '5.15', version: releases.new.version });
  });

  test('does not pin an older version because a suite did not answer', async () => {
    await world.publish('jammy', ['old']);
    world.server.intercept = (path, response): boolean => {
      if (!path.includes('jammy-updates')) return false;
      response.destroy();
      return true;
    };
    const context = await world.context();
    expect((await updateLock(['5.15'], context))[0]!.kind).toBe('failed');
  });
});

test('listKernels tells lock and cache without asking anybody', async () => {
  await world.publish('jammy-updates', ['new', 'old']);
  const context = await world.context({ lock: world.lockOn('old') });
  await resolveKernel('5.15', context);
  const asked = world.server.requests.length;
  expect(await listKernels(context)).toEqual([
    {
      id: '5.15',
      tier: 'default',
      source: 'ubuntu',
      suite: 'jammy-updates',
      ...world.lockOn('old').kernels['5.15']!.artifacts[0],
      lock: 'pinned',
      cached: true,
    },
    {
      id: '6.8',
      tier: 'default',
      source: 'ubuntu',
      suite: 'noble',
      package: null,
      version: null,
      sha256: null,
      lock: 'unlocked',
      cached: false,
    },
  ]);
  expect(world.server.requests).toHaveLength(asked);
});

async function readdirOrEmpty(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
