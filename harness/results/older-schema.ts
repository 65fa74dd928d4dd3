// SPDX-License-Identifier: Apache-2.0
/** A run of either version: findings of kernels came later, and are none where nobody looked for them. */
export function upgradedRun(value: unknown): unknown {
  const run = upgradedFrame(upgradedSchema(value));
  if (!isRecord(run) || !Array.isArray(run['kernels'])) return run;
  return { ...run, kernels: run['kernels'].map(withFindings) };
}

/** What stands beside the kernels of a run: the flags of the run came later. */
export function upgradedFrame(frame: unknown): unknown {
  if (!isRecord(frame) || !isRecord(frame['options'])) return frame;
  return { ...frame, options: { given: [], ...frame['options'] } };
}

function withFindings(kernel: unknown): unknown {
  return isRecord(kernel) && 'scenarios' in kernel && !('findings' in kernel) ? { ...kernel, findings: [] } : kernel;
}

/**
 * What version 1 of `run.json` and of a manifest said, in the words of version 2: `environment` for `setting`,
 * `lsm-override` for `seam`, `check` for `leg`, `agent` for `subject`, `artifacts` for `debs`; what it did not say of an
 * attach is added. A value that is not of version 1 is left as it is.
 */
export function upgradedSchema(value: unknown): unknown {
  if (!isRecord(value) || value['schema'] !== 1) return value;
  return { ...(renamed(value) as Readonly<Record<string, unknown>>), schema: 2 };
}

const fields: Readonly<Record<string, string>> = { setting: 'environment', leg: 'check', debs: 'artifacts' };
/** By the field they stand in. */
const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  setting: { seam: 'lsm-override' },
  by: { subject: 'agent' },
};

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      fields[key] ?? key,
      typeof field === 'string' ? (values[key]?.[field] ?? field) : completed(key, renamed(field)),
    ]),
  );
}

/** Programs were attached where their section says, or not at all. */
function completed(key: string, value: unknown): unknown {
  if (key !== 'attach' || !isRecord(value)) return value;
  if (value['kind'] === 'attached') return { ...value, place: null };
  if (value['kind'] !== 'unattachable') return value;
  return { ...value, reason: 'libbpf cannot attach this program type by itself' };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
