// SPDX-License-Identifier: Apache-2.0
import { beforeAll, expect, it } from 'vitest';
import { contractNamed } from '../../contracts/registry.js';
import { reportInContract } from '../../contracts/speaking.js';
import type { Dialect } from '../../model/dialect.js';
import type { RawEvent } from '../../model/scenario-evidence.js';
import { judgeScenarios } from '../../verdict/judge-scenarios.js';
import { posture } from '../fixtures/evidence-posture.js';
import { foreignDialect } from '../fixtures/foreign-dialect.js';
import { checkInputs, fuzzTimeout, seedFile } from './inputs.js';
import { mutatedValues } from './json-inputs.js';

/** Whatever an agent's report holds, it is judged: each thing about it has a verdict, and never is anything thrown. */

const reports = seedFile('reports.jsonl').toString().trimEnd().split('\n');
const contract = contractNamed('aegis');
const dialects: (Dialect | null)[] = [null];

beforeAll(async () => {
  dialects.push(await foreignDialect());
});

/** Verdicts on the agent that has written this; the state of its report may be a pass for one state alone. */
function passesOf(value: RawEvent, dialect: Dialect | null): number {
  const read = reportInContract(value, contract, dialect);
  const claim = { report: read, announced: 'ENFORCE', earlier: [] };
  const checks = judgeScenarios([posture('ENFORCE', { claim })], contract);
  const state = checks.find(({ check }) => check === 'state');
  const passed = state?.outcome.kind === 'pass';
  const said = read.kind === 'read' && contract.report?.stateOf(read.value) === 'ENFORCE';
  if (passed !== said) throw new Error(`state: ${String(state?.outcome.kind)}`);
  return checks.length;
}

it(
  'any report',
  () => {
    let checks = 0;
    checkInputs(mutatedValues(reports), (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      for (const dialect of dialects) checks += passesOf(value as RawEvent, dialect);
    });
    expect(checks).toBeGreaterThan(0);
  },
  fuzzTimeout,
);
