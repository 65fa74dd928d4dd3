// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../kernels/index.js';
import type { RanKernel } from '../../model/report.js';
import { timeless } from './timeless.js';
import { type Finished, kernelOf, matrix, reportOf, textOf } from './matrix.js';

/** A cache of its own with the kernels of the user's. */
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'reuse-test-'));
  await mkdir(join(home, 'bpf-matrix'));
  await symlink(join(cacheFolder(), 'kernels'), join(home, 'bpf-matrix/kernels'));
});
afterAll(() => rm(home, { recursive: true }));

const prove = ['--kernel', '6.12', '--only', 'exec', '--accel', 'tcg'];
const run = (...more: readonly string[]): Promise<Finished> =>
  matrix([...prove, ...more], { XDG_CACHE_HOME: home, BPF_MATRIX_FRESH: '0' });

async function ranOf(finished: Finished): Promise<RanKernel> {
  const kernel = kernelOf(await reportOf(finished), '6.12');
  if (kernel.status !== 'ran') throw new Error(JSON.stringify(kernel));
  return kernel;
}

/** How many sessions are of an earlier run, `3 of 4`. */
async function reusedIn(finished: Finished): Promise<string> {
  const { reused } = await ranOf(finished);
  return reused === undefined ? 'none' : `${reused.sessions} of ${reused.of}`;
}

/** What it came to, without what says that it was reused. */
async function answersOf(finished: Finished): Promise<unknown> {
  return timeless({ ...(await ranOf(finished)), reused: undefined });
}

const proofs = (): string => join(home, 'bpf-matrix/proofs');
const isReused = async (finished: Finished): Promise<boolean> =>
  (await textOf(finished, 'logs/6.12/console.log')).startsWith('--- reused: ');

describe('the same run once more', () => {
  let first: Finished;
  let second: Finished;
  beforeAll(async () => {
    first = await run();
    second = await run();
  });

  it('starts no machine, comes to the same, and has every file of the first', async () => {
    expect([first.exitCode, await reusedIn(first), await isReused(first)]).toEqual([0, 'none', false]);
    const sessions = (await readdir(proofs())).length;
    expect(sessions).toBeGreaterThan(1);
    expect([second.exitCode, await reusedIn(second)]).toEqual([0, `${sessions} of ${sessions}`]);
    expect(await answersOf(second)).toEqual(await answersOf(first));
    const files = async ({ out }: Finished): Promise<readonly string[]> =>
      (await readdir(out, { recursive: true })).sort();
    expect(await files(second)).toEqual(await files(first));
    expect(await isReused(second)).toBe(true);
  });

  it('says so, with its date, in every report', async () => {
    const { reused } = await ranOf(second);
    const said = /sessions reused: they passed since \d{4}-\d\d-\d\d \d\d:\d\d UTC/;
    expect(second.stdout).toMatch(said);
    expect(second.stdout).toMatch(/checks passed \(reused\)/);
    expect(await textOf(second, 'summary.md')).toMatch(said);
    expect(await textOf(second, 'junit.xml')).toContain(
      `value="${reused?.sessions} of ${reused?.of}, since ${reused?.since}"`,
    );
    expect(await textOf(second, 'report.html')).toMatch(said);
    expect(first.stdout).not.toContain('reused');
    expect(await textOf(first, 'junit.xml')).not.toContain('sessions.reused');
  });

  it.each([[['--fresh']], [['--cold']], [['--repeat', '2']]])('with %s asks anew', async (more) => {
    const anew = await run(...more);
    expect([anew.exitCode, await reusedIn(anew), await isReused(anew)]).toEqual([0, 'none', false]);
  });
});

describe('one class of two', () => {
  it('asked anew alone comes to what both came to together, in every check and its order', async () => {
    const both = ['--only', 'exec,ptrace'];
    const whole = await run(...both);
    const part = await run(...both, '--fresh', 'ptrace');
    const { reused } = await ranOf(part);
    expect([whole.exitCode, part.exitCode, reused?.inPart]).toEqual([0, 0, { sessions: 1, anew: ['ptrace'] }]);
    const checksOf = async (finished: Finished) =>
      (await ranOf(finished)).scenarios.flatMap(({ environment, checks }) =>
        checks.map((one) => [environment, one.class, one.scenario, one.check, one.attempt, one.outcome.kind]),
      );
    const [before, after] = [await checksOf(whole), await checksOf(part)];
    expect(after.filter(([, name]) => name === 'ptrace').length).toBeGreaterThan(20);
    expect(after).toEqual(before);
    expect(part.stdout).toContain('reused in part: attempts of ptrace were made anew');
    const console = await textOf(part, 'logs/6.12/lsm.console.log');
    expect(console).not.toMatch(/^--- reused: /);
    // The agent had the policy of both.
    const policy = 'logs/6.12/lsm/enforce/policy';
    expect(await textOf(part, policy)).toBe(await textOf(whole, policy));
    expect(await textOf(part, policy)).toContain('[deny_exec]');
  });
});

describe('never a verdict that a fresh run would not give', () => {
  it('an object that leaks is asked anew, fails, and fails again', async () => {
    const leaks = ['--object', 'build/selftest/hook_returns_zero.bpf.o'];
    for (const failed of [await run('--only', 'file', ...leaks), await run('--only', 'file', ...leaks)]) {
      expect(failed.exitCode).toBe(1);
      const { scenarios } = await ranOf(failed);
      expect(scenarios.find(({ environment }) => environment === 'lsm')?.bootMs).toBeGreaterThan(0);
      expect(await textOf(failed, 'logs/6.12/lsm.console.log')).not.toMatch(/^--- reused: /);
    }
  });

  it('what was changed on the disk is dropped, said, and asked anew', async () => {
    await run();
    const keys = await readdir(proofs());
    for (const key of keys) {
      const path = join(proofs(), key, 'session.json.gz');
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
      await writeFile(path, bytes);
    }
    const anew = await run();
    expect([anew.exitCode, await reusedIn(anew)]).toEqual([0, 'none']);
    const { notices } = await reportOf(anew);
    expect(
      notices.filter((text) => text.includes('what was kept of an earlier run is dropped')).length,
    ).toBeGreaterThan(1);
  });
});

it('cache list names what passed, cache clear --proofs removes it', async () => {
  await run();
  const cache = (...args: readonly string[]): ReturnType<typeof execa> =>
    execa('node', ['dist/harness/cli/main.js', 'cache', ...args], { env: { XDG_CACHE_HOME: home } });
  expect((await cache('list')).stdout).toMatch(/^proof +0\.\d MiB .* 6\.12, load, answered 20/m);
  await cache('clear', '--proofs');
  expect(await readdir(proofs())).toEqual([]);
});
