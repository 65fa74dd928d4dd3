// SPDX-License-Identifier: Apache-2.0
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runJudgeCommand } from '../../../cli/commands/judge/judge.js';
import { UsageError } from '../../../model/errors.js';
import { noExpectations } from '../../../model/expectation.js';
import { writeEvidence } from '../../../results/evidence-store.js';
import { readRunJson } from '../../../results/run-json.js';
import { writeRunFrame } from '../../../results/run-frame.js';
import type { KernelResult } from '../../../results/session.js';
import { objectEvidence, rejectedEvidence } from '../../fixtures/evidence-load.js';
import { healthy, loading } from '../../fixtures/evidence-session.js';
import { frameOf, leakingScenarios, quietCli } from '../../fixtures/stored-run.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'judge-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sound: KernelResult = { kind: 'session', session: loading(), scenarios: healthy() };
const leaking: KernelResult = { ...sound, scenarios: leakingScenarios() };

/** The folder of a run with one kernel, as far as a run alone can make it. */
async function stored(
  result: KernelResult,
  command: 'run' | 'bisect' = 'run',
  expectations = noExpectations,
): Promise<string> {
  const dir = join(folder, 'run');
  await writeRunFrame(dir, frameOf({ expectations }, command));
  await writeEvidence(dir, '6.12', [result]);
  await writeFile(join(dir, 'run.json'), '{"schema": 2, "kernels": []}');
  return dir;
}

it('makes the same reports as often as it is asked, with the exit code of the evidence', async () => {
  const dir = await stored(sound);
  expect(await runJudgeCommand(dir, {}, quietCli)).toBe(0);
  const once = join(folder, 'once');
  await cp(dir, once, { recursive: true });
  expect(await runJudgeCommand(dir, {}, quietCli)).toBe(0);
  const names = await readdir(dir);
  expect(names.sort()).toEqual(expect.arrayContaining(['evidence', 'junit.xml', 'run.json', 'summary.md']));
  for (const name of ['junit.xml', 'run.json', 'summary.md']) {
    expect(await readFile(join(dir, name), 'utf8')).toBe(await readFile(join(once, name), 'utf8'));
  }
});

it('ends with 1 where the evidence is of a leak, and says which', async () => {
  const dir = await stored(leaking);
  expect(await runJudgeCommand(dir, { out: join(folder, 'judged') }, quietCli)).toBe(1);
  const { kernels, exitCode } = await readRunJson(join(folder, 'judged/run.json'));
  expect([exitCode, kernels[0]?.verdict]).toMatchObject([1, { kind: 'fail', code: 'ENFORCEMENT_LEAK' }]);
});

it('holds the evidence to the expectations that the run had', async () => {
  const whole = { stage: 'prog', errno: 22, stoppedAt: 'b', libbpf: [], attach: new Map() } as const;
  const object = objectEvidence([rejectedEvidence('b')], { whole });
  const result: KernelResult = { ...sound, session: loading({ asked: 1, objects: [object] }) };
  expect(await runJudgeCommand(await stored(result), {}, quietCli)).toBe(1);
  const entry = { object: '*', program: 'b', kernels: null, expect: 'fails', code: null, reason: 'known' } as const;
  const dir = await stored(result, 'run', { scope: 'whole', entries: [entry] });
  expect(await runJudgeCommand(dir, {}, quietCli)).toBe(0);
  const { kernels } = await readRunJson(join(dir, 'run.json'));
  const [kernel] = kernels;
  expect(kernel?.status === 'ran' && kernel.objects[0]?.programs[0]?.expected).toMatchObject({ outcome: 'holds' });
});

it('leaves the old report alone with --out, and all of it when the evidence is damaged', async () => {
  const dir = await stored(sound);
  const before = await readFile(join(dir, 'run.json'), 'utf8');
  await runJudgeCommand(dir, { out: join(folder, 'judged') }, quietCli);
  expect(await readFile(join(dir, 'run.json'), 'utf8')).toBe(before);
  await writeFile(join(dir, 'evidence/6.12.jsonl.gz'), 'text');
  await expect(runJudgeCommand(dir, {}, quietCli)).rejects.toThrow(UsageError);
  expect(await readFile(join(dir, 'run.json'), 'utf8')).toBe(before);
});

it.each([
  ['a folder without evidence', () => Promise.resolve(folder), /evidence\/run\.json: cannot be read/],
  ['what another command found', () => stored(sound, 'bisect'), /holds what `bisect` found/],
  ['a result that is none', () => stored({ kind: 'session' } as KernelResult), /not what a run writes/],
])('refuses %s', async (_, make, why) => {
  const dir = await make();
  await expect(runJudgeCommand(dir, {}, quietCli)).rejects.toThrow(why);
});
