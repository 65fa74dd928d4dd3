// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conduct, type Plan, type Task, withoutAgent } from '../../../cli/run-command.js';
import type { CommonFlags } from '../../../cli/common-flags.js';
import type { CliContext } from '../../../cli/context.js';
import { InterruptedError, UsageError } from '../../../model/errors.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { RunReport } from '../../../model/report.js';
import type { Reporter } from '../../../report/reporter.js';
import { readRunJson } from '../../../results/run-json.js';
import type { KernelWork } from '../../../run/matrix.js';
import { whole } from '../../fixtures/compare.js';
import { allPass } from '../../fixtures/reports.js';
import { ranKernel } from '../../fixtures/report-parts.js';
import { FakeHost } from '../run/fixture/host.js';

let host: FakeHost;
let stdout: string;
let stderr: string;
beforeEach(async () => {
  host = await FakeHost.open();
  stdout = '';
  stderr = '';
  // A configuration of its own: that of the working folder is none of this test's business.
  await writeFile(host.at('config.json'), '{}');
});
afterEach(() => host.close());

const out = (): string => host.at('reports/latest');

function sink(take: (text: string) => void): NodeJS.WriteStream {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk.toString());
      done();
    },
  });
  return Object.assign(stream, { isTTY: false }) as unknown as NodeJS.WriteStream;
}

const passes: KernelWork = ({ identity }) => Promise.resolve(ranKernel(identity.id, '6.1.0-test', [whole('aegis')]));

function start(task: Partial<Task> | Plan = {}, more: Partial<CommonFlags> = {}): Promise<ExitCode> {
  const flags: CommonFlags = {
    kernelImage: [`mine=${host.at('image')}`],
    accel: 'tcg',
    backend: 'qemu',
    out: out(),
    memory: '256',
    cold: true,
    config: host.at('config.json'),
    ...more,
  };
  const around: CliContext = {
    env: { BPF_MATRIX_QEMU: host.at('qemu'), XDG_CACHE_HOME: host.at('xdg') },
    stdout: sink((text) => (stdout += text)),
    stderr: sink((text) => (stderr += text)),
    signal: host.abort.signal,
    tool: { name: 'bpf-matrix', version: '0' },
  };
  const whole: Task = {
    ...withoutAgent,
    objects: [],
    notices: [],
    timeout: 10_000,
    withoutCapabilities: [],
    work: passes,
  };
  const plan: Plan = typeof task === 'function' ? task : () => Promise.resolve({ ...whole, ...task });
  return conduct(flags, around, plan);
}

/** A way to tell that writes nothing and says `the end`, but for what a test is about. */
const quietly = (more: Partial<NonNullable<Task['telling']>> = {}): NonNullable<Task['telling']> => ({
  files: [],
  summary: () => ['the end'],
  json: () => '{}\n',
  exitCode: (report) => report.exitCode,
  ...more,
});

const throwing = (name: string, parts: Partial<Reporter> = {}): Reporter => ({
  name,
  onEnd: () => {
    throw new Error('no more paper');
  },
  ...parts,
});

async function oldReport(): Promise<void> {
  await mkdir(out(), { recursive: true });
  await writeFile(join(out(), 'run.json'), JSON.stringify(allPass()));
}

const codesOf = (report: RunReport): unknown[] =>
  report.findings.map(({ verdict }) => ('cause' in verdict ? verdict.cause : verdict.kind));

/** Of the reports folder: what a run left there, hidden siblings included. */
const left = (): Promise<string[]> => readdir(host.at('reports')).catch(() => []);

describe('a run that comes to its end', () => {
  it('has a report in place, in all its forms, and the exit code of what it found', async () => {
    expect(await start()).toBe(0);
    expect(await left()).toEqual(['latest']);
    expect(await readdir(out())).toEqual(expect.arrayContaining(['junit.xml', 'run.json', 'summary.md']));
    expect(await readRunJson(join(out(), 'run.json'))).toMatchObject({ exitCode: 0, kernels: [{ id: 'mine' }] });
    expect(stdout).toContain('PASS: exit 0');
    expect(stderr).toBe('');
  });

  it('replaces the report that was there, as a whole', async () => {
    await oldReport();
    await writeFile(join(out(), 'left-behind'), '');
    await start();
    expect(await readdir(out())).not.toContain('left-behind');
    expect(await left()).toEqual(['latest']);
  });

  it.each<[string, KernelWork, ExitCode]>([
    [
      'fails',
      async (...args) => ({
        ...((await passes(...args)) as ReturnType<typeof ranKernel>),
        verdict: { kind: 'fail', stage: 'load', code: 'LOAD_FAILED' },
      }),
      1,
    ],
    [
      'is infrastructure',
      async (...args) => ({
        ...((await passes(...args)) as ReturnType<typeof ranKernel>),
        verdict: { kind: 'infra', cause: 'KERNEL_PANIC' },
      }),
      3,
    ],
  ])('and %s says so by its exit code, with the report in place', async (_, work, code) => {
    expect(await start({ work, telling: quietly() })).toBe(code);
    expect(await readRunJson(join(out(), 'run.json'))).toMatchObject({ exitCode: code });
  });

  it('is told in the words of its command, and judged by its rule', async () => {
    const files: Reporter[] = [{ name: 'own', onEnd: (_, folder) => writeFile(join(folder, 'own.txt'), 'mine') }];
    const telling = quietly({ files, exitCode: () => 1 });
    expect(await start({ telling })).toBe(1);
    expect(stdout).toContain('the end');
    expect(await readdir(out())).toEqual(expect.arrayContaining(['own.txt', 'run.json']));
    expect(await readdir(out())).not.toContain('junit.xml');
  });

  it('prints --json alone on stdout, and everything for people on stderr', async () => {
    await start({ telling: quietly({ json: () => '{"answer":42}\n' }) }, { json: true });
    expect(stdout).toBe('{"answer":42}\n');
    expect(stderr).toContain('the end');
  });

  it('may have been a search, which chooses its kernels itself', async () => {
    let asked: unknown;
    const search: Task['search'] = (options) => {
      asked = 'kernels' in options ? options.kernels : null;
      return Promise.resolve({ ...allPass(), exitCode: 0 });
    };
    expect(await start({ search, telling: quietly() }, { kernelImage: ['mine=/nowhere'] })).toBe(0);
    expect(asked).toEqual([]);
  });
});

describe('a reporter that throws', () => {
  it('fails a green run, the other files and run.json being there', async () => {
    const fine: Reporter = { name: 'fine', onEnd: (_, folder) => writeFile(join(folder, 'fine.txt'), '') };
    expect(await start({ telling: quietly({ files: [throwing('junit'), fine] }) })).toBe(3);
    const report = await readRunJson(join(out(), 'run.json'));
    expect(report).toMatchObject({
      exitCode: 3,
      findings: [{ message: 'reporter junit: while writing the report: no more paper' }],
    });
    expect(codesOf(report)).toEqual(['REPORTER']);
    expect(await readdir(out())).toContain('fine.txt');
  });

  it('in its last word fails it too, though run.json was green by then', async () => {
    const summary = (): never => {
      throw new Error('no more ink');
    };
    expect(await start({ telling: quietly({ summary }) })).toBe(3);
    expect(await readRunJson(join(out(), 'run.json'))).toMatchObject({ exitCode: 0, findings: [] });
  });

  it('does not hide a failure behind its own', async () => {
    const work: KernelWork = async (...args) => ({
      ...((await passes(...args)) as ReturnType<typeof ranKernel>),
      verdict: { kind: 'fail', stage: 'load', code: 'LOAD_FAILED' },
    });
    expect(await start({ work, telling: quietly({ files: [throwing('junit')] }) })).toBe(1);
  });
});

describe('a run that does not come to its end', () => {
  it.each<[string, () => Promise<unknown>, object]>([
    ['a command line that means nothing', () => start({}, { jobs: 'many' }), { exitCode: 2 }],
    ['a kernel file that is none', () => start({}, { kernelImage: ['mine=/etc/passwd'] }), { exitCode: 2 }],
    ['a plan that refuses', () => start(() => Promise.reject(new UsageError({ message: 'no' }))), { exitCode: 2 }],
    ['a configuration with a typo', () => start({}, { config: host.at('image') }), { exitCode: 2 }],
    ['no QEMU', () => rm(host.at('qemu')).then(() => start()), { exitCode: 3 }],
    ['a bug', () => start({ work: () => Promise.reject(new TypeError('a bug')) }), { message: 'a bug' }],
  ])('for %s throws, and leaves the old report and nothing else', async (_, broken, error) => {
    await oldReport();
    const before = await readFile(join(out(), 'run.json'), 'utf8');
    await expect(broken()).rejects.toMatchObject(error);
    expect(await left()).toEqual(['latest']);
    expect(await readFile(join(out(), 'run.json'), 'utf8')).toBe(before);
  });

  it('for an interrupt throws its reason, with no report where none was', async () => {
    const reason = new InterruptedError('SIGINT');
    const work: KernelWork = () => {
      host.abort.abort(reason);
      return Promise.reject(reason);
    };
    await expect(start({ work })).rejects.toBe(reason);
    expect(await left()).toEqual([]);
  });

  it('for a full disk says so, with the folder', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    await expect(start({ work: () => Promise.reject(full) })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(out()) as string,
    });
    expect(await left()).toEqual([]);
  });

  it('gives the terminal back all the same', async () => {
    // Said before the end came: a reporter that was closed has nothing more to say.
    const work: KernelWork = (_kernel, _accel, { emit }) => {
      emit({ type: 'notice', text: 'one last thing' });
      return Promise.reject(new TypeError('a bug'));
    };
    await expect(start({ work })).rejects.toThrow('a bug');
    expect(stdout).toContain('one last thing');
    expect(stdout).not.toContain('PASS');
  });
});
