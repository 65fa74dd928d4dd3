// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../model/finding.js';
import type { ScenarioEvidence } from '../../../model/scenario-evidence.js';
import type { ScenarioSession } from '../../../results/session.js';
import { findingsOf } from '../../../verdict/findings.js';
import { provedMachines } from '../../../verdict/judge-session.js';
import { unnamedTarget } from '../../../target.js';
import { plantedSessions } from '../../fixtures/planted.js';
import {
  contractPrograms,
  loadedProgram,
  objectOf,
  rejectedProgram,
  returnRange,
} from '../../fixtures/report-parts.js';

const why = returnRange('logs/6.12/verifier/aegis/x.log');

/** What is found where the programs at these hooks do not load; programs are named like their hooks. */
function found(sessions: readonly ScenarioSession[], ...lost: readonly string[]): readonly Finding[] {
  const programs = contractPrograms.map((section) =>
    lost.includes(section) ? rejectedProgram(section, why) : loadedProgram(section),
  );
  return findingsOf('6.12', provedMachines(sessions, unnamedTarget), [objectOf('aegis', programs)]);
}

const codes = (findings: readonly Finding[]): readonly string[] => findings.map(({ code }) => code);

function changedEvidence(
  name: string,
  change: (one: ScenarioEvidence) => ScenarioEvidence,
): readonly ScenarioSession[] {
  return plantedSessions(name).map((session) => ({ ...session, evidence: session.evidence.map(change) }));
}

describe('an agent that gives up over a hook', () => {
  it('is below the program that does not load there, with what its audit misses and what could not be looked at', () => {
    const [only, ...others] = found(plantedSessions('gives-up'), 'lsm/file_open');
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      code: 'VERIFIER_REJECTED',
      contract: 'aegis',
      title: expect.stringMatching(/^file_open does not load: At program exit/) as string,
      next: why.hint,
      rerun: ['--kernel', '6.12', '--only', 'load'],
      first: { scenario: 'open(2) for reading', actual: 'no event reports this process' },
    });
    expect(only?.folded).toContainEqual({ code: 'EVENT_MISSING', count: 28 });
    expect(only?.folded.at(-1)).toEqual({ code: 'unproved', count: 196 });
  });

  it('stands beside a program that does not load at another hook, which merely coincides', () => {
    const findings = found(plantedSessions('gives-up'), 'lsm/socket_bind');
    expect(codes(findings)).toEqual(['VERIFIER_REJECTED', 'POSTURE_DISHONEST', 'POSTURE_DISHONEST', 'EVENT_MISSING']);
    expect(findings[0]).toMatchObject({ contract: null, first: null, checks: 1, folded: [] });
  });

  it('stands beside it where another program at the hook loads', () => {
    const programs = contractPrograms.map(loadedProgram);
    const other = { ...rejectedProgram('lsm/file_open', why), name: 'second_open' };
    const object = objectOf('aegis', [...programs, other]);
    const findings = findingsOf('6.12', provedMachines(plantedSessions('gives-up'), unnamedTarget), [object]);
    expect(codes(findings)).toContain('EVENT_MISSING');
  });
});

it.each([
  ['names the program', "exit 1: libbpf: prog 'file_open': BPF program load failed: EINVAL", 1],
  ['names the object', 'exit 1: failed to load object aegis.bpf.o', 1],
  ['names another program', "exit 1: libbpf: prog 'deny_file_open': failed", 2],
  ['names the object alone', 'exit 1: cannot find aegis.bpf.o', 2],
])('an agent that does not start and %s', (_, actual, count) => {
  const sessions = changedEvidence('never-starts', (one) =>
    one.kind === 'claim' && !one.holds ? { ...one, actual } : one,
  );
  expect(found(sessions, 'lsm/file_open')).toHaveLength(count);
});

describe('a kind of rule that is refused', () => {
  const refusing = (kind: string, unattached: readonly string[]): readonly ScenarioSession[] =>
    changedEvidence('refuses-kind', (one) =>
      one.kind === 'claim' && !one.holds ? { ...one, check: `a policy with ${kind}`, unattached } : one,
    );

  it('is below the program at a hook that the agent reports as not attached and that looks at such rules', () => {
    expect(codes(found(refusing('deny_ptrace', ['ptrace_access_check']), 'lsm/ptrace_access_check'))).toEqual([
      'VERIFIER_REJECTED',
    ]);
  });

  it.each([
    ['the agent does not report the hook', 'deny_ptrace', [], 'lsm/ptrace_access_check'],
    ['no such rule is looked at there', 'deny_ptrace', ['file_open'], 'lsm/file_open'],
    ['the program there loads', 'deny_ptrace', ['ptrace_access_check'], 'lsm/file_open'],
  ])('stands beside it where %s', (_, kind, unattached, lost) => {
    expect(codes(found(refusing(kind, unattached), lost))).toEqual(['VERIFIER_REJECTED', 'POLICY_REFUSED']);
  });
});

describe('a hook without a live program', () => {
  it('is below the program that does not load there', () => {
    expect(codes(found(plantedSessions('dead-hook'), 'lsm/file_open'))).toEqual(['VERIFIER_REJECTED']);
    expect(codes(found(plantedSessions('dead-hook'), 'lsm/bpf'))).toEqual(['VERIFIER_REJECTED', 'SILENT_DOWNGRADE']);
  });

  /** As before 5.13, where links do not say their hook: so many of them are live. */
  const counted = (missing: number): readonly ScenarioSession[] =>
    changedEvidence('healthy', (one) => {
      if (one.kind !== 'posture' || one.scenario !== 'enforce') return one;
      return { ...one, snapshot: { ...one.snapshot, live: [], unplaced: one.hooks.length - missing } };
    });

  it.each([
    ['as many as do not load are missing', 2, ['VERIFIER_REJECTED']],
    ['more are missing than do not load', 3, ['VERIFIER_REJECTED', 'SILENT_DOWNGRADE', 'SILENT_DOWNGRADE']],
  ])('that the kernel does not name: %s', (_, missing, expected) => {
    expect(codes(found(counted(missing), 'lsm/file_open', 'lsm/bpf'))).toEqual(expected);
  });
});
