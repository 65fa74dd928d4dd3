// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import pLimit from 'p-limit';
import { type AccelChoice, type AccelRequest, chooseAccel, emulatedNotice } from '../boot/accel.js';
import { kvmMemo } from '../boot/kvm-memo.js';
import type { ObjectFile } from '../config/objects.js';
import { type CheckClass, checkClasses } from '../model/check.js';
import { machineLabel } from '../contracts/registry.js';
import { InfraError, UsageError } from '../model/errors.js';
import { loadSession, type ShardUnit } from '../model/shard.js';
import type { RunEvent } from '../model/events.js';
import type { KernelId, KernelResolution, KernelSource, ReadyKernel } from '../model/kernel.js';
import type { Accelerator, KernelReport, RunReport } from '../model/report.js';
import { isFor } from '../model/builds.js';
import { kernelTarget } from '../model/kernel-name.js';
import type { Agent } from '../model/agent.js';
import type { Target } from '../target.js';
import { everyScenario, type ScenarioFilter } from '../plan/scenario-filter.js';
import { repeatFolder } from '../results/paths.js';
import { SessionAnswers } from '../results/session-answers.js';
import { readSessionTimes, writeSessionTimes } from '../results/session-times.js';
import type { KernelResult } from '../results/session.js';
import { expectationNotices } from '../verdict/expectation-findings.js';
import type { Extent } from '../verdict/judge-kernel.js';
import { judgeRun, judgeShard } from '../verdict/judge-run.js';
import type { AccelProvider, SessionContext } from './context.js';
import type { FirstFailure } from './first-failure.js';
import { guestHosts } from './guest-host.js';
import { agentIdentities, objectIdentities } from './identities.js';
import { type ExaminedQemu, withoutSandbox } from './host.js';
import { IdleShare } from '../proc/idle.js';
import { judgedKernel } from './judged-kernel.js';
import { writeLoadLogs } from './logs.js';
import { hostRoom, machinePlaces } from './places.js';
import { machinePool, type PoolPlaces, type Slot } from './pool.js';
import { reusedLoad } from './reuse/load.js';
import { runScenarios, type ScenarioPlan, plannedEnvironments } from './scenario-session.js';
import { loadPlan, runFactsSession, runSession } from './session.js';

/** What getting a kernel reports while it works: `step` is what it is doing, `notice` is worth a line of its own. */
export interface ResolveProgress {
  readonly kind: 'step' | 'notice';
  readonly text: string;
}

/** One kernel that was asked for, and how to get hold of it. */
export interface KernelRequest {
  readonly id: KernelId;
  readonly source: KernelSource;
  resolve(onProgress: (progress: ResolveProgress) => void): Promise<KernelResolution>;
}

export interface MatrixOptions extends Omit<SessionContext, keyof ExaminedQemu | 'emit'> {
  readonly kernels: readonly KernelRequest[];
  /** A kernel is given those that are for its architecture. */
  readonly objects: readonly ObjectFile[];
  /**
   * Whose claims are proved, each of a contract and an architecture of its own; none when the run is about loading, or about a
   * command.
   */
  readonly agents: readonly Agent[];
  /** Classes of checks that are run. */
  readonly only: ReadonlySet<CheckClass> | 'all' | 'none';
  /** Scenarios of these classes that are run. */
  readonly scenarios: ScenarioFilter;
  /** Null goes on whatever fails. */
  readonly firstFailure: FirstFailure | null;
  /** How often each kernel is asked everything. */
  readonly repeat: number;
  /** Reported at the start: what follows from the command line and is easily overlooked. */
  readonly notices: readonly string[];
  /** Machines at the same time, and at most while the processor is idle. */
  readonly jobs: number;
  readonly idleJobs: number;
  readonly accel: AccelRequest;
  readonly available: boolean;
  readonly frozen: boolean;
  /** As in the report. */
  readonly given: readonly string[];
  readonly tool: RunReport['tool'];
  readonly onEvent: (event: RunEvent) => void;
  /** Sessions that are asked; absent, or null, for all that the options come to. */
  readonly shard?: ShardPart | null;
  /** Takes what a kernel answered, each time it was asked, before it is judged; null keeps nothing. */
  readonly keep: ((kernel: KernelId, results: readonly KernelResult[]) => Promise<void>) | null;
}

/** The sessions of one shard of a run. */
export interface ShardPart {
  has(unit: ShardUnit): boolean;
}

/** All that is done with a kernel that could be had. Broken machinery is in the result, never a throw. */
export type KernelWork = (
  kernel: ReadyKernel,
  accelFor: AccelProvider,
  context: SessionContext,
  slot: Slot,
) => Promise<KernelResult>;

type Results = readonly [KernelResult, ...KernelResult[]];

/** Downloads at once: more only crowd the mirror. */
const fetchJobs = 3;

/** Runs every kernel and judges what came of it. Throws only for broken machinery outside any kernel, or an abort. */
export async function runMatrix(options: MatrixOptions, work: KernelWork = proveWork(options)): Promise<RunReport> {
  // The wall clock may be set while a run goes on; it is read once.
  const started = new Date();
  const begun = performance.now();
  const heard = new Heard(options);
  const { emit } = heard;
  emit({
    type: 'run-started',
    kernels: options.kernels.map(({ id }) => id),
    objects: objectIdentities(options),
    jobs: options.jobs,
    lastTimes: isWhole(options) ? await readSessionTimes(options.cache) : new Map(),
  });
  for (const text of options.notices) emit({ type: 'notice', text });
  const fit = await placesFor(options, { emit });
  const ids = options.kernels.map(({ id }) => id);
  const hosts = await guestHosts(ids, options, options.signal);
  if (options.backend.kind === 'qemu' && ids.some((id) => !hosts.of(id).sandbox)) {
    emit({ type: 'notice', text: withoutSandbox });
  }
  const contextOf = (kernel: KernelId): SessionContext => {
    const objects = options.objects.filter(({ identity }) => isFor(identity, kernelTarget(kernel)));
    return { ...options, objects, ...hosts.of(kernel), emit };
  };
  const kernels = await runKernels(options, contextOf, { work, places: fit });
  // They are the basis of an estimate; where they cannot be kept there is none.
  if (isWhole(options)) await writeSessionTimes(options.cache, heard.answers.times).catch(() => undefined);
  for (const text of wholeNotices(options, kernels)) emit({ type: 'notice', text });
  const conditions = {
    tool: options.tool,
    started: started.toISOString(),
    ms: Math.round(performance.now() - begun),
    options: asked(options),
    host: { node: process.version, qemu: hosts.qemuVersion, accel: usedAccel(kernels), ...heard.kvm },
    notices: heard.notices,
    objects: objectIdentities(options),
    ...agentIdentities(options),
    expectations: options.expectations,
  };
  return extentOf(options) === 'part' ? judgeShard(conditions, kernels) : judgeRun(conditions, kernels);
}

const extentOf = ({ shard = null }: MatrixOptions): Extent => (shard === null ? 'whole' : 'part');

/** Of a shard they are given once all are merged. */
function wholeNotices(options: MatrixOptions, kernels: readonly KernelReport[]): readonly string[] {
  return extentOf(options) === 'part' ? [] : expectationNotices(options.expectations, kernels);
}

/** Are its sessions asked for all that they can be; how long others take says nothing about them. */
function isWhole({ only, scenarios }: MatrixOptions): boolean {
  return typeof only === 'string' && scenarios === everyScenario;
}

/** What happens in a run, passed on; and of it what its report, and the next run, are told. */
class Heard {
  readonly notices: string[] = [];
  readonly answers = new SessionAnswers();
  #kvm: string | undefined;

  constructor(private readonly options: Pick<MatrixOptions, 'onEvent' | 'firstFailure'>) {}

  readonly emit = (event: RunEvent): void => {
    if (event.type === 'notice') this.notices.push(event.text);
    if (event.type === 'notice') this.#kvm ??= event.kvm;
    this.options.onEvent(event);
    this.options.firstFailure?.onEvent(event);
    this.answers.onEvent(event);
  };

  get kvm(): Pick<RunReport['host'], 'kvm'> {
    return this.#kvm === undefined ? {} : { kvm: this.#kvm };
  }
}

function asked(options: MatrixOptions): RunReport['options'] {
  const { available, frozen, jobs, accel, withoutCapabilities, programs, given } = options;
  return { available, frozen, jobs, accel, withoutCapabilities, programs, given };
}

async function runKernels(
  options: MatrixOptions,
  contextOf: (kernel: KernelId) => SessionContext,
  { work, places }: { readonly work: KernelWork; readonly places: PoolPlaces },
): Promise<readonly KernelReport[]> {
  const fetching = pLimit(fetchJobs);
  const booting = machinePool(places);
  const accelOf = accelsOf(options, contextOf);
  return allOrNone(
    options.kernels.map(async (request) => {
      const context = contextOf(request.id);
      const accelFor = accelOf(request.id);
      const ask = async (signal: AbortSignal): Promise<Results> => {
        const own = { ...context, signal };
        const resolution = await fetching(() => resolveOne(request, own));
        if (resolution.status === 'unavailable') return [{ kind: 'unavailable', kernel: resolution }];
        return askRepeatedly(
          options.repeat,
          (run) => {
            const out = run === 1 ? own.out : join(own.out, repeatFolder(run));
            return work(resolution, accelFor, { ...own, out }, booting);
          },
          own,
          request.id,
        );
      };
      const { firstFailure } = options;
      const results = await (firstFailure?.ask(request, context.signal, ask) ?? ask(context.signal));
      const keep = (): Promise<void> => options.keep?.(request.id, results) ?? Promise.resolve();
      const judgedBy = { entries: options.expectations.entries, extent: extentOf(options) };
      const report = await judgedKernel(results, judgedBy, keep);
      context.emit({ type: 'kernel-finished', report });
      return report;
    }),
  );
}

/**
 * Of the time of the host's processors: what is idle for longer than this gets one more machine. With a quarter a run left
 * about as much of them idle, since each machine that ends beyond the sure ones waits to be replaced for that.
 */
const idleShare = 0.1;

/** Memory that is not there would be paid for by guests that are killed: fewer machines at a time, and said. */
async function placesFor(
  { jobs, idleJobs, memory }: MatrixOptions,
  { emit }: Pick<SessionContext, 'emit'>,
): Promise<PoolPlaces> {
  const room = await hostRoom();
  const { places: sure, notice } = machinePlaces(jobs, memory, room);
  if (notice !== null) emit({ type: 'notice', text: notice });
  const idle = new IdleShare();
  const most = Math.max(sure, machinePlaces(idleJobs, memory, room).places);
  return { sure, most, isIdle: () => idle.look() > idleShare };
}

/**
 * The same question several times, each with machines of its own, as many at a time as there are places; an answer that
 * changes is a finding. The logs of the first are where those of any run are, of the others in `repeats/N`.
 */
async function askRepeatedly(
  times: number,
  ask: (run: number) => Promise<KernelResult>,
  { emit }: SessionContext,
  kernel: KernelId,
): Promise<Results> {
  let done = 0;
  const once = async (run: number): Promise<KernelResult> => {
    const result = await ask(run);
    if (times > 1) {
      emit({ type: 'kernel-phase', kernel, phase: 'waiting', detail: `${++done} of ${times} runs done` });
    }
    return result;
  };
  const [first, ...rest] = await allOrNone(Array.from({ length: times }, (_, index) => once(index + 1)));
  if (first === undefined) throw new Error('run: repeated no times');
  return [first, ...rest];
}

/** Waits for all of them even when one fails: nobody may still write into a report folder that is being removed. */
async function allOrNone<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function resolveOne(request: KernelRequest, context: SessionContext): Promise<KernelResolution> {
  context.signal.throwIfAborted();
  const resolution = request.resolve(({ kind, text }) => {
    if (kind === 'notice') context.emit({ type: 'notice', text: `${request.id}: ${text}` });
    else context.emit({ type: 'kernel-phase', kernel: request.id, phase: 'fetch', detail: text });
  });
  return resolution.catch((error: unknown) => withoutCache(request, error, context.signal));
}

/** A cache that is full or not ours costs the kernels that are not in it yet, and no other. */
function withoutCache({ id, source }: KernelRequest, error: unknown, signal: AbortSignal): KernelResolution {
  signal.throwIfAborted();
  if (!(error instanceof InfraError)) throw error;
  const next = error.next ?? 'see docs/failure-codes.md';
  return { status: 'unavailable', id, source, reason: 'CACHE_UNUSABLE', detail: error.message, tried: [], next };
}

/** Loads every object, and proves the agent on as many machines as that takes; each machine takes a slot. */
export function proveWork(options: MatrixOptions, plant?: ScenarioPlan['plant']): KernelWork {
  const plans = scenarioPlans(options, plant);
  return async (kernel, accelFor, context, slot) => {
    const { id } = kernel.identity;
    const isAsked = (session: string): boolean => options.shard?.has({ kernel: id, session }) ?? true;
    const planned = isAsked(loadSession) ? [loadSession] : [];
    context.emit({ type: 'sessions-planned', kernel: id, sessions: planned });
    const asked = loadPlan(kernel, accelFor, context);
    const loading = slot('load', () =>
      isAsked(loadSession)
        ? reusedLoad(asked, () => runSession(kernel, accelFor, context))
        : runFactsSession(kernel, accelFor, context),
    );
    const own = plans.filter(({ agent }) => agent.target === kernelTarget(id));
    const proving = own.flatMap((plan) =>
      plannedEnvironments(plan, options.lsm)
        .filter((environment) => isAsked(machineLabel({ contract: plan.agent.contract, environment })))
        .map((environment) => runScenarios({ kernel, environment, plan, accelFor, context }, slot)),
    );
    await Promise.allSettled([loading, ...proving]);
    const session = await loading;
    await writeLoadLogs(context.out, session);
    return { kind: 'session', session, scenarios: await Promise.all(proving) };
  };
}

/** One for each agent, of any architecture. What was asked for need not be of every contract, but of one. */
function scenarioPlans(
  { agents, only, scenarios, firstFailure, lsm }: MatrixOptions,
  plant: ScenarioPlan['plant'],
): readonly ScenarioPlan[] {
  if (agents.length === 0 || only === 'none') return [];
  const classes = new Set(only === 'all' ? checkClasses : only);
  const halted = firstFailure?.halted ?? (() => false);
  const common = { classes, scenarios, halted, plant };
  const plans = agents.map((agent): ScenarioPlan => ({ agent, ...common }));
  if (plans.every((plan) => plannedEnvironments(plan, lsm).length === 0)) {
    throw new UsageError({
      message: `nothing of ${[...classes].join(', ')} can be proved with --lsm ${lsm.join(',')}`,
      next: 'put bpf into --lsm, or name posture or signal with --only',
    });
  }
  return plans;
}

/**
 * Proves the accelerator with the first kernel that is ready, reports it once, and remembers. A kernel file of the
 * user's that does not boot under KVM proves nothing about KVM: it is emulated itself, and the next kernel tries again.
 */
export function onceAccel(options: MatrixOptions, context: SessionContext): AccelProvider {
  let settled: Promise<AccelChoice> | undefined;
  return async (kernel) => {
    const mine = settled ?? prove(kernel, options, context);
    const trusted = kernel.identity.source !== 'file' || options.kernels.every(({ source }) => source === 'file');
    const first = settled === undefined && trusted;
    if (trusted) settled ??= mine;
    const { accel, obstacle } = await mine;
    if (accel === 'kvm') settled ??= mine;
    if (obstacle !== null && first) context.emit({ type: 'notice', text: emulatedNotice, kvm: obstacle });
    return accel;
  };
}

/** One proof for the kernels of each architecture. */
export function accelsOf(
  options: MatrixOptions,
  contextOf: (kernel: KernelId) => SessionContext,
): (kernel: KernelId) => AccelProvider {
  const known = new Map<Target, AccelProvider>();
  return (kernel) => {
    const target = kernelTarget(kernel);
    const provider = known.get(target) ?? onceAccel(options, contextOf(kernel));
    known.set(target, provider);
    return provider;
  };
}

/** With --cold nothing that an earlier run found out is believed. */
async function prove(kernel: ReadyKernel, options: MatrixOptions, context: SessionContext): Promise<AccelChoice> {
  const { cache, snapshots, signal } = options;
  const { qemu } = context;
  const target = kernelTarget(kernel.identity.id);
  const origin = { cacheDir: cache, qemu, qemuVersion: context.qemuVersion, kernelSha256: kernel.identity.imageSha256 };
  const memo = snapshots === null ? null : await kvmMemo(origin);
  const proof = { qemu, sandbox: context.sandbox, kernel: kernel.files.image, target, signal, memo };
  return chooseAccel(options.accel, proof);
}

/** Null where none was needed. */
export function usedAccel(kernels: readonly KernelReport[]): Accelerator | null {
  for (const kernel of kernels) {
    if (kernel.status !== 'unavailable' && kernel.boot !== null) return kernel.boot.accel;
  }
  return null;
}
