// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { baselineFromFlags, judgedBesideBaseline } from '../../../cli/commands/run/baseline.js';
import { manifestCommand } from '../../../cli/commands/manifest/flags.js';
import type { RunFlags } from '../../../cli/commands/run/flags.js';
import type { CliContext } from '../../../cli/context.js';
import type { RunReport } from '../../../model/report.js';
import { readBaseline, writeManifest } from '../../../results/manifest.js';
import { mayBeBaseline, manifestsOf } from '../../../verdict/manifest-of.js';
import { runPage } from '../../../report/pages/run.js';
import { pageOf, writeReport } from '../../fixtures/reporting.js';
import { proved } from '../../fixtures/report-proofs.js';
import { broken } from '../../fixtures/reports.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baseline-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const flags: RunFlags = { repeat: '1', timeout: '10m', accel: 'auto', backend: 'qemu', out: 'x', memory: '256' };

/** What a run leaves of manifests, as `publish` would write it. */
async function publishedRun(report: RunReport, more: Partial<RunFlags>): Promise<RunReport> {
  const task = await baselineFromFlags({ ...flags, ...more }, {});
  const { writers, ...finished } = judgedBesideBaseline(report, task);
  for (const name of ['manifest', 'veristat'] as const) await writeReport(name, 'run', finished, join(folder, 'out'));
  for (const writer of writers) await writer.onEnd();
  return finished.report;
}

it('writes a baseline with --update, and compares with it', async () => {
  const baseline = join(folder, 'baseline');
  expect((await publishedRun(proved(), { baseline, update: true })).findings).toEqual([]);
  expect([...(await readBaseline(baseline))!.keys()].sort()).toEqual(
    proved()
      .kernels.map(({ id }) => id)
      .sort(),
  );
  expect((await publishedRun(proved(), { baseline })).findings).toEqual([]);
  const files = ['manifest-diff.json', 'manifest-diff.md', 'manifests', 'veristat', 'veristat.md'];
  expect((await readdir(join(folder, 'out'))).sort()).toEqual(files);
});

it('leaves no manifest of a part: it would be taken for one of the whole', async () => {
  await publishedRun(proved(), { only: ['file'] });
  expect((await readdir(join(folder, 'out'))).sort()).toEqual(['veristat', 'veristat.md']);
});

it('keeps the manifest of a kernel that broke', async () => {
  await publishedRun(broken(), { baseline: folder, update: true });
  expect([...(await readBaseline(folder))!.keys()]).not.toContain('6.7');
});

it.each([
  { only: ['file'] },
  { scenario: ['*'] },
  { lastFailed: true as const },
  { failFast: true as const },
  { object: ['x.o'] },
  { lsm: 'bpf' },
  { append: 'quiet' },
  { withoutCapability: ['bpf'] },
])('refuses to make a part the baseline: %j', async (part) => {
  await expect(baselineFromFlags({ ...flags, ...part, update: true }, {})).rejects.toThrow(
    /--update makes a whole run/,
  );
  expect(await baselineFromFlags({ ...flags, ...part }, {})).toMatchObject({ scope: 'part', manifests: null });
  expect(await baselineFromFlags({ ...flags, ...part, baseline: folder }, {})).toMatchObject({ scope: 'part' });
});

it('refuses a baseline that is named and not there, and one that cannot be written', async () => {
  await expect(baselineFromFlags({ ...flags, baseline: join(folder, 'none') }, {})).rejects.toThrow(/no such folder/);
  await expect(baselineFromFlags({ ...flags, baseline: '/proc/x', update: true }, {})).rejects.toThrow(
    /cannot be written/,
  );
});

it('takes limits from the configuration', async () => {
  const insns = { percent: 1, floor: 2 };
  const task = await baselineFromFlags({ ...flags, baseline: folder }, { veristat: { insns } });
  expect(task.limits).toMatchObject({ insns, states: { percent: 15, floor: 10 } });
});

it('leaves the baseline of another agent alone unless it is named', async () => {
  const manifests = new Map([
    ['6.1', { ...manifestsOf(proved(), proved().kernels.find(mayBeBaseline)!)[0]!, agent: null }],
  ]);
  const task = { ...(await baselineFromFlags({ ...flags, baseline: folder }, {})), manifests };
  const { report, baseline } = judgedBesideBaseline(proved(), { ...task, named: false });
  expect(report.notices.join()).toMatch(/about another agent/);
  expect(runPage(report, pageOf(120), baseline)).toContain(
    `baseline ${folder}: nothing compared: it is about another agent`,
  );
  expect(judgedBesideBaseline(proved(), task).report.exitCode).toBe(1);
});

it('compares the contracts of which the baseline has the agent, and says which it leaves alone', async () => {
  const task = { ...(await baselineFromFlags({ ...flags, baseline: folder }, {})), named: false };
  const own = proved()
    .kernels.filter(mayBeBaseline)
    .map((one) => [one.id, manifestsOf(proved(), one)[0]!] as const);
  const both = { ...proved(), others: [{ ...proved().agent!, contract: 'audit', object: 'none' }] };
  const { report, baseline } = judgedBesideBaseline(both, { ...task, manifests: new Map(own) });
  expect(report.notices.at(-1)).toBe(`${folder}: of the contract audit it is about another agent, or about none`);
  expect(baseline?.diffs?.flatMap(({ changes }) => changes)).toEqual([]);
});

async function check(...words: string[]): Promise<{ text: string; exitCode: number }> {
  let text = '';
  let exitCode = -1;
  const stdout = { write: (part: string) => (text += part) };
  const program = new Command().exitOverride();
  program.addCommand(manifestCommand({ stdout } as unknown as CliContext, (code) => (exitCode = code)));
  await program.parseAsync(['manifest', 'check', ...words], { from: 'user' });
  return { text, exitCode };
}

const object = 'build/variants/healthy.bpf.o';

/** A manifest of that object on two kernels, with these sections. */
async function baselineWith(...sections: string[]): Promise<void> {
  const report = proved();
  for (const kernel of report.kernels.filter(mayBeBaseline).slice(0, 2)) {
    const manifest = manifestsOf(report, kernel)[0]!;
    const programs = sections.map((section) => ({ ...manifest.objects[0]!.programs[0]!, section }));
    const objects = [{ ...manifest.objects[0]!, name: 'healthy', programs }];
    await writeManifest(folder, { ...manifest, objects });
  }
}

it('tells without a VM whether the baseline is about the object', async () => {
  await expect(check('--baseline', folder, '--object', object)).rejects.toThrow(/there is no manifest there/);
  await baselineWith('lsm/file_open', 'tp/syscalls/sys_enter_openat');
  const same = await check('--baseline', folder, '--object', object);
  expect(same).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/^PASS: .* have the same 2 sections\n$/) as string,
  });
  await baselineWith('lsm/file_open', 'lsm/gone');
  const { text, exitCode } = await check('--baseline', folder, '--object', object);
  expect(exitCode).toBe(1);
  expect(text).toMatch(/MANIFEST_NO_BASELINE tp\/syscalls\/sys_enter_openat: .* baseline of \S+, \S+\n/);
  expect(text).toMatch(/PROGRAM_DISAPPEARED lsm\/gone: in the baseline of \S+, \S+, not in the object/);
});
