// SPDX-License-Identifier: Apache-2.0
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/* scripts/cross with an apt-get that only writes down what it is asked, and whose archives have what a test says. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cross-test-'));
  await mkdir(join(folder, 'scripts'));
  await mkdir(join(folder, 'bin'));
  await copyFile('scripts/cross', join(folder, 'scripts/cross'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const packages = 'libelf-dev zlib1g-dev libzstd-dev busybox-static';

/** `has`: a shell condition on the arguments of a download. */
async function cross(arch: string, { id, has = 'true', mirrors = '' }: { id: string; has?: string; mirrors?: string }) {
  const program = async (name: string, lines: string): Promise<void> => {
    await writeFile(join(folder, 'bin', name), `#!/bin/bash\n${lines}\n`);
    await chmod(join(folder, 'bin', name), 0o755);
  };
  const asked = join(folder, 'asked');
  const sources = '[[ $word != *sourcelist=* ]] || cat "${word#*=}"';
  await program(
    'apt-get',
    `for word; do echo "$word"; ${sources}; done >>${asked}\n[[ "$*" != *download* ]] || ${has} || exit 1`,
  );
  await program('dpkg-deb', 'exit 0');
  const release = join(folder, 'os-release');
  await writeFile(release, `ID=${id}\nVERSION_CODENAME=some\n`);
  const { exitCode, stderr } = await execa(join(folder, 'scripts/cross'), [arch], {
    reject: false,
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      BPF_MATRIX_OS_RELEASE: release,
      BPF_MATRIX_MIRRORS: mirrors,
    },
  });
  const words = await readFile(asked, 'utf8').catch(() => '');
  await rm(asked, { force: true });
  return { exitCode, stderr, words: words.split('\n') };
}

const fromOther = '[[ "$*" == *sourcelist=* ]]';

describe('what a cross compiler comes without', () => {
  it.each([
    ['arm64', 'arm64'],
    ['x86_64', 'amd64'],
  ])('for %s is asked as %s of the host’s archives, in a private folder, and once', async (arch, debian) => {
    const first = await cross(arch, { id: 'debian' });
    expect([first.exitCode, first.words]).toEqual([0, expect.arrayContaining([`APT::Architecture=${debian}`])]);
    for (const name of packages.split(' ')) expect(first.words).toContain(name);
    for (const place of ['lists', 'status'])
      expect(first.words.join(' ')).toMatch(new RegExp(`Dir::State::${place}=/`));
    expect((await cross(arch, { id: 'debian' })).words).toEqual(['']);
    // What an older version of the script fetched is not all.
    await writeFile(join(folder, `.bootstrap/cross-${arch}/done`), 'libelf-dev zlib1g-dev\n');
    expect((await cross(arch, { id: 'debian' })).words).toContain('busybox-static');
  });

  it.each([
    [
      'arm64',
      'deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://ports.ubuntu.com/ubuntu-ports some-updates main universe',
    ],
    [
      'x86_64',
      'deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://archive.ubuntu.com/ubuntu some main universe',
    ],
  ])('for %s is on Ubuntu in another archive, which is named before it is asked', async (arch, line) => {
    const { exitCode, stderr, words } = await cross(arch, { id: 'ubuntu', has: fromOther });
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^cross: asking http/m)]);
    expect(words).toContain(line);
    expect(words).toContain('Dir::Etc::sourceparts=/dev/null');
  });

  it.each([
    { id: 'debian', mirrors: '' },
    { id: 'ubuntu', mirrors: 'host' },
  ])('is asked of nobody else on $id with BPF_MATRIX_MIRRORS=$mirrors', async (host) => {
    const { exitCode, stderr, words } = await cross('arm64', { ...host, has: fromOther });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`has ${packages} of arm64`)]);
    expect(words.join('\n')).not.toContain('sourcelist');
    expect(stderr).toMatch(/next: .*then run this again/);
  });

  it('is for an architecture that there is', async () => {
    expect(await cross('mips', { id: 'debian' })).toMatchObject({ exitCode: 2, words: [''] });
  });
});
