// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildCheck, clangCheck, otherBuildCheck, packagesCheck } from '../../../run/doctor/build.js';
import { diskCheck, nodeCheck, systemCheck } from '../../../run/doctor/host.js';
import { kvmCheck, qemuCheck, vngCheck } from '../../../run/doctor/machine.js';
import { hostTarget, targetNamed, targetNames } from '../../../target.js';

const { signal } = new AbortController();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

async function script(name: string, text: string): Promise<string> {
  await writeFile(at(name), `#!/bin/sh\n${text}\n`);
  await chmod(at(name), 0o755);
  return at(name);
}

describe('node', () => {
  it.each([
    ['v20.18.3', 'missing'],
    ['v20.19.0', 'ok'],
    ['v22.1.0', 'ok'],
    ['v18.20.0', 'missing'],
    ['v25.0.0', 'slow'],
  ])('%s is %s for >=20.19 <25', (version, state) => {
    const check = nodeCheck(version, '>=20.19 <25');
    expect(check).toMatchObject({ state, detail: expect.stringContaining(version) as string });
    expect(check.next === null).toBe(state === 'ok');
  });
});

describe('the host', () => {
  it('is named by its distribution', async () => {
    await writeFile(at('os-release'), 'NAME=x\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
    const check = await systemCheck(at('os-release'));
    expect(check.detail).toMatch(new RegExp(`^Debian GNU/Linux 12 \\(bookworm\\), ${arch()}, \\d+ processors$`));
    expect(check.state).toBe(arch() === hostTarget.node ? 'ok' : 'slow');
    expect((await systemCheck(at('none'))).detail).toContain('an unknown distribution');
  });

  it('has the disk of the nearest folder that is there, and nothing is made', async () => {
    const check = await diskCheck('cache', at('not/there/yet'), 'XDG_CACHE_HOME');
    expect(check.detail).toMatch(/GiB free for .*not\/there\/yet$/);
    expect(await diskCheck('cache', '/proc/self', 'XDG_CACHE_HOME')).toMatchObject({ state: 'missing' });
  });
});

describe('machines', () => {
  it('need a QEMU, and say what to install', async () => {
    const check = await qemuCheck({ target: hostTarget, signal, qemu: at('no-qemu') });
    expect(check).toMatchObject({ state: 'missing', examined: null });
    expect(check.next).toContain(`apt-get install ${hostTarget.qemu.package}`);
    const qemu = await script('qemu', 'echo QEMU emulator version 7.2.1');
    expect(await qemuCheck({ target: hostTarget, signal, qemu })).toMatchObject({
      state: 'ok',
      detail: '7.2.1, in its sandbox',
      next: null,
    });
    const old = await script('qemu', 'case $* in *-sandbox*) exit 1;; esac; echo QEMU emulator version 7.2.1');
    expect(await qemuCheck({ target: hostTarget, signal, qemu: old })).toMatchObject({
      state: 'ok',
      detail: expect.stringContaining('-sandbox') as string,
    });
  });

  it('of another architecture need another QEMU, which is named', async () => {
    const target = targetNamed(targetNames.find((name) => name !== hostTarget.name)!)!;
    const check = await qemuCheck({ target, signal, qemu: at('no-qemu') });
    expect(check).toMatchObject({ name: `qemu, ${target.name}`, state: 'missing' });
    expect(check.next).toContain(`apt-get install ${target.qemu.package}`);
  });

  it('are not said to have KVM before a kernel has proved it', async () => {
    expect(
      await kvmCheck(null, { qemuVersion: '7.2.1', sandbox: true }, { cache: '/nowhere', signal, qemu: 'qemu' }),
    ).toMatchObject({
      state: 'slow',
    });
    expect(await kvmCheck(null, null, { cache: '/nowhere', signal, qemu: 'qemu' })).toMatchObject({
      detail: expect.stringContaining('not proved') as string,
    });
  });

  it('can do without virtme-ng', async () => {
    const check = await vngCheck({ signal, vng: at('no-vng') });
    expect(check).toMatchObject({ state: 'ok', next: null });
    expect(check.detail).toMatch(/^there is no .*; only --backend virtme-ng needs it$/);
  });
});

describe('what is built', () => {
  const state = () => ({ root: folder, folder: at('build'), libbpf: '1.7.0', command: 'npm run matrix' });
  const build = async (): Promise<void> => {
    await mkdir(at('bpf'));
    await writeFile(at('bpf/libbpf.pin'), '# pins\n1.7.0 abc\n1.5.0 def\n');
    for (const name of ['guest/init', 'probe/attempt', 'probe/oracle', 'agent/aegis-agent', 'aegis.bpf.o']) {
      await mkdir(join(at('build'), name, '..'), { recursive: true });
      await writeFile(join(at('build'), name), '');
    }
  };

  it('for guests of another architecture is made where it is asked for by name', async () => {
    const target = targetNamed('arm64')!;
    const missing = await otherBuildCheck(target, at('build/arm64'));
    expect(missing).toMatchObject({ name: 'build, arm64', state: 'missing' });
    expect(missing.next).toContain('scripts/bootstrap arm64');
    for (const name of ['guest/init', 'probe/attempt', 'probe/oracle', 'agent/aegis-agent', 'aegis.bpf.o', 'loader']) {
      await mkdir(join(at('build/arm64'), name, '..'), { recursive: true });
      await writeFile(join(at('build/arm64'), name), '');
    }
    expect(await otherBuildCheck(target, at('build/arm64'))).toMatchObject({ state: 'ok', next: null });
  });

  it('is made by the next run in a checkout, and missing where there is none', async () => {
    const next = expect.stringContaining('npm run matrix') as string;
    expect(await buildCheck(state())).toMatchObject({ state: 'missing', next });
    await mkdir(at('scripts'), { recursive: true });
    await script('scripts/bootstrap', 'exit 0');
    expect(await buildCheck(state())).toMatchObject({ state: 'slow', next });
  });

  it('is there, and of the libbpf that is pinned', async () => {
    await build();
    expect(await buildCheck(state())).toMatchObject({ state: 'ok', next: null });
    const other = await buildCheck({ ...state(), libbpf: '1.5.0' });
    expect(other).toMatchObject({
      state: 'slow',
      detail: expect.stringContaining('with libbpf 1.5.0; 1.7.0 is pinned') as string,
    });
  });

  it('needs a compiler only as long as it is not', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      expect(await clangCheck(false, signal)).toMatchObject({ state: 'missing' });
      expect(await clangCheck(true, signal)).toMatchObject({ state: 'ok' });
      await script('clang-19', 'echo "Debian clang version 19.1.7 (3~deb12u1)"');
      expect(await clangCheck(false, signal)).toMatchObject({ state: 'ok', detail: '19.1.7' });
    } finally {
      process.env['PATH'] = before;
    }
  });
});

describe('packages', () => {
  it('are what bootstrap says, which is asked and does nothing', async () => {
    expect(await packagesCheck(folder, signal)).toBeNull();
    await mkdir(at('scripts'));
    await script('scripts/bootstrap', `[ "$*" = missing ] || exit 9`);
    expect(await packagesCheck(folder, signal)).toMatchObject({ state: 'ok' });
    await script('scripts/bootstrap', 'echo zstd clang-19');
    expect(await packagesCheck(folder, signal)).toMatchObject({
      state: 'missing',
      detail: 'bootstrap would install zstd, clang-19',
      next: 'apt-get install -y --no-install-recommends zstd clang-19',
    });
    await script('scripts/bootstrap', 'echo bootstrap: error: Node.js v18 is too old >&2; exit 3');
    expect(await packagesCheck(folder, signal)).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('too old') as string,
    });
  });
});
