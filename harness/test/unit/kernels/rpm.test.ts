// SPDX-License-Identifier: Apache-2.0
import { copyFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listKernels, resolveKernel } from '../../../kernels/index.js';
import { UsageError } from '../../../model/errors.js';
import type { KernelResolution, ReadyKernel, UnavailableKernel } from '../../../model/kernel.js';
import { SigningKey } from './fixture/archive.js';
import { rpmRelease, RpmWorld } from './fixture/rpm-world.js';
import { primaryOf, replacePrimary } from './fixture/rpms.js';
import { leftovers } from './fixture/world.js';

let world: RpmWorld;
beforeAll(async () => {
  world = await RpmWorld.make();
}, 120_000);
afterAll(() => world.close());
beforeEach(() => world.reset());

async function resolved(id: string, options: Parameters<RpmWorld['context']>[0] = {}): Promise<KernelResolution> {
  const context = await world.context(options);
  try {
    return await resolveKernel(id, context);
  } finally {
    await context.close();
  }
}

async function ready(id: string, options: Parameters<RpmWorld['context']>[0] = {}): Promise<ReadyKernel> {
  const kernel = await resolved(id, options);
  if (kernel.status !== 'ready') throw new Error(JSON.stringify(kernel, null, 2));
  return kernel;
}

/** What it was refused for, with everything that was tried. */
async function refused(id: string, options: Parameters<RpmWorld['context']>[0] = {}): Promise<UnavailableKernel> {
  const kernel = await resolved(id, options);
  if (kernel.status !== 'unavailable') throw new Error(`${kernel.identity.id} was to be had after all`);
  return kernel;
}

test('a password in the URI of an archive is in no report', async () => {
  const { tried } = await refused('fedora-6.12', { archive: 'http://somebody:secret@127.0.0.2:1/fedora/' });
  expect(tried[0]).toMatch(/^http:\/\/127\.0\.0\.2:1\/fedora\/ \(configured\) \w+: /);
  expect(tried.join()).not.toContain('secret');
});

describe('a kernel of rpm packages', () => {
  test('is the newest whole one, with image, configuration and modules', async () => {
    await world.publish({ kernels: ['other', 'old', 'new'] });
    const { identity, files } = await ready('fedora-6.12');
    expect(identity).toMatchObject({
      source: 'fedora',
      suite: 'updates',
      package: 'kernel-core',
      version: '6.12.10-200.fc43',
    });
    expect(identity.release).toBe(rpmRelease('new'));
    expect(identity.artifacts.map((one) => `${one.package} ${one.architecture ?? ''}`)).toEqual([
      'kernel-core x86_64',
      'kernel-modules-core x86_64',
      'kernel-modules x86_64',
    ]);
    expect(files.modules).toMatch(new RegExp(`/lib/modules/${rpmRelease('new')}$`));
    expect((await readdir(files.modules!, { recursive: true })).filter((name) => name.endsWith('.ko')).sort()).toEqual([
      'kernel/drivers/net/dummy.ko',
      'kernel/fs/overlayfs/overlay.ko',
    ]);
    expect(await readFile(files.config!, 'utf8')).toContain('CONFIG_VIRTIO_PCI=y');
    expect((await ready('fedora')).identity.version).toBe('6.13.1-100.fc43');
  });

  test('leaves nothing but the cache entry and when the list was made', async () => {
    await world.publish();
    const context = await world.context();
    await resolveKernel('fedora', context);
    await context.close();
    expect(await leftovers(context.store)).toEqual([]);
    const lists = join(context.store, '..', 'repositories');
    expect(await readdir(lists)).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.json$/)]);
    const rows = await listKernels(context);
    expect(rows.find(({ id }) => id === 'centos')).toMatchObject({ source: 'centos', cached: false });
  });

  test('of a family that signs its lists is taken with the signature of repomd.xml', async () => {
    await world.publish({ key: world.key });
    expect((await ready('centos')).identity).toMatchObject({ source: 'centos', version: '6.12.10-200.fc43' });
    expect(world.server.requests).toContain('/updates/repodata/repomd.xml.asc');
  });

  test.each(['.xz', '.zst', ''])('is found in a list that is packed as %j', async (ending) => {
    await world.publish();
    await replacePrimary(world.repository(), (xml) => xml, ending);
    expect((await ready('fedora')).identity.version).toBe('6.12.10-200.fc43');
  });

  test('that no archive can be asked for is reported with each of them, and not replaced', async () => {
    const { reason, tried, next } = await refused('fedora', { archive: 'http://127.0.0.1:1/mirror/' });
    expect(reason).toBe('ARCHIVE_UNREACHABLE');
    expect(tried.join('\n')).toMatch(
      /127\.0\.0\.1:1\/mirror\/ \(configured\) updates: .*Failed to connect[^]*\(public mirror\) updates: /,
    );
    expect(next).toContain('BPF_MATRIX_FEDORA_ARCHIVE');
  });

  test('with a key that is none is a usage error, and nobody is asked', async () => {
    await world.publish();
    for (const [keyring, said] of [
      [join(world.folder, 'nowhere'), 'cannot be read'],
      [world.key.keyring, 'no ASCII-armored OpenPGP key'],
    ]) {
      const error: unknown = await resolved('fedora', { keyring: keyring! }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toContain(`${keyring!}: ${said!}`);
    }
    expect(world.server.requests).toEqual([]);
  });

  test('is asked for again, and a mirror that limits its callers is called so', async () => {
    await world.publish();
    let [asked, wait] = [0, '0'];
    world.server.intercept = (path, response) => {
      if (!path.endsWith('repomd.xml')) return false;
      asked++;
      response.writeHead(429, { 'retry-after': wait });
      response.end();
      return true;
    };
    const { reason, detail, tried } = await refused('fedora');
    expect([reason, detail]).toEqual(['ARCHIVE_UNREACHABLE', expect.stringContaining('may be had later')]);
    expect(tried[0]).toContain('HTTP 429, the server limits its callers');
    expect(asked).toBe(3);

    wait = '3600';
    asked = 0;
    await refused('fedora');
    expect(asked).toBe(1);
  });
});

describe('what is refused', () => {
  test('a list that another key has signed', async () => {
    const other = await SigningKey.make(join(world.folder, `gpg-${Math.random()}`));
    await world.publish({ key: other });
    await other.close();
    const { reason, tried } = await refused('centos');
    expect(reason).toBe('ARCHIVE_UNTRUSTED');
    expect(tried[0]).toMatch(/repomd\.xml: its signature is not a good one of the family's key: (ERRSIG|NO_PUBKEY)/);
  });

  test('a list that was changed after it was signed', async () => {
    await world.publish({ key: world.key });
    const repomd = join(world.repository(), 'repodata/repomd.xml');
    await writeFile(repomd, `${await readFile(repomd, 'utf8')}<!-- -->`);
    const { reason, tried } = await refused('centos');
    expect([reason, tried[0]]).toEqual(['ARCHIVE_UNTRUSTED', expect.stringContaining('BADSIG')]);
  });

  test('a list without the signature that the family makes', async () => {
    await world.publish();
    const { reason, tried } = await refused('centos');
    expect([reason, tried[0]]).toEqual(['ARCHIVE_UNTRUSTED', expect.stringContaining('repomd.xml is not signed')]);
  });

  test('packages that nobody has signed, and of another key', async () => {
    await world.publish({ unsigned: true });
    const { reason, tried } = await refused('fedora');
    expect(reason).toBe('ARCHIVE_UNTRUSTED');
    expect(tried.join('\n')).toMatch(
      /kernel-core-6.12.10-200.fc43.x86_64.rpm: its signature is not a good one.*NOTFOUND/,
    );
    await world.publish({});
    const other = await SigningKey.make(join(world.folder, `gpg-${Math.random()}`));
    const armored = join(other.home, 'key.asc');
    await other.gpg('--armor', '--export', '--output', armored);
    await other.close();
    expect((await refused('fedora', { keyring: armored })).tried.join('\n')).toMatch(/\.rpm: its signature .*NOKEY/);
  });

  test('a package with another hash than the list has', async () => {
    await world.publish({ kernels: ['new'] });
    const file = join(world.repository(), 'Packages', `kernel-modules-${rpmRelease('new')}.rpm`);
    const bytes = await readFile(file);
    bytes[bytes.length - 20]! ^= 0xff;
    await writeFile(file, bytes);
    const { reason, tried } = await refused('fedora');
    expect(reason).toBe('PACKAGE_DAMAGED');
    expect(tried.join('\n')).toContain(`kernel-modules-${rpmRelease('new')}.rpm is not what the repository lists`);
  });

  test('a package that is signed, listed, and no kernel', async () => {
    await world.publish({ kernels: ['new'] });
    const folder = join(world.repository(), 'Packages');
    // The list says that kernel-core is what kernel-modules is, to the byte.
    const [core, modules] = ['kernel-core', 'kernel-modules'].map((name) =>
      join(folder, `${name}-${rpmRelease('new')}.rpm`),
    );
    await copyFile(modules!, core!);
    await replacePrimary(world.repository(), (xml) => {
      const entry = (name: string): string => new RegExp(`<name>${name}</name>[\\s\\S]*?</package>`).exec(xml)![0];
      const of = (text: string, tag: string): string => new RegExp(`<${tag}[ >].*`).exec(text)![0];
      const [mine, theirs] = [entry('kernel-core'), entry('kernel-modules')];
      const swapped = ['checksum', 'size'].reduce((text, tag) => text.replace(of(mine, tag), of(theirs, tag)), mine);
      return xml.replace(mine, swapped);
    });
    const { reason, tried } = await refused('fedora');
    expect([reason, tried.join('\n')]).toEqual(['PACKAGE_DAMAGED', expect.stringContaining('no vmlinuz inside')]);
  });

  test('a list that is cut short, with the hash of the whole one and with its own', async () => {
    await world.publish();
    await truncate(await primaryOf(world.repository()), 400);
    const { reason, tried } = await refused('fedora');
    expect(reason).toBe('ARCHIVE_UNREACHABLE');
    expect(tried[0]).toMatch(/primary\.xml\.gz: not what repomd\.xml lists/);

    await world.publish();
    await replacePrimary(world.repository(), (xml) => xml.slice(0, -1500));
    expect((await refused('fedora')).tried[0]).toMatch(
      /primary\.xml: (package \d of 3 is cut short|has \d packages and says 3)/,
    );
  });

  test('an image without the modules that belong to it, and no older one in silence', async () => {
    await world.publish({ kernels: ['new'], without: ['kernel-modules-core'] });
    const { reason, tried } = await refused('fedora');
    expect(reason).toBe('SERIES_NOT_OFFERED');
    expect(tried[0]).toContain('kernel-core 6.12.10-200.fc43 is there without kernel-modules-core of that version');
  });

  test('a list that is older than the one before, or was not renewed for long, or is of tomorrow', async () => {
    const day = 86_400;
    const now = Math.floor(Date.now() / 1000);
    const [cacheDir, other] = [
      join(world.folder, `cache-${Math.random()}`),
      join(world.folder, `cache-${Math.random()}`),
    ];
    await world.publish({ timestamp: now, key: world.key });
    await ready('centos', { cacheDir });
    await ready('fedora', { cacheDir: other });
    await world.publish({ timestamp: now - day, kernels: ['old'], key: world.key });
    const rolled = await refused('fedora', { cacheDir: other });
    expect([rolled.reason, rolled.tried[0]]).toEqual(['ARCHIVE_UNTRUSTED', expect.stringContaining('rolled back')]);
    // A kernel with a series has what an earlier run left: never the one of the old list.
    expect((await ready('centos', { cacheDir })).identity.version).toBe('6.12.10-200.fc43');

    await world.publish({ timestamp: now - 40 * day, key: world.key });
    const stale = await refused('centos');
    expect([stale.reason, stale.tried[0]]).toEqual([
      'ARCHIVE_UNTRUSTED',
      expect.stringMatching(/too old: .*within 30 days/),
    ]);

    await world.publish({ timestamp: now + 3 * day, key: world.key });
    expect((await refused('centos')).tried[0]).toContain('which is yet to come');
  });

  test('a package that lies elsewhere than below its repository', async () => {
    for (const href of ['../../etc/passwd', 'http://example.invalid/x.rpm', '/x.rpm', 'a?b.rpm']) {
      await world.publish();
      await replacePrimary(world.repository(), (xml) =>
        xml.replace(/href="Packages\/kernel-core-[^"]*"/, `href="${href}"`),
      );
      expect((await refused('fedora')).tried[0], href).toContain('a path below the repository');
    }
  });
});
