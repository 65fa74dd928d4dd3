// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunFlags } from '../../../cli/commands/run/flags.js';
import { narrowed, stillFailing, withLastObjects } from '../../../cli/commands/run/narrow.js';
import type { ObjectFile } from '../../../config/objects.js';
import type { RunReport } from '../../../model/report.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { writeRunJson } from '../../../results/run-json.js';
import { leaking } from '../../fixtures/report-proofs.js';
import { allPass, rejectedOn612 } from '../../fixtures/reports.js';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'narrow-test-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

async function of(report: RunReport, more: Partial<RunFlags> = {}) {
  await writeRunJson(out, report);
  return narrowed({ ...common, out, lastFailed: true, ...more });
}
const common = { accel: 'tcg', backend: 'qemu', memory: '256', repeat: '1', timeout: '10m' };

it('leaves a command line without it as it is', async () => {
  const flags = { ...common, out: '/nowhere' };
  expect(await narrowed(flags)).toMatchObject({ flags, kernels: null, objects: null, notices: [] });
});

it('names the kernels that failed, and loading where only that did', async () => {
  const { flags, kernels, notices } = await of(rejectedOn612());
  expect(flags).toMatchObject({ kernel: ['6.12'], only: ['load'], program: ['socket_connect'] });
  expect(kernels).toEqual(new Set(['6.12']));
  expect(notices[0]).toBe(`--last-failed: 6.12 (1 of 3 kernels), loading: what failed in ${join(out, 'run.json')}`);
});

it('takes the classes in which checks failed, of those that are named', async () => {
  const report = leaking();
  const { flags } = await of(report);
  expect(flags.only).toEqual(['file']);
  expect((await of(report, { only: ['network', 'file'] })).flags.only).toEqual(['file']);
  await expect(of(report, { only: ['exec'] })).rejects.toThrow(/file failed, and --only names none of these/);
});

it('leaves kernels as they are named: those that failed among them are taken when they are known', async () => {
  const { flags, kernels } = await of(rejectedOn612(), { kernel: ['all'] });
  expect(flags.kernel).toEqual(['all']);
  expect(kernels).toEqual(new Set(['6.12']));
});

it('takes the objects of the report, unless that is the configured one, or some are named', async () => {
  const report = rejectedOn612();
  const file = report.objects[0]?.file ?? '';
  const narrow = await of(report);
  expect(withLastObjects(narrow, ['another.bpf.o']).object).toEqual([file]);
  expect(withLastObjects(narrow, [file]).object).toBeUndefined();
  const named = await of(report, { object: ['mine.bpf.o'] });
  expect(withLastObjects(named, [file]).object).toEqual(['mine.bpf.o']);
  const mine = [{ identity: { file: 'mine.bpf.o' } }] as unknown as readonly ObjectFile[];
  expect(() => stillFailing(named, mine)).toThrow(/the report is about .*, and this command line about mine.bpf.o/);
});

it('refuses where nothing failed, where there is no report, and what only a baseline says', async () => {
  await expect(of(allPass())).rejects.toThrow(/no kernel failed/);
  await rm(join(out, 'run.json'));
  await expect(narrowed({ ...common, out, lastFailed: true })).rejects.toThrow(/run.json: cannot be read/);
  const verdict = { kind: 'fail', stage: 'run', code: 'PROGRAM_LOST' } as const;
  const lost = { ...allPass(), findings: [{ verdict, message: '6.12: file_open is lost' }] };
  await expect(of(lost)).rejects.toThrow(/it failed as a whole: 6.12: file_open is lost/);
});

it('takes junit.xml where that is all of the report that is there', async () => {
  await writeFile(join(out, 'junit.xml'), renderJunit(junitOf(leaking())));
  const { flags, kernels, notices } = await narrowed({ ...common, out, lastFailed: true });
  const { flags: other, kernels: others } = await of(leaking());
  expect([flags, kernels]).toEqual([other, others]);
  expect(notices[0]).toContain(`what failed in ${join(out, 'junit.xml')}`);
});

it('never takes it in place of a run.json that is damaged, and names what is wrong with it itself', async () => {
  await writeFile(join(out, 'junit.xml'), renderJunit(junitOf(leaking())));
  await writeFile(join(out, 'run.json'), '{}');
  await expect(narrowed({ ...common, out, lastFailed: true })).rejects.toThrow(/run\.json: at schema/);
  await rm(join(out, 'run.json'));
  await writeFile(join(out, 'junit.xml'), '<testsuites>');
  await expect(narrowed({ ...common, out, lastFailed: true })).rejects.toThrow(/junit\.xml: .*is not closed/);
});
