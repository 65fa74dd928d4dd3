// SPDX-License-Identifier: Apache-2.0
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listKernels, resolveKernel, updateLock } from '../../../kernels/index.js';
import { type Lock, loadLock, lockVersion } from '../../../kernels/lock.js';
import type { KernelResolution, ReadyKernel, UnavailableKernel } from '../../../model/kernel.js';
import { publish, SigningKey } from './fixture/archive.js';
import { fakeBzImage } from './fixture/fake-kernel.js';
import { buildDeb } from './fixture/packages.js';
import { releases, World } from './fixture/world.js';

let world: World;
beforeAll(async () => {
  world = await World.make();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const quietly = { snapshot: true, onProgress: (): void => undefined };

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
      lock: 'pending',
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

  test('an image in one suite and its modules in another are one kernel', async () => {
    const [image, modules] = world.debs.new;
    const root = join(world.folder, 'www', 'ubuntu');
    await publish(root, 'jammy', [modules!], world.key);
    await publish(root, 'jammy-updates', [image!], world.key);
    const kernel = ready(await resolveKernel('5.15', await world.context({ lock: world.lockOn('new') })));
    expect(kernel.identity).toMatchObject({ lock: 'pinned', suite: 'jammy-updates' });
    expect(kernel.files.modules).not.toBeNull();
  });

  test('an image without its modules is a kernel, and an update of the lock says so', async () => {
    await publish(join(world.folder, 'www', 'ubuntu'), 'jammy', [world.debs.new[0]!], world.key);
    const context = await world.context();
    expect(ready(await resolveKernel('5.15', context)).files.modules).toBeNull();
    const [updated] = await updateLock(['5.15'], context, quietly);
    expect(updated).toMatchObject({
      kind: 'updated',
      notes: [expect.stringContaining('comes without its modules'), {}],
    });
  });
});

/** The lock on `old`, with other bytes of the same version. */
function changedLock(): Lock {
  const lock = world.lockOn('old');
  const entry = lock.kernels['5.15']!;
  const artifacts = entry.artifacts.map((artifact) => ({ ...artifact, sha256: '0'.repeat(64) }));
  return { ...lock, kernels: { '5.15': { ...entry, artifacts } } };
}

describe('the locked version with other bytes', () => {
  test('is refused, frozen or not, though a newer one is there', async () => {
    await world.publish('jammy', ['old']);
    await world.publish('jammy-updates', ['new']);
    for (const frozen of [false, true]) {
      const kernel = missing(await resolveKernel('5.15', await world.context({ lock: changedLock() }), { frozen }));
      expect(kernel).toMatchObject({
        reason: 'LOCK_CHANGED',
        next: expect.stringContaining('kernels update 5.15') as string,
      });
      expect(kernel.detail).toMatch(/CHANGED: linux-image-\S+ \S+ of http.* where the lock has 000000000000/);
    }
  });

  test('does not keep another archive from having the locked ones', async () => {
    const forged = await buildDeb(join(world.folder, 'build', 'forged'), {
      name: `linux-image-${releases.old.release}`,
      version: releases.old.version,
      files: { [`boot/vmlinuz-${releases.old.release}`]: fakeBzImage(releases.old.release, 8192) },
    });
    await publish(join(world.folder, 'www', 'ubuntu'), 'jammy', [forged], world.key);
    await world.publish('jammy', ['old'], 'snapshot/20260101T000000Z');
    const kernel = ready(await resolveKernel('5.15', await world.context({ lock: world.lockOn('old') })));
    expect(kernel.identity.lock).toBe('pinned');
  });

  test('is taken by an update of the lock, which says what it is', async () => {
    await world.publish('jammy', []);
    await world.publish('jammy-updates', ['old']);
    const [updated] = await updateLock(['5.15'], await world.context({ lock: changedLock() }), quietly);
    expect(updated).toMatchObject({ kind: 'updated', from: releases.old.version, to: releases.old.version });
    expect(updated).toMatchObject({ notes: [expect.stringContaining('CHANGED: '), {}] });
  });
});

test('a lock entry that holds another series than the catalog says is no kernel, but an error of the lock', async () => {
  await world.publish('jammy', ['other']);
  const artifacts = world.debs.other.map(({ name, version, sha256, size }) => {
    return { package: name, version, architecture: 'amd64', sha256, size };
  });
  const { package: name, version } = artifacts[0]!;
  const entry = { package: name, version, suite: 'jammy', snapshot: null, booted: null, artifacts };
  const cacheDir = join(world.folder, 'another-series');
  const lock: Lock = { schema: lockVersion, kernels: { '6.8': entry } };
  await world.publish('noble', ['other']);
  ready(await resolveKernel('6.8', await world.context({ cacheDir, lock })));
  const wrong: Lock = { schema: lockVersion, kernels: { '5.15': entry } };
  await expect(resolveKernel('5.15', await world.context({ cacheDir, lock: wrong }))).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(/lock\.json: kernels\.5\.15: .* is no kernel of 5\.15/) as string,
  });
});

test('a lock that says of the locked packages what they do not hold is an error of the lock', async () => {
  await world.publish('jammy', ['new']);
  const lock = await world.fullLockOn('new');
  const entry = lock.kernels['5.15']!;
  const wrong = { ...entry, booted: { ...entry.booted!, image: '0'.repeat(64) } };
  const context = await world.context({ lock: { ...lock, kernels: { '5.15': wrong } } });
  await expect(resolveKernel('5.15', context)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('kernels.5.15.booted: vmlinuz is not the one') as string,
  });
});

test('modules that were kept by other rules are not held against the lock', async () => {
  await world.publish('jammy', ['new']);
  const lock = await world.fullLockOn('new');
  const entry = lock.kernels['5.15']!;
  const older = { ...entry, booted: { ...entry.booted!, layout: 1, modules: '0'.repeat(64) } };
  const context = await world.context({ lock: { ...lock, kernels: { '5.15': older } } });
  expect(ready(await resolveKernel('5.15', context)).identity.lock).toBe('pinned');
});

test('a signed image in place of the locked unsigned one drifts, and is told apart', async () => {
  const release = releases.old.release;
  const unsigned = await buildDeb(join(world.folder, 'build', 'unsigned'), {
    name: `linux-image-unsigned-${release}`,
    version: releases.old.version,
    files: { [`boot/vmlinuz-${release}`]: fakeBzImage(release) },
  });
  const { name, version, sha256, size } = unsigned;
  const artifacts = [{ package: name, version, architecture: 'amd64', sha256, size }];
  const entry = { package: name, version, suite: 'jammy', snapshot: null, booted: null, artifacts };
  const lock: Lock = { schema: lockVersion, kernels: { '5.15': entry } };
  const root = join(world.folder, 'www', 'ubuntu');
  await publish(root, 'jammy', [unsigned, ...world.debs.old], world.key);
  await publish(root, 'jammy-updates', [], world.key);
  const pinned = ready(await resolveKernel('5.15', await world.context({ lock })));
  expect(pinned.identity).toMatchObject({ lock: 'pinned', package: name });
  await publish(root, 'jammy', world.debs.old, world.key);
  const drifted = ready(await resolveKernel('5.15', await world.context({ lock })));
  expect(drifted.identity).toMatchObject({ lock: 'drifted', pinnedPackage: name, package: `linux-image-${release}` });
  const refused = missing(await resolveKernel('5.15', await world.context({ lock }), { frozen: true }));
  expect(refused.detail).toContain('there is a signed image of the same version');
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

  test.each([
    { what: 'the snapshot, which may have it', away: '/snapshot/' },
    { what: 'one of its suites', away: '/ubuntu/dists/jammy-updates' },
    { what: 'the pool that has the very packages', away: '/ubuntu/pool/' },
  ])('frozen does not call it a drift when it cannot be asked: $what', async ({ away }) => {
    await world.publish('jammy', [away.includes('pool') ? 'old' : 'other']);
    await world.publish('jammy-updates', ['new']);
    world.server.intercept = (path, response): boolean => {
      if (!path.startsWith(away)) return false;
      response.destroy();
      return true;
    };
    const kernel = missing(
      await resolveKernel('5.15', await world.context({ lock: world.lockOn('old') }), { frozen: true }),
    );
    expect(kernel.reason).toBe('ARCHIVE_UNREACHABLE');
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

  describe('an index that is older than its Valid-Until', () => {
    const old = 'Fri, 02 Jan 2026 00:00:00 UTC';
    const relaxed = join(tmpdir(), `bm-relaxed-${process.pid}.conf`);
    beforeEach(async () => {
      await publish(join(world.folder, 'www', 'ubuntu'), 'jammy', world.debs.new, world.key, old);
      await world.publish('jammy-updates', []);
      await writeFile(relaxed, 'Acquire::Check-Valid-Until "false";\nAPT::Get::AllowUnauthenticated "true";\n');
      process.env['APT_CONFIG'] = relaxed;
    });
    afterEach(async () => {
      delete process.env['APT_CONFIG'];
      await rm(relaxed);
    });

    test('is not believed, whatever the host says of that', async () => {
      const kernel = missing(await resolveKernel('5.15', await world.context()));
      expect(kernel.reason).toBe('ARCHIVE_EXPIRED');
      expect(kernel.next).toContain('BPF_MATRIX_ALLOW_EXPIRED=1');
      expect(kernel.tried[0]).toContain('is expired');
    });

    test('is believed where that is asked for, and that is said', async () => {
      const context = await world.context({ allowExpired: true });
      expect(ready(await resolveKernel('5.15', context)).identity.version).toBe(releases.new.version);
      expect(context.notices.join()).toContain('an old index of an archive is believed');
    });
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
    const updates = await updateLock(['5.15', '6.8'], context, quietly);
    expect(updates[0]).toMatchObject({
      kind: 'updated',
      id: '5.15',
      from: releases.old.version,
      to: releases.new.version,
      notes: [expect.stringContaining('no snapshot')],
    });
    expect(updates[1]).toMatchObject({ kind: 'failed', id: '6.8', why: { status: 'unavailable' } });
    const lock = await loadLock(context.lockPath);
    expect(lock.kernels['6.8']).toBeNull();
    expect(lock.kernels['5.15']!.artifacts).toEqual(world.lockOn('new').kernels['5.15']!.artifacts);
    expect(lock.kernels['5.15']).toMatchObject({ snapshot: null, booted: { release: releases.new.release } });
    const kernel = ready(await resolveKernel('5.15', await world.context({ lock })));
    expect(kernel.identity.lock).toBe('pinned');
    const [again] = await updateLock(['5.15'], await world.context({ lock }), quietly);
    expect(again).toMatchObject({ kind: 'unchanged', id: '5.15', to: releases.new.version });
  });

  test('writes a date that the snapshot service has, and none that it was not asked about', async () => {
    await world.publish('jammy', ['new']);
    await world.publish('jammy-updates', []);
    let dated = '';
    world.server.intercept = (path, response): boolean => {
      const match = /^\/snapshot\/(\d{8}T\d{6}Z)\/(.*)$/.exec(path);
      if (match === null) return false;
      dated = match[1] ?? '';
      response.writeHead(302, { location: `${world.server.url}ubuntu/${match[2] ?? ''}` });
      response.end();
      return true;
    };
    const context = await world.context();
    await updateLock(['5.15'], context, { ...quietly, snapshot: false });
    expect((await loadLock(context.lockPath)).kernels['5.15']?.snapshot).toBeNull();
    const [updated] = await updateLock(['5.15'], context, quietly);
    expect(updated).toMatchObject({ kind: 'updated', notes: [] });
    expect(dated).toMatch(/^\d{8}T\d\d0000Z$/);
    expect((await loadLock(context.lockPath)).kernels['5.15']?.snapshot).toBe(dated);
    // Once it was seen there it stays, whatever the service does today.
    world.server.intercept = null;
    const [again] = await updateLock(
      ['5.15'],
      await world.context({ lock: await loadLock(context.lockPath) }),
      quietly,
    );
    expect(again).toMatchObject({ kind: 'unchanged', notes: [] });
  });

  test('completes an entry of an older lock', async () => {
    await world.publish('jammy', ['new']);
    await world.publish('jammy-updates', []);
    const context = await world.context({ lock: world.lockOn('new') });
    const [updated] = await updateLock(['5.15'], context, quietly);
    expect(updated).toMatchObject({ kind: 'updated', from: releases.new.version, to: releases.new.version });
    expect((await loadLock(context.lockPath)).kernels['5.15']?.booted).not.toBeNull();
  });

  test('does not pin an older version because a suite did not answer', async () => {
    await world.publish('jammy', ['old']);
    world.server.intercept = (path, response): boolean => {
      if (!path.includes('jammy-updates')) return false;
      response.destroy();
      return true;
    };
    const context = await world.context();
    expect((await updateLock(['5.15'], context, quietly))[0]!.kind).toBe('failed');
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
      package: `linux-image-${releases.old.release}`,
      version: releases.old.version,
      sha256: world.debs.old[0]!.sha256,
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
      lock: 'pending',
      cached: false,
    },
  ]);
  expect(world.server.requests).toHaveLength(asked);
});

async function readdirOrEmpty(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
