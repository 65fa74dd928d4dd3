// SPDX-License-Identifier: Apache-2.0
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runJudgeCommand } from '../../../cli/commands/judge/judge.js';
import { runMergeCommand } from '../../../cli/commands/merge/merge.js';
import type { MergeFlags } from '../../../cli/commands/merge/flags.js';
import { narrowed } from '../../../cli/commands/run/narrow.js';
import { InfraError, UsageError } from '../../../model/errors.js';
import { lastRunOf } from '../../../plan/last-failed.js';
import { lastRunOfJunit } from '../../../plan/last-failed-junit.js';
import { readJunit } from '../../../results/junit-read.js';
import type { ExitCode } from '../../../model/exit-code.js';
import { defaultStatLimits } from '../../../model/manifest.js';
import { parsedJson } from '../../../proc/json.js';
import { writeEvidence } from '../../../results/evidence-store.js';
import { readRunJson } from '../../../results/run-json.js';
import { type RunFrame, writeRunFrame } from '../../../results/run-frame.js';
import { withdrawShard, writeShardBlob } from '../../../results/shard-blob.js';
import type { KernelResult } from '../../../results/session.js';
import { loadedEvidence, objectEvidence } from '../../fixtures/evidence-load.js';
import { healthy, loading } from '../../fixtures/evidence-session.js';
import { frameOf, leakingScenarios, quietCli, tornUnits } from '../../fixtures/stored-run.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'merge-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
type Answer = Extract<KernelResult, { kind: 'session' }>;
const object = objectEvidence([loadedEvidence('a')]);
const loaded = loading({ asked: 1, objects: [{ ...object, object: 'aegis' }] });
const sound: Answer = { kind: 'session', session: loaded, scenarios: healthy() };
const leaking: Answer = { ...sound, scenarios: leakingScenarios() };

/** As one run leaves it, the files of its machines included. */
async function whole(result: Answer): Promise<string> {
  const dir = at('one');
  await writeRunFrame(dir, frameOf());
  await writeEvidence(dir, '6.12', [result]);
  for (const name of Object.values(logsOf).flat()) await log(dir, name);
  await writeFile(join(dir, 'run.json'), '{"schema": 2, "kernels": []}');
  return dir;
}

/** Files of each session's machines. */
const logsOf: Readonly<Record<string, readonly string[]>> = {
  load: ['console.log'],
  lsm: ['lsm.console.log', 'lsm/enforce/stdout'],
  'lsm-override': ['lsm-override.console.log'],
  'no-lsm': ['no-lsm.console.log'],
};
async function log(dir: string, name: string, text = name): Promise<void> {
  const path = join(dir, 'logs/6.12', name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
}

interface Written {
  readonly frame?: RunFrame;
  readonly run?: string | null;
  readonly asked?: Readonly<Record<string, string>>;
  readonly total?: number;
}

const askedFor = { kernels: '6.12', objects: 'aegis 1234', '--memory': '256' };

/** As a shard of three, or of four of which the last has nothing to do, leaves it. */
async function shard(index: number, result: Answer, more: Written = {}): Promise<string> {
  const { frame = frameOf(), run = null, asked = askedFor, total = 3 } = more;
  const dir = at(`shards/${index}`);
  const own = tornUnits.filter((unit) => unit.shard === index).map(({ session }) => session);
  await writeRunFrame(dir, { ...frame, kernels: own.length === 0 ? [] : ['6.12'] });
  if (own.length > 0) {
    const loads = own.includes('load');
    const session = loads ? result.session : loading({ console: 'logs/6.12/facts.console.log', ms: 3 });
    const scenarios = result.scenarios.filter(({ environment }) => own.includes(environment));
    await writeEvidence(dir, '6.12', [{ kind: 'session', session, scenarios }]);
    for (const name of own.flatMap((one) => logsOf[one] ?? [])) await log(dir, name);
    if (!loads) await log(dir, 'facts.console.log');
  }
  await writeShardBlob(dir, {
    index,
    from: 'a test',
    run,
    plan: { total, kernels: ['6.12'], units: tornUnits, asked },
  });
  return dir;
}

async function shards(result: Answer, more: Written = {}): Promise<readonly string[]> {
  const total = more.total ?? 3;
  return Promise.all(Array.from({ length: total }, (_, index) => shard(index + 1, result, more)));
}

const merge = (dirs: readonly string[] = [at('shards')], flags: Partial<MergeFlags> = {}): Promise<ExitCode> =>
  runMergeCommand(dirs, { out: at('merged'), ...flags }, quietCli);

const filesIn = async (dir: string): Promise<readonly string[]> => (await readdir(dir, { recursive: true })).sort();

/** What is packed has its keys in another order once it was read. */
async function contentOf(path: string): Promise<unknown> {
  const bytes = await readFile(path);
  if (!path.endsWith('.gz')) return bytes.toString('latin1');
  return gunzipSync(bytes).toString().trim().split('\n').map(parsedJson);
}

describe('shards of a run', () => {
  it.each([
    ['that passes', sound, 0],
    ['that leaks', leaking, 1],
  ] as const)('%s are merged to the reports of one run, byte for byte, with its exit code', async (_, result, code) => {
    const one = await whole(result);
    expect(await runJudgeCommand(one, {}, quietCli)).toBe(code);
    await shards(result);
    expect(await merge()).toBe(code);
    expect(await filesIn(at('merged'))).toEqual(await filesIn(one));
    const texts = (await filesIn(one)).filter((path) => /\.(json|xml|md|log|gz|csv|html)$/.test(path));
    expect(texts.length).toBeGreaterThan(8);
    for (const path of texts) {
      expect(await contentOf(join(at('merged'), path)), path).toEqual(await contentOf(join(one, path)));
    }
  });

  it('have one junit.xml, which is read back to what failed in the run', async () => {
    await shards(leaking);
    await merge();
    const { suites, ...run } = readJunit(await readFile(join(at('merged'), 'junit.xml'), 'utf8'), 'junit.xml');
    expect(suites.map(({ kernel }) => kernel)).toContain('6.12');
    expect(suites.flatMap(({ cases }) => cases).some(({ result }) => result.kind === 'failure')).toBe(true);
    const { failed } = lastRunOf(await readRunJson(join(at('merged'), 'run.json')));
    expect(failed).not.toBeNull();
    expect(lastRunOfJunit({ ...run, suites }).failed).toEqual(failed);
  });

  it('are judged again from the merged folder as that of any run', async () => {
    await shards(leaking);
    await merge();
    const before = await readFile(join(at('merged'), 'run.json'), 'utf8');
    expect(await runJudgeCommand(at('merged'), {}, quietCli)).toBe(1);
    expect(await readFile(join(at('merged'), 'run.json'), 'utf8')).toBe(before);
  });

  it('may be named one by one, in any order, and one may have had nothing to do', async () => {
    const dirs = await shards(sound, { total: 4 });
    expect(await merge([...dirs].reverse())).toBe(0);
    const { kernels } = await readRunJson(join(at('merged'), 'run.json'));
    expect(kernels.map(({ id, verdict }) => [id, verdict.kind])).toEqual([['6.12', 'pass']]);
  });

  it('are found where an engine puts each into a folder of its own', async () => {
    await shards(sound);
    for (const name of ['1', '2', '3']) {
      await mkdir(at(`brought/artifact-${name}`), { recursive: true });
      await rename(at(`shards/${name}`), at(`brought/artifact-${name}/${name}-of-3`));
    }
    expect(await merge([at('brought')])).toBe(0);
  });

  it('took from the first start to the last end, on hosts whose differences are said', async () => {
    const base = frameOf({ started: '2026-11-28T10:00:00.000Z', ms: 60_000, notices: ['of all'] });
    const { host } = base;
    await shard(1, sound, { frame: base });
    await shard(2, sound, {
      frame: { ...base, started: '2026-11-28T10:00:30.000Z', ms: 90_000, notices: ['of all', 'of 2'] },
    });
    await shard(3, sound, { frame: { ...base, host: { ...host, qemu: '9.2.0' } } });
    await merge();
    const report = await readRunJson(join(at('merged'), 'run.json'));
    expect([report.started, report.ms]).toEqual(['2026-11-28T10:00:00.000Z', 120_000]);
    expect(report.host.qemu).toBe(`${host.qemu}, 9.2.0`);
    expect(report.notices).toEqual([
      'of all',
      'of 2',
      `the shards of this run do not have the same QEMU: ${host.qemu} in 1, 2; 9.2.0 in 3`,
    ]);
  });

  it('leave what sessions took, for the next run', async () => {
    await shards(sound);
    await writeFile(at('times.json'), '{"schema":1,"seconds":{"7.2":{"load":9}}}');
    await merge([at('shards')], { shardTimes: at('times.json') });
    expect(JSON.parse(await readFile(at('times.json'), 'utf8'))).toEqual({
      schema: 1,
      seconds: { '6.12': { load: 4 }, '7.2': { load: 9 } },
    });
  });
});

/** Nothing is written, whatever is wrong. */
async function refuses(
  why: RegExp,
  kind: typeof UsageError | typeof InfraError,
  dirs?: readonly string[],
): Promise<void> {
  await expect(merge(dirs)).rejects.toThrow(why);
  await expect(merge(dirs)).rejects.toBeInstanceOf(kind);
  expect(await readdir(folder)).not.toContain('merged');
}

describe('a merge ends with 3', () => {
  it('when a shard is lost, naming it and what it had', async () => {
    await shards(sound);
    await rm(at('shards/2'), { recursive: true });
    await refuses(/^shard 2 of 3 is missing \(6\.12: lsm\)$/, InfraError);
    await rm(at('shards/3'), { recursive: true });
    await refuses(/^shard 2 of 3 is missing .*; shard 3 of 3 is missing \(6\.12: lsm-override, no-lsm\)$/, InfraError);
  });

  it('when one was begun again in its folder and did not end', async () => {
    await shards(sound);
    await withdrawShard(at('shards/2'));
    await refuses(/^shard 2 of 3 is missing/, InfraError);
  });

  it('when one that had nothing to do is lost all the same', async () => {
    await shards(sound, { total: 4 });
    await rm(at('shards/4'), { recursive: true });
    await refuses(/^shard 4 of 4 is missing \(it had nothing to do\)$/, InfraError);
  });
});

describe('a merge ends with 2', () => {
  it('when a shard is there twice, naming both', async () => {
    await shards(sound);
    await cp(at('shards/2'), at('shards/again'), { recursive: true });
    await refuses(/^shard 2 of 3 is there twice: .*shards\/2, .*shards\/again$/, UsageError);
  });

  it('and not when its folder is merely named twice', async () => {
    await shards(sound);
    expect(await merge([at('shards'), at('shards/2'), `${at('shards')}/./3/`])).toBe(0);
  });

  it.each<[string, Written, RegExp]>([
    ['another object', { asked: { ...askedFor, objects: 'aegis 5678' } }, /objects: aegis 5678 there, aegis 1234 here/],
    ['another flag', { asked: { ...askedFor, '--memory': '512' } }, /--memory: 512 there, 256 here/],
    ['a question of its own', { asked: { ...askedFor, more: 'x' } }, /more: x there, none here/],
    ['another count', { total: 4 }, /--shard: one of 4 there, one of 3 here/],
    ['another run', { run: 'CI_PIPELINE_ID=8' }, /the run: CI_PIPELINE_ID=8 there, none is named here/],
  ])('when a shard has %s', async (_, more, why) => {
    await shards(sound);
    await rm(at('shards/2'), { recursive: true });
    await shard(2, sound, more);
    await refuses(why, UsageError);
  });

  it('when a shard was cut by other times', async () => {
    await shards(sound);
    const path = at('shards/2/evidence/shard.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"seconds": 1', '"seconds": 2'));
    await refuses(/it was cut otherwise: with other --shard-times/, UsageError);
  });

  it('when a file of a shard is cut, changed or gone', async () => {
    await shards(sound);
    await appendFile(at('shards/2/logs/6.12/lsm.console.log'), 'x');
    await refuses(/shards\/2\/logs\/6\.12\/lsm\.console\.log: it has 16 bytes, and was written with 15/, UsageError);
    await writeFile(at('shards/2/logs/6.12/lsm.console.log'), 'LSM.console.log');
    await refuses(/lsm\.console\.log: it is not what the shard was written with/, UsageError);
    await rm(at('shards/2/evidence/6.12.jsonl.gz'));
    await refuses(/evidence\/6\.12\.jsonl\.gz: it is missing/, UsageError);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['cut', (text) => text.slice(0, 100), /shard\.json: not JSON/],
    [
      'of a newer version',
      (text) => text.replace('"schema": 1', '"schema": 2'),
      /a shard of version 2; this bpf-matrix merges version 1/,
    ],
    ['of no version', (text) => text.replace('"schema"', '"scheme"'), /a shard of no version/],
    [
      'about files elsewhere',
      (text) => text.replace('logs/6.12/lsm.console.log', 'logs/../../../x'),
      /it is in none of the folders of a shard/,
    ],
  ])('when what a shard says of itself is %s', async (_, change, why) => {
    await shards(sound);
    const path = at('shards/2/evidence/shard.json');
    await writeFile(path, change(await readFile(path, 'utf8')));
    await refuses(why, UsageError);
  });

  it('when there is no shard at all, or no folder', async () => {
    await whole(sound);
    await refuses(/^no shard in .*one$/, UsageError, [at('one')]);
    await refuses(/nowhere: cannot be read \(ENOENT\)/, UsageError, [at('nowhere')]);
  });
});

describe('the baseline of a merge', () => {
  const baseline = { scope: 'whole', named: true, update: false, limits: defaultStatLimits, manifests: null } as const;
  const withBaseline = (scope: 'whole' | 'part'): RunFrame => {
    return { ...frameOf(), baseline: { ...baseline, folder: at('base'), scope } };
  };

  it('is written by --update, from all shards', async () => {
    await shards(sound, { frame: withBaseline('whole') });
    expect(await merge([at('shards')], { update: true })).toBe(0);
    expect(await readdir(at('base'))).toEqual(['6.12.json']);
    // The next run is held against it.
    expect(await merge([at('shards')], { baseline: at('base') })).toBe(0);
    const { kernels } = await readRunJson(join(at('merged'), 'run.json'));
    expect(kernels[0]?.notes.join()).not.toContain('not compared');
  });

  it('is not written by a merge without it, nor of a part', async () => {
    await shards(sound, { frame: withBaseline('part') });
    await expect(merge([at('shards')], { update: true })).rejects.toThrow(/the shards were started with flags/);
    await expect(merge([at('shards')], { baseline: at('base') })).rejects.toThrow(/there is no such folder/);
    await merge();
    expect(await readdir(folder)).not.toContain('base');
  });
});

describe('one shard', () => {
  it('is no run that could be judged, or whose failures are all there are', async () => {
    const dir = await shard(2, sound);
    await expect(runJudgeCommand(dir, {}, quietCli)).rejects.toThrow(/holds one shard of a run/);
    const flags = { out: dir, lastFailed: true } as const;
    await expect(narrowed(flags as never)).rejects.toThrow(/is the report of one shard/);
    await rename(join(dir, 'evidence/shard.json'), join(dir, 'evidence/shard.withdrawn.json'));
    await expect(runJudgeCommand(dir, {}, quietCli)).rejects.toThrow(/holds one shard of a run/);
  });
});
