// SPDX-License-Identifier: Apache-2.0
import { describeValue } from '../../model/describe-value.js';
import type { RawEvent } from '../../model/scenario-evidence.js';
import type { ReportedHook, ReportReader } from '../contract.js';

/** The capability report: one JSON object, written before a state is announced. */
export const aegisReport: ReportReader = {
  stateOf: (value) => value['runtime_state'],
  hooksOf,
  keyOf: (hook) => `lsm_${hook}`,
  contradictions: (value, state, { bpfLsm }) => [...contradictions(value, state), ...lsmContradictions(value, bpfLsm)],
};

function hooksOf(value: RawEvent): readonly ReportedHook[] | { readonly instead: string } {
  const hooks = value['hooks'];
  if (typeof hooks !== 'object' || hooks === null) return { instead: describeValue(hooks) };
  return Object.entries(hooks).map(([key, state]: [string, unknown]) => ({
    key,
    hook: key.replace(/^lsm_/, ''),
    value: state,
    attached: state === 'attached',
  }));
}

function lsmContradictions(value: RawEvent, bpfLsm: boolean): readonly string[] {
  const claimed = value['lsm_enabled'];
  return claimed === bpfLsm ? [] : [`lsm_enabled is ${String(claimed)}, and should be ${String(bpfLsm)}`];
}

/** Fields that depend on each other must agree, whatever they are. */
function contradictions(value: RawEvent, state: string): readonly string[] {
  const blockers = value['enforce_blockers'];
  if (!Array.isArray(blockers)) return ['enforce_blockers is no list'];
  const wrong: string[] = [];
  if (value['schema_version'] !== 1) wrong.push('schema_version is not 1');
  if (value['enforce_capable'] !== (blockers.length === 0)) {
    wrong.push(`enforce_capable is ${String(value['enforce_capable'])} with ${blockers.length} blockers`);
  }
  wrong.push(...missingFields(value));
  if (state === 'ENFORCE') wrong.push(...enforceContradictions(value));
  if ((state === 'DEGRADED' || state === 'AUDIT_FALLBACK') && value['enforce_capable'] !== false) {
    wrong.push(`${state} with enforce_capable`);
  }
  if (state === 'ENFORCE_SIGNAL') wrong.push(...signalContradictions(value, blockers));
  if ((state === 'AUDIT' || state === 'AUDIT_FALLBACK') && value['audit_only'] !== true) {
    wrong.push(`${state} without audit_only`);
  }
  return wrong;
}

const requiredFields = [
  'kernel_version',
  'capability',
  'lsm_enabled',
  'hooks',
  'requirements',
  'requirements_met',
  'policy',
];

function missingFields(value: RawEvent): readonly string[] {
  return requiredFields.filter((field) => value[field] === undefined).map((field) => `there is no ${field}`);
}

function enforceContradictions(value: RawEvent): readonly string[] {
  const wanted = { enforce_capable: true, audit_only: false, lsm_enabled: true, capability: 'Full' } as const;
  return Object.entries(wanted)
    .filter(([field, right]) => value[field] !== right)
    .map(([field]) => `ENFORCE with ${field} ${describeValue(value[field])}`);
}

function signalContradictions(value: RawEvent, blockers: readonly unknown[]): readonly string[] {
  const wrong: string[] = [];
  if (value['audit_only'] !== false) wrong.push('ENFORCE_SIGNAL with audit_only');
  if (value['enforce_capable'] !== false) wrong.push('ENFORCE_SIGNAL with enforce_capable');
  if (!blockers.includes('BPF_LSM_DISABLED')) wrong.push('ENFORCE_SIGNAL without BPF_LSM_DISABLED');
  return wrong;
}
