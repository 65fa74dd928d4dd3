// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunJson } from '../../results/run-json.js';
import { away, type Installed, StandInWorld, ubuntuKernels } from './stand-in-world.js';

const ids = ['5.15', '6.1', '6.8', '6.12', '6.17'];

let world: StandInWorld;
/** Where the apt of a host is set up with mirrors of one family, of which the first is dead. */
let hosts: Readonly<Record<'debian' | 'ubuntu', string>>;
beforeAll(async () => {
  world = await StandInWorld.make();
  const { url } = world.server;
  const signed = 'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n';
  const stanza = (uris: string, suites: string): string =>
    `Types: deb\nURIs: ${uris}\nSuites: ${suites}\nComponents: main\n${signed}\n`;
  const mirrors = join(world.folder, 'ubuntu-mirrors.txt');
  hosts = {
    debian: await world.aptRoot('debian', {
      'sources.list.d/debian.sources':
        stanza(`${away}debian ${url}debian`, 'trixie trixie-updates') +
        stanza(`${url}debian-security`, 'trixie-security'),
    }),
    ubuntu: await world.aptRoot('ubuntu', {
      'mirrors.txt': `${away}ubuntu/\tpriority:1\n${url}ubuntu/\tpriority:2\n`,
      'sources.list': `deb [arch=amd64] mirror+file:${mirrors} noble main universe\n`,
    }),
  };
  await execa('cp', [join(world.folder, 'ubuntu/etc/apt/mirrors.txt'), mirrors]);
}, 300_000);
afterAll(() => world.close());

const git = (project: string, ...args: readonly string[]) =>
  execa('git', ['-c', 'user.name=Tests', '-c', 'user.email=tests@example.invalid', ...args], { cwd: project });

describe('the default matrix from stand-ins of both families', () => {
  let installed: Installed;

  it('runs whole on a Debian host while everything is pending, and offers the lock and the baseline', async () => {
    installed = await world.install('five');
    const cache = { XDG_CACHE_HOME: join(world.folder, 'cache-debian') };
    const run = await world.run(installed, [], hosts.debian, cache);
    expect(run.exitCode, `${run.stdout}\n${run.stderr}`).toBe(0);
    expect(run.stdout.match(/ PENDING /g)).toHaveLength(ids.length);
    expect(run.stdout).toContain('5 kernels: 5 pass');
    expect(run.stdout).toContain('it is pending: nobody could lock it yet');

    const out = join(installed.project, 'reports/latest');
    const { kernels } = await readRunJson(join(out, 'run.json'));
    expect(kernels.map(({ id }) => id)).toEqual(ids);
    const release = (id: string): unknown =>
      kernels.flatMap((one) => (one.id === id && one.status === 'ran' ? [one.identity.release] : []))[0];
    expect(release('5.15')).toBe(ubuntuKernels['5.15'].release);
    expect(release('6.8')).toBe(ubuntuKernels['6.8'].release);
    const offered = JSON.parse(await readFile(join(out, 'offered-lock.json'), 'utf8')) as { readonly kernels: object };
    expect(Object.keys(offered.kernels)).toEqual(ids);
    expect((await readdir(join(out, 'manifests/audit'))).sort()).toEqual(ids.map((id) => `${id}.json`).sort());
    // Ubuntu's came from the snapshot, once it had been waited for.
    expect(world.limited).toBeGreaterThan(0);
  }, 300_000);

  it('is quiet on an Ubuntu host, once lock and baseline are committed', async () => {
    const { root, project } = installed;
    const locked = await world.run(installed, ['kernels', 'lock', '--from', 'reports/latest'], hosts.debian);
    expect(locked.exitCode, locked.stderr).toBe(0);
    expect(locked.stdout.match(/: pending -> .*; its manifest is in reports\/baseline$/gm)).toHaveLength(ids.length);
    await execa('cp', [join(root, 'kernels/lock.json'), join(project, 'lock.json')]);
    await git(project, 'init', '--quiet');
    await git(project, 'add', 'lock.json', 'matrix.config.json', 'reports/baseline');
    await git(project, 'commit', '--quiet', '--message', 'kernels: what they are locked on');

    const limited = world.limited;
    const cache = { XDG_CACHE_HOME: join(world.folder, 'cache-ubuntu') };
    const run = await world.run(installed, ['--frozen'], hosts.ubuntu, cache);
    expect(run.exitCode, `${run.stdout}\n${run.stderr}`).toBe(0);
    expect(run.stdout).toContain('5 kernels compared, no change');
    expect(run.stdout).not.toMatch(/pending|Notes/i);
    expect(run.stdout.match(/\bpinned\b/g)).toHaveLength(ids.length);
    expect(world.limited).toBeGreaterThan(limited);
    expect(await readdir(join(project, 'reports/latest'))).not.toContain('offered-lock.json');
    expect((await git(project, 'status', '--porcelain', '--untracked-files=no')).stdout).toBe('');
  }, 300_000);
});

describe('an image without its modules', () => {
  let installed: Installed;
  const env = () => ({
    XDG_CACHE_HOME: join(world.folder, 'cache-bare'),
    BPF_MATRIX_UBUNTU_ARCHIVE: `${world.server.url}bare/`,
  });
  beforeAll(async () => {
    installed = await world.install('bare');
  });

  it('is a warning while the lock is updated, which names the package', async () => {
    const updated = await world.run(installed, ['kernels', 'update', '5.15', '6.8'], hosts.debian, {
      ...env(),
      BPF_MATRIX_MIRRORS: 'host',
    });
    expect(updated.exitCode, updated.stderr).toBe(0);
    for (const { release } of Object.values(ubuntuKernels)) {
      expect(updated.stdout).toContain(`note: ${release} comes without its modules`);
      expect(updated.stdout).toContain(`linux-modules-${release}`);
    }
  });

  it('is an error of a run only where a module is needed, which it names, with the package and the next step', async () => {
    const run = await world.run(installed, ['-k', '5.15,6.8', '--only', 'load'], hosts.debian, env());
    expect(run.exitCode, `${run.stdout}\n${run.stderr}`).toBe(3);
    expect(run.stdout).toContain('2 kernels: 1 pass, 1 BROKEN');
    const { kernels } = await readRunJson(join(installed.project, 'reports/latest/run.json'));
    const [broken, whole] = kernels;
    expect(whole).toMatchObject({ id: '6.8', status: 'ran', verdict: { kind: 'pass' } });
    expect(JSON.stringify(broken)).toContain('virtio_pci and virtio_console: not built in after all');
    expect(JSON.stringify(broken)).toContain(
      `Its modules are in linux-modules-${ubuntuKernels['5.15'].release}: set BPF_MATRIX_UBUNTU_ARCHIVE to an archive that has them`,
    );
  }, 180_000);
});
