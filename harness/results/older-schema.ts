// SPDX-License-Identifier: Apache-2.0
import { defaultContract } from '../contracts/registry.js';
import { nextSteps } from '../model/next-steps.js';
import { failureCodes } from '../model/verdict.js';
import { noExpectations } from '../model/expectation.js';

type Fields = Readonly<Record<string, unknown>>;

/** A run of either version, with what came to runs later. */
export function upgradedRun(value: unknown): unknown {
  const run = upgradedSchema(value);
  return isRecord(run) && Array.isArray(run['kernels']) ? completedRun(run) : run;
}

/**
 * What version 1 of `run.json` and of a manifest said, in the words of version 2: `environment` for `setting`,
 * `lsm-override` for `seam`, `check` for `leg`, `agent` for `subject`, `artifacts` for `debs`; what it did not say of an
 * attach is added. A value that is not of version 1 is left as it is.
 */
export function upgradedSchema(value: unknown): unknown {
  if (!isRecord(value) || value['schema'] !== 1) return value;
  return { ...(renamed(value) as Fields), schema: 2 };
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

/** What stands beside the answers of a stored run, with what came to it later. */
export function upgradedFrame(value: unknown): unknown {
  return isRecord(value) && isRecord(value['options']) ? { ...value, ...withConditions(value) } : value;
}

/** Every program was loaded, nothing was expected of any, and there was one agent at most. */
function withConditions({ options, expectations = noExpectations, others = [] }: Fields): Fields {
  return { options: mapped(options, (known) => ({ programs: null, given: [], ...known })), expectations, others };
}

/** Nobody looked for findings, or for who takes what. */
function completedRun(run: Fields): Fields {
  return {
    support: [],
    ...run,
    ...withConditions(run),
    kernels: each(run['kernels'], completedKernel),
  };
}

/** What a kernel answered, with what came to its identity later. */
export function completedResult(result: unknown): unknown {
  return mapped(result, (fields) =>
    'session' in fields
      ? { ...fields, session: mapped(fields['session'], (one) => ({ ...one, ...identityField(one) })) }
      : fields,
  );
}

const identityField = ({ identity }: Fields): Fields => ({ identity: mapped(identity, completedIdentity) });

/** Of a kernel it was kept what it was unpacked from, and of what is booted the image alone. */
function completedIdentity(identity: Fields): Fields {
  const later = { release: null, configSha256: null, modulesSha256: null, pinnedPackage: null };
  const artifacts = each(identity['artifacts'], (one) => ({ architecture: null, size: null, ...one }));
  return { ...later, ...identity, artifacts };
}

function completedKernel(kernel: Fields): Fields {
  if (!('scenarios' in kernel)) return kernel;
  // All of them kept the one contract that there was.
  const scenarios = each(kernel['scenarios'], (machine) => ({ contract: defaultContract.name, ...machine }));
  const findings = each(kernel['findings'] ?? [], completedFinding);
  const objects = each(kernel['objects'], completedObject);
  return { ...kernel, ...identityField(kernel), findings, objects, scenarios };
}

/** Nobody said what to do, or how the agent said what it claims. */
function completedFinding(finding: Fields): Fields {
  return { contract: defaultContract.name, eventWord: null, next: nextOf(finding['code']), ...finding };
}

function nextOf(code: unknown): string {
  const known = failureCodes.find((one) => one === code);
  return known === undefined ? '' : nextSteps[known];
}

function completedObject(object: Fields): Fields {
  const programs = each(object['programs'], (program) => ({ expected: null, ...program }));
  return { ...object, programs };
}

function each(value: unknown, complete: (one: Fields) => Fields): unknown {
  return Array.isArray(value) ? value.map((one: unknown) => mapped(one, complete)) : value;
}

function mapped(value: unknown, complete: (one: Fields) => Fields): unknown {
  return isRecord(value) ? complete(value) : value;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
