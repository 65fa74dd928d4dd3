// SPDX-License-Identifier: Apache-2.0
import { chmod, cp, mkdir, mkdtemp, open, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultLsm } from '../../boot/cmdline.js';
import { restoredMark } from '../../boot/console.js';
import { cacheFolder } from '../../kernels/index.js';
import { timeless } from './timeless.js';
import { type Finished, kernelOf, matrix, reportOf, temporaryOut, textOf, variant } from './matrix.js';

/**
 * A cache of its own with the kernels of the user's. Whatever is done to a snapshot, the verdict is the one of a cold
 * boot, and the run reports once what became of it.
 */
let home: string;
let snapshots: string;
let tools: string;
const env = (): Record<string, string> => ({ XDG_CACHE_HOME: home });
const load = ['--kernel', '6.12', '--only', 'load', '--object', variant('healthy'), '--accel', 'tcg'];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'snapshots-test-'));
  tools = join(home, 'tools');
  snapshots = join(home, 'bpf-matrix/snapshots');
  await mkdir(tools);
  await mkdir(join(home, 'bpf-matrix'));
  await symlink(join(cacheFolder(), 'kernels'), join(home, 'bpf-matrix/kernels'));
});
afterAll(() => rm(home, { recursive: true }));

const keys = (): Promise<string[]> => readdir(snapshots).catch(() => []);
const onlyKey = async (): Promise<string> => {
  const [key, ...others] = await keys();
  if (key === undefined || others.length > 0) throw new Error(`not one snapshot: ${[key, ...others].join(', ')}`);
  return join(snapshots, key);
};

async function startOf(run: Finished, id = '6.12'): Promise<string> {
  const kernel = kernelOf(await reportOf(run), id);
  if (kernel.status !== 'ran') throw new Error(JSON.stringify(kernel));
  return kernel.boot.start;
}

/** Notices that a run gave, but for the one about a run that only loads. */
const noticesOf = async (run: Finished): Promise<readonly string[]> =>
  (await reportOf(run)).notices.filter((text) => text.includes('snapshot'));

async function script(name: string, lines: string): Promise<string> {
  const path = join(tools, name);
  await writeFile(path, `#!/bin/bash\n${lines}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('a second run', () => {
  it('restores what the first one froze, says so, and comes to the same', async () => {
    const cold = await matrix(load, env());
    expect([cold.exitCode, await startOf(cold), await noticesOf(cold)]).toEqual([0, 'cold', []]);
    const warm = await matrix(load, env());
    expect([warm.exitCode, await startOf(warm), await noticesOf(warm)]).toEqual([0, 'restored', []]);
    expect(timeless(await reportOf(warm))).toEqual(timeless(await reportOf(cold)));
    expect(warm.stdout).toMatch(/tcg \d+\.\d s restored/);
    expect(await textOf(warm, 'junit.xml')).toContain('name="boot.start" value="restored"');
    expect(await textOf(warm, 'summary.md')).toMatch(/tcg \d+\.\d s restored/);
  });

  it('shows the console of the boot, then its own', async () => {
    const log = await textOf(await matrix(load, env()), 'logs/6.12/console.log');
    expect(log.match(/Linux version 6/g)).toHaveLength(1);
    expect(log.indexOf(restoredMark)).toBeGreaterThan(log.indexOf('Linux version 6'));
  });

  it('boots with --cold, and neither takes nor leaves a snapshot', async () => {
    const before = await keys();
    const run = await matrix([...load, '--cold'], env());
    expect([run.exitCode, await startOf(run)]).toEqual([0, 'cold']);
    await matrix([...load, '--cold', '--append', 'quiet'], env());
    expect(await keys()).toEqual(before);
  });

  it('of another machine boots: another memory, another command line', async () => {
    for (const other of [
      ['--memory', '320'],
      ['--append', 'quiet'],
    ]) {
      expect(await startOf(await matrix([...load, ...other], { ...env(), BPF_MATRIX_SNAPSHOT_MIB: '0' }))).toBe('cold');
    }
  });

  // Two runs of four machines each, and two that leave the snapshots for the second.
  it('proves the same of an agent, with the BPF LSM and without', async () => {
    const prove = ['--kernel', '6.12', '--only', 'signal', '--accel', 'tcg'];
    const cold = await matrix([...prove, '--cold'], env());
    await matrix(load, env());
    await matrix([...load, '--lsm', defaultLsm.filter((name) => name !== 'bpf').join()], env());
    const warm = await matrix(prove, env());
    const kernel = kernelOf(await reportOf(warm), '6.12');
    if (kernel.status !== 'ran') throw new Error(JSON.stringify(kernel));
    expect(kernel.scenarios.map(({ environment, start }) => `${environment} ${start ?? ''}`)).toEqual([
      'lsm restored',
      'lsm-override restored',
      'no-lsm restored',
    ]);
    expect(cold.exitCode).toBe(0);
    expect(timeless(await reportOf(warm))).toEqual(timeless(await reportOf(cold)));
  }, 400_000);
});

/** The one snapshot of `load`, as it was made, and no other. */
async function soundSnapshot(): Promise<void> {
  await rm(snapshots, { recursive: true, force: true });
  await cp(join(home, 'sound'), snapshots, { recursive: true }).catch(async () => {
    await matrix(load, env());
    await cp(snapshots, join(home, 'sound'), { recursive: true });
  });
}

describe('a snapshot that is', () => {
  beforeEach(soundSnapshot);

  async function flip(at: number): Promise<void> {
    const file = await open(join(await onlyKey(), 'memory'), 'r+');
    const { size } = await file.stat();
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, Math.floor(size * at));
    byte.writeUInt8(byte.readUInt8() ^ 4);
    await file.write(byte, 0, 1, Math.floor(size * at));
    await file.close();
  }

  it.each<[string, () => Promise<void>]>([
    ['cut in half', async () => truncate(join(await onlyKey(), 'memory'), 40_000_000)],
    ['empty', async () => truncate(join(await onlyKey(), 'memory'), 0)],
    ['other by one bit in the middle', () => flip(0.5)],
    ['other by one bit at its end', () => flip(0.999)],
    ['not what it says it is', async () => writeFile(join(await onlyKey(), 'about.json'), '{}')],
    ['without its memory', async () => rm(join(await onlyKey(), 'memory'))],
  ])('%s: a cold boot, the same verdict, one notice, and a sound one afterwards', async (_, damage) => {
    await damage();
    const run = await matrix(load, env());
    expect([run.exitCode, run.stderr, await startOf(run)]).toEqual([0, '', 'cold']);
    expect(await noticesOf(run)).toEqual([expect.stringMatching(/^6\.12: a snapshot is dropped/)]);
    expect(await startOf(await matrix(load, env()))).toBe('restored');
  });

  it('refused by QEMU, or whose QEMU is killed while it restores: the same', async () => {
    /** The same QEMU by its path, so that it finds what it froze itself, with another fate where it restores. */
    const own = async (fate: string): Promise<Finished> => {
      const qemu = await script('qemu', `case "$*" in *-incoming*) ${fate};; esac; exec qemu-system-x86_64 "$@"`);
      return matrix(load, { ...env(), BPF_MATRIX_QEMU: qemu });
    };
    expect(await startOf(await own(':'))).toBe('cold');
    for (const [fate, reason] of [
      ['echo "load of migration failed" >&2; exit 1', 'load of migration failed'],
      ['sleep 0.1; kill -9 $$', 'SIGKILL'],
    ] as const) {
      const run = await own(fate);
      expect([run.exitCode, run.stderr, await startOf(run)]).toEqual([0, '', 'cold']);
      expect(await noticesOf(run)).toEqual([expect.stringContaining(reason)]);
    }
  });
});

describe('a snapshot that cannot be made', () => {
  beforeEach(() => rm(snapshots, { recursive: true, force: true }));

  /** The same QEMU, to which something is done as soon as it sends its memory. */
  const met = (fate: string): Promise<string> => {
    const begun = `set -- "${snapshots}"/.tmp-*/entry/memory; [ -s "$1" ]`;
    const watch = `( until ${begun}; do sleep 0.01; done; ${fate} $$ ) </dev/null >/dev/null 2>&1 3>&- 4>&- &`;
    return script('qemu', `case "$*" in *chardev=qmp*) ${watch} esac; exec qemu-system-x86_64 "$@"`);
  };

  it('because QEMU is killed meanwhile: the run goes on, with one notice and nothing left behind', async () => {
    const run = await matrix(load, { ...env(), BPF_MATRIX_QEMU: await met('kill -9') });
    expect([run.exitCode, run.stderr, await startOf(run)]).toEqual([0, '', 'cold']);
    expect(await noticesOf(run)).toEqual([expect.stringMatching(/^6\.12: no snapshot is kept.*SIGKILL/)]);
    expect(await readdir(snapshots)).toEqual([]);
  });

  it.each([
    ['there is no room for it', 0.3],
    ['the last bytes find no room', 0.99],
  ])('because %s: the same', async (_, part) => {
    await soundSnapshot();
    const { size } = await stat(join(await onlyKey(), 'memory'));
    await rm(snapshots, { recursive: true });
    const out = await temporaryOut();
    const args = [`--fsize=${Math.floor(size * part)}`, 'node', 'dist/harness/cli/main.js', ...load, '--out', out];
    const { exitCode, stderr } = await execa('prlimit', args, { reject: false, env: env() });
    const run = { exitCode, stdout: '', stderr, out, peakMiB: 0 };
    expect([run.exitCode, run.stderr, await startOf(run)]).toEqual([0, '', 'cold']);
    expect(await noticesOf(run)).toEqual([expect.stringMatching(/^6\.12: no snapshot is kept.*EFBIG/)]);
    expect(await readdir(snapshots)).toEqual([]);
  });

  it('because the run is interrupted: exit 130, and nothing is left behind', async () => {
    const out = await temporaryOut();
    const child = execa('node', ['dist/harness/cli/main.js', ...load, '--out', out], {
      reject: false,
      env: { ...env(), BPF_MATRIX_QEMU: await met('kill -STOP') },
    });
    const half = async (): Promise<boolean> => {
      const names = await readdir(snapshots, { recursive: true }).catch(() => []);
      const memory = names.find((name) => name.endsWith('entry/memory'));
      return memory !== undefined && (await stat(join(snapshots, memory))).size > 0;
    };
    while (!(await half())) await sleep(50);
    child.kill('SIGINT');
    expect((await child).exitCode).toBe(130);
    expect(await readdir(snapshots)).toEqual([]);
    expect(await readdir(join(home, 'bpf-matrix/runs'))).toEqual([]);
  });

  it('because all together may take less: the same', async () => {
    const run = await matrix(load, { ...env(), BPF_MATRIX_SNAPSHOT_MIB: '10' });
    expect(run.exitCode).toBe(0);
    expect(await noticesOf(run)).toEqual([expect.stringContaining('all of them may take 10 MiB')]);
    expect(await keys()).toEqual([]);
  });
});

describe('a restored guest', () => {
  it('has the time of the host, and random numbers of its own', async () => {
    const draw = ['command', '-k', '6.12', '--accel', 'tcg', '--', '/bin/cat', '/proc/sys/kernel/random/uuid'];
    await soundSnapshot();
    const drawn = [await matrix(draw, env()), await matrix(draw, env())];
    expect(await Promise.all(drawn.map((run) => startOf(run)))).toEqual(['restored', 'restored']);
    const [first, second] = await Promise.all(drawn.map((run) => textOf(run, 'logs/6.12/command.stdout')));
    expect(first).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(second).not.toBe(first);
    const dated = await matrix(['command', '-k', '6.12', '--accel', 'tcg', '--', '/bin/date', '+%s'], env());
    const seconds = Number(await textOf(dated, 'logs/6.12/command.stdout'));
    expect(await startOf(dated)).toBe('restored');
    expect(Math.abs(Date.now() / 1000 - seconds)).toBeLessThan(120);
  });
});
