// SPDX-License-Identifier: Apache-2.0
import { machineCalled, machineLabel } from '../../contracts/registry.js';
import type { KernelId, KernelIdentity } from '../../model/kernel.js';
import { loadSession, type ShardPlan } from '../../model/shard.js';
import type { KernelResult, ScenarioSession, SessionFault, SessionResult } from '../../results/session.js';

type Results = readonly [KernelResult, ...KernelResult[]];
type Answered = Extract<KernelResult, { kind: 'session' }>;
type Missing = Extract<KernelResult, { kind: 'unavailable' }>;

/** What a shard has of one kernel. */
export interface ShardAnswers {
  readonly shard: number;
  readonly results: Results;
}

export interface JoinedKernel {
  readonly results: Results;
  /** What is easily overlooked, one line each. */
  readonly notices: readonly string[];
}

/**
 * What all shards have of a kernel as if one run had asked it: each session from the shard that it was given to. A session
 * that has no answer because its shard could not have the kernel, or had another, is one that broke. `asked`: objects of
 * the run. Throws Error for answers that do not fit the plan.
 */
export function joinedKernel(
  kernel: KernelId,
  { units }: Pick<ShardPlan, 'units'>,
  { parts, asked }: { readonly parts: readonly ShardAnswers[]; readonly asked: number },
): JoinedKernel {
  const own = units.filter((unit) => unit.kernel === kernel);
  const missing = parts.flatMap(({ results: [first] }) => (first.kind === 'unavailable' ? [first] : []));
  if (missing[0] !== undefined && missing.length === parts.length) return { results: [missing[0]], notices: [] };
  const rounds = Math.max(...parts.map(({ results }) => results.length));
  const joined = Array.from({ length: rounds }, (_, round) => {
    const answers = new Map(parts.map(({ shard, results }) => [shard, resultIn(results, round)]));
    return new KernelParts(kernel, answers, asked).join(own);
  });
  const [first, ...rest] = joined;
  if (first === undefined) throw new Error(`there is no answer of ${kernel}`);
  return { results: [first, ...rest], notices: parts.flatMap((part) => factsNotices(kernel, part, own)) };
}

/** A kernel that could not be had was asked for once, whatever `--repeat`. */
function resultIn(results: Results, round: number): Answered | Missing {
  const result = results[round] ?? (results[0].kind === 'unavailable' ? results[0] : undefined);
  if (result === undefined) throw new Error('it was asked less often than in another shard');
  if (result.kind === 'command') throw new Error('it is the answer of a command');
  return result;
}

/** The answers of one kernel, of one time that it was asked. */
class KernelParts {
  readonly #kernel: KernelId;
  readonly #answers: ReadonlyMap<number, Answered | Missing>;
  readonly #asked: number;

  constructor(kernel: KernelId, answers: ReadonlyMap<number, Answered | Missing>, asked: number) {
    this.#kernel = kernel;
    this.#answers = answers;
    this.#asked = asked;
  }

  join(units: ShardPlan['units']): Answered {
    const loading = units.find(({ session }) => session === loadSession)?.shard;
    const loaded = loading === undefined ? undefined : this.#answers.get(loading);
    if (loading === undefined || loaded === undefined) throw new Error('nobody has loaded the objects');
    const session = loaded.kind === 'session' ? loaded.session : this.#unloaded(loading, loaded);
    const proving = units.filter((unit) => unit.session !== loadSession);
    const scenarios = proving.map((unit) => this.#proved(unit, session.identity));
    return { kind: 'session', session, scenarios };
  }

  /** The kernel is known by a shard that had it. */
  #unloaded(shard: number, missing: Missing): SessionResult {
    const other = [...this.#answers.values()].find((one): one is Answered => one.kind === 'session');
    if (other === undefined) throw new Error('no shard had it');
    const fault = couldNot(shard, missing);
    return { ...other.session, asked: this.#asked, objects: [], fault, console: null, notes: [], ms: 0 };
  }

  #proved({ shard, session }: ShardPlan['units'][number], known: KernelIdentity): ScenarioSession {
    const answer = this.#answers.get(shard);
    if (answer === undefined) throw new Error(`shard ${shard} has no answer of it`);
    if (answer.kind === 'unavailable') return broken(session, couldNot(shard, answer));
    const { identity } = answer.session;
    if (!isSame(identity, known)) return broken(session, another(this.#kernel, shard, { identity, known }));
    const found = answer.scenarios.find((one) => machineLabel(one) === session);
    if (found === undefined) throw new Error(`shard ${shard} has no session ${session} of it`);
    return found;
  }
}

/** How it was come by, and what the lock said of that, may differ. */
function isSame(one: KernelIdentity, other: KernelIdentity): boolean {
  const fields = ['imageSha256', 'release', 'configSha256', 'modulesSha256'] as const;
  return fields.every((field) => one[field] === other[field]);
}

function broken(session: string, fault: SessionFault): ScenarioSession {
  return { ...machineCalled(session), evidence: [], boot: null, fault, console: null, ms: 0 };
}

function couldNot(shard: number, { kernel }: Missing): SessionFault {
  return {
    cause: 'SHARD_INCOMPLETE',
    message: `shard ${shard} could not have this kernel, and another could: ${kernel.reason}: ${kernel.detail}`,
    next: `${kernel.next}; then run that shard again`,
    consoleTail: [],
  };
}

function another(
  kernel: KernelId,
  shard: number,
  { identity, known }: { readonly identity: KernelIdentity; readonly known: KernelIdentity },
): SessionFault {
  return {
    cause: 'SHARD_INCOMPLETE',
    message: `shard ${shard} had another ${kernel}: ${versionOf(identity)} in place of ${versionOf(known)}`,
    next: 'lock the kernel (kernels lock), or give all shards one cache; then run them again',
    consoleTail: [],
  };
}

const versionOf = ({ version, release, imageSha256 }: KernelIdentity): string =>
  `${version ?? release ?? 'unknown version'} (image ${imageSha256.slice(0, 12)})`;

/** Nothing rests on the facts that a shard has asked for itself, but that its machine broke is no secret. */
function factsNotices(
  kernel: KernelId,
  { shard, results }: ShardAnswers,
  units: ShardPlan['units'],
): readonly string[] {
  if (units.some((unit) => unit.shard === shard && unit.session === loadSession)) return [];
  return results.flatMap((result) => {
    const fault = result.kind === 'session' ? result.session.fault : null;
    if (fault === null) return [];
    return [
      `${kernel}: the machine that shard ${shard} asked for facts broke, and no verdict rests on it: ${fault.message}`,
    ];
  });
}
