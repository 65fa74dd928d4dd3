// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Conclusion,
  ownConclusion,
  type Plan,
  runCommand,
  type Task,
  withoutAgent,
} from '../../../cli/run-command.js';
import type { CommonFlags } from '../../../cli/common-flags.js';
import type { Sharing } from '../../../cli/sharing.js';
import type { CliContext } from '../../../cli/context.js';
import { InterruptedError, UsageError } from '../../../model/errors.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { RunReport } from '../../../model/report.js';
import type { RunKind } from '../../../report/reporter.js';
import { readRunFrame } from '../../../results/run-frame.js';
import { readRunJson } from '../../../results/run-json.js';
import { readShardBlob } from '../../../results/shard-blob.js';
import { ShardTimes } from '../../../results/shard-times.js';
import type { KernelWork } from '../../../run/matrix.js';
import { comparison, kernelWith, whole as wholeObjectOf } from '../../fixtures/compare.js';
import { allPass } from '../../fixtures/reports.js';
import { resultOf } from '../../fixtures/results.js';
import { FakeHost } from '../run/fixture/host.js';

let host: FakeHost;
let stdout: string;
let stderr: string;
let committed: (readonly [place: string, exitCode: number])[];
beforeEach(async () => {
  host = await FakeHost.open();
  stdout = '';
  stderr = '';
  committed = [];
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

const passes: KernelWork = ({ identity }) => Promise.resolve(resultOf(identity.id));

type RunTask = Partial<Task<'run'>> | Plan<'run'>;

function start(task: RunTask = {}, more: Partial<CommonFlags> = {}): Promise<ExitCode> {
  const plan: Plan<'run'> =
    typeof task === 'function' ? task : () => Promise.resolve({ ...whole, conclusion: ownConclusion, ...task });
  return startPlan(plan, more);
}

/** All of a task but how it is reported. */
const whole = {
  ...withoutAgent,
  objects: [],
  notices: [],
  timeout: 10_000,
  withoutCapabilities: [],
  command: 'run',
  work: passes,
} as const;

function startPlan<K extends RunKind>(plan: Plan<K>, more: Partial<CommonFlags> = {}): Promise<ExitCode> {
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
  const cli: CliContext = {
    env: { BPF_MATRIX_QEMU: host.at('qemu'), XDG_CACHE_HOME: host.at('xdg') },
    stdout: sink((text) => (stdout += text)),
    stderr: sink((text) => (stderr += text)),
    signal: host.abort.signal,
    ending: { committed: (place, exitCode) => committed.push([place, exitCode]) },
    tool: { name: 'bpf-matrix', version: '0' },
    libbpf: '1.7.0',
  };
  return runCommand(flags, cli, plan);
}

/** A run that is reported as a comparison, and fails by its rule. */
function startComparison(more: Partial<CommonFlags> = {}): Promise<ExitCode> {
  const conclusion: Conclusion<'comparison'> = { kind: 'comparison', reportOf: () => compared, exitCode: () => 1 };
  return startPlan(() => Promise.resolve({ ...whole, conclusion }), more);
}

const compared = comparison([kernelWith('mine', wholeObjectOf('old'), wholeObjectOf('new'))]);

/** Passes, and puts a folder where a reporter is about to write its file. */
const passesInTheWay = (place: string, how?: 'fail'): KernelWork => {
  return async ({ identity }) => {
    await mkdir(place);
    return resultOf(identity.id, how);
  };
};

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
    expect(committed).toEqual([[out(), 0]]);
  });

  it('replaces the report that was there, as a whole', async () => {
    await oldReport();
    await writeFile(join(out(), 'left-behind'), '');
    await start();
    expect(await readdir(out())).not.toContain('left-behind');
    expect(await left()).toEqual(['latest']);
  });

  it.each([
    ['fails', 'fail', 1],
    ['is infrastructure', 'infra', 3],
  ] as const)('and %s says so by its exit code, with the report in place', async (_, how, code) => {
    const work: KernelWork = ({ identity }) => Promise.resolve(resultOf(identity.id, how));
    expect(await start({ work })).toBe(code);
    expect(await readRunJson(join(out(), 'run.json'))).toMatchObject({ exitCode: code });
  });

  it('is reported in the way of its command, and judged by its rule', async () => {
    expect(await startComparison()).toBe(1);
    expect(stdout).toContain('every program that loads in old loads in new');
    expect((await readdir(out())).sort()).toEqual(expect.arrayContaining(['compare.json', 'compare.md', 'run.json']));
    expect(await readdir(out())).not.toContain('junit.xml');
  });

  it('prints --json alone on stdout, and everything for people on stderr', async () => {
    await startComparison({ json: true });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(compared)));
    expect(stderr).toContain('every program that loads in old loads in new');
  });

  it('is written where --reporter says, too', async () => {
    expect(await start({}, { reporter: [`junit=${host.at('own.xml')}`, 'markdown=-'] })).toBe(0);
    expect(await readFile(host.at('own.xml'), 'utf8')).toBe(await readFile(join(out(), 'junit.xml'), 'utf8'));
    expect(stdout).toBe(await readFile(join(out(), 'summary.md'), 'utf8'));
    expect(stderr).toContain('PASS: exit 0');
  });

  it('may have been a search, which chooses its kernels itself', async () => {
    let asked: unknown;
    const search: Task<'run'>['search'] = (options) => {
      asked = 'kernels' in options ? options.kernels : null;
      return Promise.resolve({ ...allPass(), exitCode: 0 });
    };
    expect(await start({ search }, { kernelImage: ['mine=/nowhere'] })).toBe(0);
    expect(asked).toEqual([]);
  });
});

describe('a reporter that throws', () => {
  const place = (): string => host.at('in-the-way');

  it('fails a green run, the other files and run.json being there', async () => {
    const work = passesInTheWay(place());
    expect(await start({ work }, { reporter: [`junit=${place()}`, `markdown=${host.at('fine.md')}`] })).toBe(3);
    const report = await readRunJson(join(out(), 'run.json'));
    expect(report.exitCode).toBe(3);
    expect(report.findings[0]?.message).toMatch(/^reporter junit: while writing the report: EISDIR/);
    expect(codesOf(report)).toEqual(['REPORTER']);
    expect(stdout).toContain('reporter junit: while writing the report: EISDIR');
    expect(await readdir(host.at('.'))).toContain('fine.md');
    expect(await readdir(place())).toEqual([]);
  });

  it('when all is written fails it too, and says so, though run.json was green by then', async () => {
    expect(await start({ work: passesInTheWay(place()) }, { reporter: [`json=${place()}`] })).toBe(3);
    expect(await readRunJson(join(out(), 'run.json'))).toMatchObject({ exitCode: 0, findings: [] });
    expect(stderr).toMatch(/^error: reporter json: while writing the report: EISDIR/);
  });

  it('does not hide a failure behind its own', async () => {
    expect(await start({ work: passesInTheWay(place(), 'fail') }, { reporter: [`junit=${place()}`] })).toBe(1);
  });
});

describe('a shard of a run', () => {
  const sharing = (index: number, total: number): Sharing => ({
    choice: { place: { index, total }, from: `--shard ${index}/${total}`, run: null },
    times: new ShardTimes(),
  });
  let asked: string[] = [];
  beforeEach(() => {
    asked = [];
  });
  const work: KernelWork = ({ identity }) => {
    asked.push(identity.id);
    return Promise.resolve(resultOf(identity.id));
  };
  const images = (): Partial<CommonFlags> => ({
    kernelImage: ['one', 'two'].map((id) => `${id}=${host.at('image')}`),
  });

  it('asks its kernels alone, and says in its report that it is a part', async () => {
    expect(await start({ work, sharing: sharing(2, 2) }, images())).toBe(0);
    expect(asked).toEqual(['two']);
    const { kernels, notices } = await readRunJson(join(out(), 'run.json'));
    expect(kernels.map(({ id }) => id)).toEqual(['two']);
    expect(notices[0]).toMatch(/^shard 2\/2 of a run \(--shard 2\/2\): two: load; 8 of 16 s/);
    expect(stdout).toContain('merge makes the reports of the run of 2 shards');
  });

  it('leaves what merge needs: the plan that all shards have, its files, and the conditions of the whole run', async () => {
    const expectations = { scope: 'whole', entries: [] } as const;
    await start({ work, sharing: sharing(1, 2), expectations }, images());
    const blob = await readShardBlob(out());
    expect(blob).toMatchObject({ index: 1, plan: { total: 2, kernels: ['one', 'two'] } });
    expect(blob?.plan.units.map(({ kernel, shard }) => [kernel, shard])).toEqual([
      ['one', 1],
      ['two', 2],
    ]);
    expect(blob?.files.map(({ path }) => path)).toEqual(['evidence/one.jsonl.gz', 'evidence/run.json']);
    const frame = await readRunFrame(out());
    expect(frame).toMatchObject({ kernels: ['one'], notices: [], expectations });
    const first = blob?.plan;
    await start({ work, sharing: sharing(2, 2), expectations }, images());
    expect((await readShardBlob(out()))?.plan).toEqual(first);
    await start({ work, sharing: sharing(2, 2), expectations }, { ...images(), memory: '300' });
    expect((await readShardBlob(out()))?.plan.asked).toMatchObject({ '--memory': '300' });
  });

  it('that has nothing to do passes, and leaves as much', async () => {
    expect(await start({ work, sharing: sharing(3, 3) }, images())).toBe(0);
    expect(await readRunJson(join(out(), 'run.json'))).toMatchObject({ kernels: [], findings: [] });
    expect(await readShardBlob(out())).toMatchObject({ index: 3 });
    expect(stdout).toContain('nothing is left for it');
  });

  it('that fails says so by its own exit code', async () => {
    const fails: KernelWork = ({ identity }) => Promise.resolve(resultOf(identity.id, 'fail'));
    expect(await start({ work: fails, sharing: sharing(1, 2) }, images())).toBe(1);
  });

  it('that does not end leaves no shard behind, an earlier one in the same folder included', async () => {
    await start({ work, sharing: sharing(1, 2) }, images());
    const ends: KernelWork = () => Promise.reject(new InterruptedError('SIGTERM'));
    await expect(start({ work: ends, sharing: sharing(1, 2) }, images())).rejects.toThrow(InterruptedError);
    expect(await readShardBlob(out())).toBeNull();
    expect(await readRunJson(join(out(), 'run.json'))).toMatchObject({ exitCode: 0 });
  });
});

describe('a run that does not come to its end', () => {
  it.each<[string, () => Promise<unknown>, object]>([
    ['a command line that means nothing', () => start({}, { jobs: 'many' }), { exitCode: 2 }],
    ['a reporter that is none', () => start({}, { reporter: ['none'] }), { exitCode: 2 }],
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
