// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegis } from '../../../contracts/aegis/index.js';
import { parseAgentJson } from '../../../model/agent-json.js';
import type { PostureEvidence, RawEvent } from '../../../model/scenario-evidence.js';
import { decodeEvidence, encodeEvidence } from '../../../results/evidence-codec.js';
import { kernelReport } from '../../../results/schema-kernel.js';
import { judgeResults } from '../../../verdict/judge-results.js';
import { judgeScenarios } from '../../../verdict/judge-scenarios.js';
import { verdicts } from '../../fixtures/evidence.js';
import { posture, report } from '../../fixtures/evidence-posture.js';
import { healthyBut, loading, machine } from '../../fixtures/evidence-session.js';

/** What an agent may write where a word, a list or an object belongs. */
const values = [
  '{"toString":1}',
  '{"__proto__":{"toString":1}}',
  '{"toJSON":1,"valueOf":null}',
  '{"$map":[1],"$bytes":2}',
  `${'['.repeat(50)}${']'.repeat(50)}`,
  'null',
  '1e400',
  '-0',
  '[null,{}]',
  '"\\u0000\\ud800"',
] as const;
const fields = Object.keys(report('ENFORCE'));
const cases = fields.flatMap((field) => values.map((value) => ({ field, value })));

function hostile(field: string, value: string): PostureEvidence {
  const read: RawEvent = { ...report('ENFORCE'), [field]: parseAgentJson(value) };
  return posture('ENFORCE', { claim: { report: { kind: 'read', value: read }, announced: 'ENFORCE', earlier: [] } });
}

describe('a report with what does not belong there', () => {
  it.each(cases)(
    'as $field: $value, is judged as the fault of its agent at most, and loses no run',
    ({ field, value }) => {
      const evidence = hostile(field, value);
      const found = verdicts(evidence);
      expect(Object.values(found)).not.toContain('unproved');
      const scenarios = healthyBut(machine('lsm', [evidence]));
      const judged = judgeResults([{ kind: 'session', session: loading(), scenarios }], []);
      expect(kernelReport.safeParse(judged).error).toBeUndefined();
      // Stored, it is the same, and so is the verdict on it.
      const stored = decodeEvidence(JSON.parse(JSON.stringify(encodeEvidence(evidence)))) as PostureEvidence;
      expect(verdicts(stored)).toEqual(found);
    },
  );

  it.each(['runtime_state', 'hooks', 'enforce_capable', 'enforce_blockers', 'audit_only', 'lsm_enabled'])(
    'as %s never passes',
    (field) => {
      for (const value of values) {
        expect(Object.values(verdicts(hostile(field, value))).filter((one) => one !== 'pass')).not.toEqual([]);
      }
    },
  );
});

it('evidence that breaks its judge costs its own check, and is no pass', () => {
  const broken = { ...posture('ENFORCE'), expected: 'NO_SUCH_STATE' };
  const checks = judgeScenarios([broken, posture('AUDIT')], aegis);
  const [first, ...others] = checks.map(({ check, outcome }) => [check, outcome.kind]);
  expect(first).toEqual(['judged', 'unproved']);
  expect(others.length).toBeGreaterThan(3);
  expect(others.every(([, kind]) => kind === 'pass')).toBe(true);
});
