// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type CommandResult, runProgram } from '../../../proc/run.js';
import { readAction, stepFaults } from '../house/workflow.js';

const text = readFileSync('action.yml', 'utf8');
const described = z.object({ description: z.string().min(1) });
const action = z
  .object({
    name: z.string(),
    description: z.string(),
    inputs: z.record(z.string(), described.extend({ default: z.string() })),
    outputs: z.record(z.string(), described.extend({ value: z.string() })),
    runs: z.object({
      using: z.literal('composite'),
      steps: z.array(
        z.object({
          id: z.string().optional(),
          shell: z.literal('bash').optional(),
          if: z.string().optional(),
          uses: z.string().optional(),
          run: z.string().optional(),
          env: z.record(z.string(), z.string()).default({}),
          with: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  })
  .parse(parse(text));
const { steps } = action.runs;
const scripts = steps.flatMap(({ run }) => run ?? []);

describe('action.yml', () => {
  it('has none of the faults that steps can have, and pins what it uses', () => {
    expect(stepFaults(readAction(text))).toEqual([]);
    const used = text.split('\n').filter((line) => /uses: /.test(line));
    expect(used).toHaveLength(3);
    expect(used.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    // The same commits as the workflow of this repository, which are kept up to date.
    const own = `${readFileSync('.github/workflows/ci.yml', 'utf8')}${readFileSync('.github/actions/machine/action.yml', 'utf8')}`;
    for (const [, pin = ''] of text.matchAll(/@([0-9a-f]{40}) #/g)) expect(own).toContain(pin);
  });

  it('knows no secret, and has an input in no script', () => {
    expect(text).not.toMatch(/secrets\.|github\.token|GITHUB_TOKEN/);
    for (const script of scripts) expect(script).not.toContain('${{');
  });

  it('uses each input, and reads no other; each output is of a step', () => {
    const read = [...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name = '']) => name);
    expect([...new Set(read)].toSorted()).toEqual(Object.keys(action.inputs).toSorted());
    const ids = steps.flatMap(({ id }) => id ?? []);
    for (const { value } of Object.values(action.outputs)) {
      expect(ids).toContain(/^\$\{\{ steps\.(\w+)\.outputs\.[\w-]+ \}\}$/.exec(value)?.[1]);
    }
  });

  it('has scripts that shellcheck has nothing to say of, and a shell for each', () => {
    expect(steps.filter(({ run, shell }) => (run === undefined) !== (shell === undefined))).toEqual([]);
    for (const input of scripts) {
      expect(execFileSync('shellcheck', ['--shell=bash', '--severity=style', '-'], { input }).toString()).toBe('');
    }
  });
});

/** A checkout of the action with its script and a stand-in for the harness, and the workspace of the caller. */
let folder: string;
const at = (...path: string[]): string => join(folder, ...path);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'action-test-'));
  for (const name of ['action/scripts', 'action/kernels', 'action/bpf', 'work', 'temp']) {
    await mkdir(at(name), { recursive: true });
  }
  for (const name of [
    'scripts/action',
    'scripts/annotate',
    'kernels/lock.json',
    'kernels/catalog.json',
    'bpf/libbpf.pin',
  ]) {
    await copyFile(name, at('action', name));
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a stand-in for `scripts/matrix` does: it writes these files of a report folder, and ends with this code. */
interface Matrix {
  readonly code: number;
  readonly files?: readonly string[];
}

interface Ran {
  readonly results: readonly CommandResult[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The command line that the stand-in was given; null where it was not. */
  readonly argv: readonly string[] | null;
}

/** Runs the scripts of action.yml in order as a runner does: expressions filled in, until one fails. */
async function runAction(given: Readonly<Record<string, string>>, matrix: Matrix = { code: 0 }): Promise<Ran> {
  const stub = [
    '#!/bin/bash',
    `printf '%s\\0' "$@" >${at('argv')}`,
    `printf '%s' "\${BPF_MATRIX_RUN-}" >${at('name')}`,
    'for one in "$@"; do [[ $one != --out=* ]] || out=${one#--out=}; done',
    'mkdir -p "$out"',
    ...(matrix.files ?? []).map((name) => `echo "${name} of this run" >"$out/${name}"`),
    `exit ${matrix.code}`,
  ];
  await writeFile(at('action/scripts/matrix'), `${stub.join('\n')}\n`, { mode: 0o755 });
  const inputs = Object.fromEntries(Object.entries(action.inputs).map(([name, one]) => [name, one.default]));
  const outputs = new Map<string, string>();
  const filled = (value: string): string =>
    value
      .replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name: string) => ({ ...inputs, ...given })[name] ?? '')
      .replace(/\$\{\{ steps\.([\w.-]+) \}\}/g, (_, name: string) => outputs.get(name) ?? '');
  const results: CommandResult[] = [];
  await writeFile(at('summary'), '');
  for (const { id, run, env } of steps) {
    // Its rule needs root, and this host may have the device.
    if (run === undefined || run.endsWith(' kvm')) continue;
    await writeFile(at('output'), '');
    const result = await runProgram('bash', ['-e', '-o', 'pipefail', '-c', run], {
      cwd: at('work'),
      env: {
        PATH: process.env['PATH'] ?? '',
        GITHUB_ACTION_PATH: at('action'),
        GITHUB_OUTPUT: at('output'),
        GITHUB_STEP_SUMMARY: at('summary'),
        RUNNER_TEMP: at('temp'),
        GITHUB_RUN_ID: '4711',
        ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)])),
      },
    });
    results.push(result);
    for (const line of (await readFile(at('output'), 'utf8')).split('\n').filter(Boolean)) {
      const split = line.indexOf('=');
      outputs.set(`${id ?? ''}.outputs.${line.slice(0, split)}`, line.slice(split + 1));
    }
    if (result.exitCode !== 0) break;
  }
  return {
    results,
    outputs: Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value)])),
    summary: await readFile(at('summary'), 'utf8'),
    argv: await readFile(at('argv'), 'utf8').then(
      (all) => all.split('\0').slice(0, -1),
      () => null,
    ),
  };
}

const files = [
  'run.json',
  'summary.md',
  'comment.md',
  'findings.sarif',
  'codequality.json',
  'junit.xml',
  'report.html',
];

describe('the steps of action.yml', () => {
  it('run the default matrix, and say where everything is', async () => {
    const { argv, outputs, summary, results } = await runAction({}, { code: 0, files });
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(argv).toEqual(['--out=reports/latest', '--reporter=sarif', '--reporter=codequality', '--reporter=comment']);
    expect(outputs).toEqual({
      'exit-code': '0',
      verdict: 'pass',
      report: 'reports/latest',
      summary: 'reports/latest/summary.md',
      comment: 'reports/latest/comment.md',
      sarif: 'reports/latest/findings.sarif',
      codequality: 'reports/latest/codequality.json',
      junit: 'reports/latest/junit.xml',
      html: 'reports/latest/report.html',
      artifact: 'bpf-matrix-report',
    });
    expect(summary).toBe('summary.md of this run\n');
  });

  it.each([
    [1, 'fail'],
    [2, 'usage'],
    [3, 'incomplete'],
    [130, 'broken'],
  ])('end with %d as the run does, which is %s', async (code, verdict) => {
    const { outputs, results } = await runAction({}, { code, files });
    expect(results.at(-1)?.exitCode).toBe(code);
    expect(outputs).toMatchObject({ 'exit-code': String(code), verdict, report: 'reports/latest' });
  });

  it('hand over each input as one argument, whatever is in it', async () => {
    const hostile = '6.12; touch pwned $(touch pwned) `touch pwned` "x" *';
    const { argv } = await runAction({
      kernels: hostile,
      object: 'a b.bpf.o\n\n-x.bpf.o\r\n',
      config: '--json',
      only: 'load',
      baseline: 'b',
      report: 'out',
      args: '--fresh\n--program=deny_*',
    });
    expect(argv).toEqual([
      `--kernel=${hostile}`,
      '--config=--json',
      '--only=load',
      '--object=a b.bpf.o',
      '--object=-x.bpf.o',
      '--baseline=b',
      '--out=out',
      '--reporter=sarif',
      '--reporter=codequality',
      '--reporter=comment',
      '--fresh',
      '--program=deny_*',
    ]);
    await expect(readFile(at('work/pwned'))).rejects.toThrow(/ENOENT/);
  });

  it('do a shard with an artifact of its own, and merge all of them', async () => {
    const shard = await runAction({ shard: '2/5', kernels: 'all' });
    expect(shard.argv?.slice(0, 2)).toEqual(['--kernel=all', '--shard=2/5']);
    expect(shard.outputs['artifact']).toBe('bpf-matrix-report-2-of-5');
    expect(await readFile(at('name'), 'utf8')).toBe('4711');
    const merged = await runAction({ merge: 'shards/a\n-b' });
    expect(merged.argv).toEqual([
      'merge',
      '--out=reports/latest',
      '--reporter=sarif',
      '--reporter=codequality',
      '--reporter=comment',
      '--',
      'shards/a',
      '-b',
    ]);
  });

  it('annotate nothing and leave the summary alone where that is asked for', async () => {
    const { argv, summary } = await runAction(
      { annotations: 'false', summary: 'false', artifact: '' },
      { code: 1, files },
    );
    expect(argv).toContain(`--reporter=annotations=${at('temp')}/bpf-matrix-annotations.txt`);
    expect(summary).toBe('');
  });

  it('take no report of an earlier step for that of this one', async () => {
    await mkdir(at('work/reports/latest'), { recursive: true });
    for (const name of files) await writeFile(at('work/reports/latest', name), 'old\n');
    const { outputs, summary } = await runAction({}, { code: 2 });
    expect(outputs).toMatchObject({ verdict: 'usage', report: '', comment: '' });
    expect(summary).toBe('**bpf-matrix left no report (exit code 2); the log says why.**\n');
  });

  it.each([
    [{ kernels: '6.1\n::error::x' }, /::error title=bpf-matrix::kernels has more than one line/],
    [{ summary: 'yes' }, /summary takes true or false, not 'yes'/],
    [{ shard: '2 of 5' }, /shard takes 2\/5, not '2 of 5'/],
    [{ report: '' }, /report names no folder/],
    [{ merge: 'a', object: 'x.o' }, /merge takes what the shards were started with/],
    [{ annotations: 'a\n::set-env::%' }, /not 'a%0A::set-env::%25'$/m],
  ])('refuse %j, and boot nothing', async (given, message) => {
    const { results, argv } = await runAction(given);
    expect(results).toHaveLength(1);
    expect(results[0]?.exitCode).toBe(2);
    expect(results[0]?.stdout).toMatch(message);
    expect(argv).toBeNull();
  });

  it('keep kernels by what they are pinned to and by which were asked for', async () => {
    const keys = await Promise.all(['6.1', '6.1', '6.12'].map(keyOf));
    expect(keys[0]).toMatch(/^bpf-matrix-[0-9a-f]{16}-[0-9a-f]{16}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    await writeFile(at('action/kernels/lock.json'), '{}');
    expect((await keyOf('6.1')).slice(0, 27)).not.toBe(keys[0]?.slice(0, 27));
  });
});

let asked = 0;

/** The key of the cache for these kernels. */
async function keyOf(kernels: string): Promise<string> {
  const path = at(`plan-${asked++}`);
  const [plan] = steps;
  const env = Object.fromEntries(Object.keys(plan!.env).map((name) => [name, '']));
  await writeFile(path, '');
  await runProgram(at('action/scripts/action'), ['plan'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...env,
      KERNELS: kernels,
      REPORT: 'r',
      SUMMARY: 'true',
      ANNOTATIONS: 'true',
      GITHUB_OUTPUT: path,
    },
  });
  return /^cache=(.*)$/m.exec(await readFile(path, 'utf8'))?.[1] ?? '';
}
