// SPDX-License-Identifier: Apache-2.0
import { describeJsonValue } from '../../model/describe-value.js';
import type { RawEvent } from '../../model/scenario-evidence.js';
import type { ReportedHook, ReportReader } from '../contract.js';

/** The capability report: one JSON object, written before a state is announced. */
export const aegisReport: ReportReader = {
  stateField: 'runtime_state',
  hooksField: 'hooks',
  stateOf: (value) => value['runtime_state'],
  hooksOf,
  keyOf: (hook) => `lsm_${hook}`,
  contradictions: (value, state, { bpfLsm }, lacks) =>
    contradictions(value, state, bpfLsm)
      .filter(({ about }) => !about.some((field) => lacks.has(field)))
      .map(({ wrong }) => wrong),
};

function hooksOf(value: RawEvent): readonly ReportedHook[] | { readonly instead: string } {
  const hooks = value['hooks'];
  if (typeof hooks !== 'object' || hooks === null) return { instead: describeJsonValue(hooks) };
  return Object.entries(hooks).map(([key, state]: [string, unknown]) => ({
    key,
    hook: key.replace(/^lsm_/, ''),
    value: state,
    attached: state === 'attached',
  }));
}

/** Something that must not be, and the fields it is about. */
interface Contradiction {
  readonly about: readonly string[];
  readonly wrong: string;
}

/** One unless the fields are as they must be. */
function unless(holds: boolean, wrong: string, ...about: readonly string[]): readonly Contradiction[] {
  return holds ? [] : [{ about, wrong }];
}

/** Fields that depend on each other must agree, whatever they are. */
function contradictions(value: RawEvent, state: string, bpfLsm: boolean): readonly Contradiction[] {
  const blockers = value['enforce_blockers'];
  const { enforce_capable: capable, audit_only: auditOnly, lsm_enabled: lsm } = value;
  const listed: readonly unknown[] = Array.isArray(blockers) ? blockers : [];
  const gaveUp = state === 'DEGRADED' || state === 'AUDIT_FALLBACK';
  const audits = state === 'AUDIT' || state === 'AUDIT_FALLBACK';
  return [
    ...unless(Array.isArray(blockers), 'enforce_blockers is no list', 'enforce_blockers'),
    ...unless(value['schema_version'] === 1, 'schema_version is not 1', 'schema_version'),
    ...unless(
      !Array.isArray(blockers) || capable === (listed.length === 0),
      `enforce_capable is ${describeJsonValue(capable)} with ${listed.length} blockers`,
      'enforce_capable',
      'enforce_blockers',
    ),
    ...missingFields(value),
    ...(state === 'ENFORCE' ? enforceContradictions(value) : []),
    ...unless(!gaveUp || capable === false, `${state} with enforce_capable`, 'enforce_capable'),
    ...(state === 'ENFORCE_SIGNAL' ? signalContradictions(value, listed, bpfLsm) : []),
    ...unless(!audits || auditOnly === true, `${state} without audit_only`, 'audit_only'),
    ...unless(
      lsm === bpfLsm,
      `lsm_enabled is ${describeJsonValue(lsm)}, and should be ${String(bpfLsm)}`,
      'lsm_enabled',
    ),
  ];
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

function missingFields(value: RawEvent): readonly Contradiction[] {
  return requiredFields.flatMap((field) => unless(value[field] !== undefined, `there is no ${field}`, field));
}

function enforceContradictions(value: RawEvent): readonly Contradiction[] {
  const wanted = { enforce_capable: true, audit_only: false, lsm_enabled: true, capability: 'Full' } as const;
  return Object.entries(wanted).flatMap(([field, right]) =>
    unless(value[field] === right, `ENFORCE with ${field} ${describeJsonValue(value[field])}`, field),
  );
}

/** Why it does not work by hooks: there is no BPF LSM, or what keeps them from being attached. */
function signalContradictions(
  value: RawEvent,
  blockers: readonly unknown[],
  bpfLsm: boolean,
): readonly Contradiction[] {
  // That it is no more than that is no reason.
  const reasons = blockers.filter((one) => one !== 'CAPABILITY_AUDIT_ONLY');
  const saysWhy = bpfLsm ? reasons.length > 0 : blockers.includes('BPF_LSM_DISABLED');
  const missing = bpfLsm ? 'ENFORCE_SIGNAL without a blocker' : 'ENFORCE_SIGNAL without BPF_LSM_DISABLED';
  return [
    ...unless(value['audit_only'] === false, 'ENFORCE_SIGNAL with audit_only', 'audit_only'),
    ...unless(value['enforce_capable'] === false, 'ENFORCE_SIGNAL with enforce_capable', 'enforce_capable'),
    ...unless(saysWhy, missing, 'enforce_blockers'),
  ];
}
