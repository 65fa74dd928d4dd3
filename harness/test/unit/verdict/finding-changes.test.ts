// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { ManifestChange } from '../../../model/manifest.js';
import { foldChanges } from '../../../verdict/finding-changes.js';
import { findingsOf } from '../../../verdict/findings.js';
import { provedMachines } from '../../../verdict/judge-session.js';
import { unnamedTarget } from '../../../target.js';
import { plantedSessions } from '../../fixtures/planted.js';

const findings = findingsOf('6.12', provedMachines(plantedSessions('dead-hook-and-missing_event'), unnamedTarget), []);
const change = (kind: ManifestChange['kind'], item: string): ManifestChange => ({
  kind,
  item,
  before: 'pass',
  now: 'fail ENFORCEMENT_LEAK',
});

it('counts what changed because of a finding there, each with its own, and leaves the rest', () => {
  const open = change('SCENARIO_CHANGED', 'lsm: file: openat');
  const creat = change('SCENARIO_CHANGED', 'lsm: file: creat');
  const bind = change('SCENARIO_CHANGED', 'lsm: network: bind of it by IPv6');
  const live = change('HOOK_LOST', 'lsm: posture: enforce');
  const other = change('SCENARIO_CHANGED', 'lsm: exec: execve');
  const lost = change('PROGRAM_LOST', 'lsm: file: openat');
  const folded = foldChanges(findings, [open, creat, bind, live, other, lost]);
  expect(folded.rest).toEqual([other, lost]);
  expect(folded.findings.map((one) => one.folded.slice(-2))).toEqual([
    [
      { code: 'SCENARIO_CHANGED', count: 2 },
      { code: 'HOOK_LOST', count: 1 },
    ],
    [{ code: 'SCENARIO_CHANGED', count: 1 }],
  ]);
});

it('changes nothing where nothing changed', () => {
  expect(foldChanges(findings, [])).toEqual({ findings, rest: [] });
  expect(foldChanges([], [change('SCENARIO_CHANGED', 'lsm: file: openat')]).rest).toHaveLength(1);
});
