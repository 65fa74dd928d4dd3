// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandResult, runProgram } from '../../../proc/run.js';

/** A repository with the script alone, and a stand-in for npm that answers in turn. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ci-test-'));
  for (const name of ['scripts', 'bin', 'answers', 'reports/latest'])
    await mkdir(join(folder, name), { recursive: true });
  for (const name of ['scripts/ci', 'scripts/annotate']) await copyFile(name, join(folder, name));
  await writeFile(join(folder, 'scripts/bootstrap'), `#!/bin/sh\necho "$*" >>${folder}/bootstrapped\n`, {
    mode: 0o755,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface NpmAnswer {
  readonly code: number;
  readonly says?: string;
}

interface Ran extends CommandResult {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Command lines of npm. */
  readonly calls: readonly string[];
}

async function ci(args: readonly string[], answers: readonly NpmAnswer[] = []): Promise<Ran> {
  for (const [index, { code, says }] of answers.entries()) {
    await writeFile(join(folder, 'answers', String(index + 1)), `${says ?? ''}${says === undefined ? '' : '\n'}`);
    await writeFile(join(folder, 'answers', `${index + 1}.code`), String(code));
  }
  const [calls, output, summary] = ['calls', 'output', 'summary'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const npm = [
    '#!/bin/sh',
    `echo "$*" >>${calls}`,
    `turn=$(wc -l <${calls})`,
    `cat ${folder}/answers/$turn`,
    `exit "$(cat ${folder}/answers/$turn.code)"`,
  ];
  await writeFile(join(folder, 'bin/npm'), `${npm.join('\n')}\n`, { mode: 0o755 });
  await Promise.all([calls, output, summary].map((path) => writeFile(path, '')));
  const result = await runProgram(join(folder, 'scripts/ci'), args, {
    env: {
      PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      BPF_MATRIX_CI_PAUSE: '0',
    },
  });
  const lines = (await readFile(output, 'utf8')).split('\n').filter(Boolean);
  return {
    ...result,
    outputs: Object.fromEntries(lines.map((line) => line.split('=') as [string, string])),
    summary: await readFile(summary, 'utf8'),
    calls: (await readFile(calls, 'utf8')).split('\n').filter(Boolean),
  };
}

const here = '6.1: ready, 6.1.192-2 (pinned)\n6.12: ready, 6.12.117-1 (pinned)';
const away =
  '6.8: ARCHIVE_UNREACHABLE: no archive with it could be read\n  tried: http://one/ noble: refused\n  next: Set X.';

describe('kernels', () => {
  it('says which there are, and a key of their versions that does not depend on their order', async () => {
    const one = await ci(['kernels', 'default'], [{ code: 0, says: here }]);
    expect(one).toMatchObject({ exitCode: 0, calls: ['run --silent matrix -- kernels fetch default'] });
    expect(one.outputs).toMatchObject({ outcome: 'passed', ready: '6.1,6.12' });
    const turned = here.split('\n').reverse().join('\n');
    const again = await ci(['kernels', 'default'], [{ code: 0, says: turned }]);
    expect(again.outputs['resolved']).toBe(one.outputs['resolved']);
    const other = await ci(['kernels', 'default'], [{ code: 0, says: here.replace('.192', '.193') }]);
    expect(other.outputs['resolved']).not.toBe(one.outputs['resolved']);
  });

  it('sees to it that kernels of rpm packages can be unpacked, where others than the default ones are asked for', async () => {
    await ci(['kernels', 'default'], [{ code: 0, says: here }]);
    expect(existsSync(join(folder, 'bootstrapped'))).toBe(false);
    await ci(['kernels', 'all'], [{ code: 0, says: here }]);
    expect(await readFile(join(folder, 'bootstrapped'), 'utf8')).toBe('rpm\n');
  });

  it('tries once more, and only once', async () => {
    const cured = await ci(
      ['kernels', 'all'],
      [
        { code: 3, says: away },
        { code: 0, says: here },
      ],
    );
    expect([cured.exitCode, cured.calls.length, cured.outputs['outcome']]).toEqual([0, 2, 'passed']);
    const dead = await ci(
      ['kernels', 'all'],
      [{ code: 3, says: away }, { code: 3, says: `${here}\n${away}` }, { code: 0 }],
    );
    expect([dead.exitCode, dead.calls.length]).toEqual([3, 2]);
    expect(dead.outputs).toMatchObject({ outcome: 'outage', ready: '6.1,6.12' });
    expect(dead.summary).toContain('Mirror outage');
    expect(dead.stdout).toContain(
      '::error title=Mirror outage: nothing is said about the product::6.8: ARCHIVE_UNREACHABLE',
    );
  });

  it('calls an archive that answers wrongly no outage', async () => {
    const says = `${away}\n6.17: ARCHIVE_UNTRUSTED: an archive is not signed by a key that is trusted`;
    const { outputs, exitCode } = await ci(
      ['kernels', 'all'],
      [
        { code: 3, says },
        { code: 3, says },
      ],
    );
    expect([outputs['outcome'], outputs['ready'], exitCode]).toEqual(['unavailable', '', 3]);
  });

  it('says all that was said in one line of the log', async () => {
    const says = '6.8: ARCHIVE_UNREACHABLE: http://one/a%0Ab refused\r\n6.17: ARCHIVE_UNREACHABLE: refused';
    const answer = { code: 3, says };
    const { stdout } = await ci(['kernels', 'all'], [answer, answer]);
    const error = stdout.split('\n').find((line) => line.startsWith('::error'));
    expect(error?.slice(error.indexOf('6.8'))).toBe(
      '6.8: ARCHIVE_UNREACHABLE: http://one/a%250Ab refused%0D%0A6.17: ARCHIVE_UNREACHABLE: refused',
    );
  });

  it('does not try a usage error again', async () => {
    const { outputs, exitCode, calls } = await ci(['kernels', '9.9'], [{ code: 2 }]);
    expect([outputs['outcome'], exitCode, calls.length]).toEqual(['broken', 2, 1]);
  });
});

describe('proof', () => {
  it.each([
    [0, 'passed'],
    [1, 'regression'],
    [2, 'usage'],
    [3, 'machine'],
    [130, 'broken'],
  ])('exit code %i is %s, once, and stays', async (code, outcome) => {
    await writeFile(join(folder, 'reports/latest/summary.md'), 'the report\n');
    const ran = await ci(['proof', '--kernel', '6.1', '--cold'], [{ code }, { code: 0 }]);
    expect(ran).toMatchObject({ exitCode: code, calls: ['run --silent matrix -- --kernel 6.1 --cold'] });
    expect(ran.outputs).toEqual({ outcome });
    expect(ran.summary).toContain('the report');
  });

  it('says that there is no report', async () => {
    const ran = await ci(['proof'], [{ code: 1 }]);
    expect(ran.outputs).toEqual({ outcome: 'regression' });
    expect(ran.summary).toContain('left no report');
  });
});

describe('gate', () => {
  it.each([
    ['everything succeeded', 'check=success kernels=success:passed proof=success:passed', 0, 'passed'],
    ['a regression', 'check=success kernels=success:passed proof=failure:regression', 1, 'regression'],
    ['a regression while a mirror is away', 'kernels=failure:outage proof=failure:regression', 1, 'regression'],
    ['a mirror is away', 'check=success kernels=failure:outage proof=success:passed', 1, 'outage'],
    ['every mirror is away', 'kernels=failure:outage proof=skipped: nightly=skipped', 1, 'outage'],
    ['our own tests fail while a mirror is away', 'check=failure kernels=failure:outage proof=skipped:', 1, 'failed'],
    ['a machine broke', 'check=success kernels=success:passed proof=failure:machine', 1, 'failed'],
    ['all were skipped', 'check=skipped kernels=skipped: proof=skipped:', 1, 'failed'],
    ['it was cancelled', 'check=cancelled kernels=success:passed proof=cancelled:', 1, 'failed'],
    ['a result that nobody knows', 'check=', 1, 'failed'],
  ])('%s', async (_, jobs, exitCode, outcome) => {
    const ran = await ci(['gate', ...jobs.split(' ')]);
    expect([ran.exitCode, ran.outputs['outcome']]).toEqual([exitCode, outcome]);
    expect(ran.summary).toContain(`| ${jobs.split('=')[0]!} |`);
  });

  it('without jobs proves nothing', async () => {
    expect((await ci(['gate'])).exitCode).toBe(2);
  });
});

it.each([[[]], [['kernels']], [['other']]])('%j is answered with what there is', async (args: string[]) => {
  const { exitCode, stderr } = await ci(args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('scripts/ci kernels WANTED');
});
