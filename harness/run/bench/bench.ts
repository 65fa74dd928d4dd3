// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { kernelCmdline } from '../../boot/cmdline.js';
import { kernelTarget } from '../../model/kernel-name.js';
import type { Target } from '../../target.js';
import { qemuArgv } from '../../boot/qemu-argv.js';
import { buildInitramfs } from '../../images/index.js';
import type { CheckClass } from '../../model/check.js';
import type { Measure, MeasureId, Unit } from '../../model/bench.js';
import { InfraError } from '../../model/errors.js';
import type { ReadyKernel } from '../../model/kernel.js';
import type { Accelerator } from '../../model/report.js';
import { shellQuote } from '../../proc/shell-quote.js';
import { withScratchFolder } from '../../proc/temp.js';
import { type Timed, runTimed } from './timed.js';

export interface BenchPlan {
  /** The first is the one for everything that needs one kernel. */
  readonly kernels: readonly [ReadyKernel, ...ReadyKernel[]];
  readonly rounds: number;
  /** What guests of the first kernel are started with. */
  readonly qemu: string;
  readonly qemuVersion: string;
  readonly sandbox: boolean;
  readonly accel: Accelerator;
  readonly memory: number;
  readonly lsm: readonly string[];
  readonly cache: string;
  /** This program, as a person starts it: node and its script. */
  readonly self: readonly [string, string];
  /** The smallest object that is right, for the first verdict. */
  readonly smallest: string;
  /** The object of whole runs; null for the configured one. */
  readonly object: string | null;
  /** Init of the floor: build/bench/word. */
  readonly word: string;
  /** Null, and why, where virtme-ng is not to be had. */
  readonly vng: { readonly program: string } | { readonly why: string };
  /** Whether every scenario is run too; it takes long under emulation. */
  readonly complete: boolean;
  /** Null takes every measure. */
  readonly only: ReadonlySet<MeasureId> | null;
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
}

/** How one measure is taken. */
interface Method {
  readonly id: MeasureId;
  readonly words: string;
  readonly unit: Unit;
  /** Why it is not taken; null takes it. */
  readonly skipped: string | null;
  /** It restores guests that must have been frozen before. */
  readonly warms: boolean;
  readonly take: () => Promise<number>;
}

/** Takes every measure once a round, one after the other, so that a busy minute of the host spoils none of them alone. */
export async function runBench(plan: BenchPlan): Promise<readonly Measure[]> {
  return withScratchFolder('bench', async (out) => {
    const methods = methodsOf(plan, out).filter(({ id }) => plan.only?.has(id) ?? true);
    const samples = new Map<MeasureId, number[]>();
    const faults = new Map<MeasureId, string>();
    const taken = methods.filter(({ skipped }) => skipped === null);
    if (taken.some(({ warms }) => warms)) {
      plan.onStep('freezing a guest of each kernel that has none yet');
      await cli(plan, out, { kernels: plan.kernels, object: plan.smallest, more: [] });
    }
    if (taken.some(({ id }) => /^(reused|edited)/.test(id))) {
      plan.onStep('proving what nothing will have changed of');
      await cli(plan, out, { kernels: plan.kernels.slice(0, 3), object: null, more: [], only: null, reuse: true });
    }
    for (let round = 1; round <= plan.rounds; round++) {
      for (const { id, words, take } of taken.filter((method) => !faults.has(method.id))) {
        plan.onStep(`round ${round} of ${plan.rounds}: ${words}`);
        try {
          samples.set(id, [...(samples.get(id) ?? []), await take()]);
        } catch (error) {
          plan.signal.throwIfAborted();
          if (!(error instanceof InfraError)) throw error;
          faults.set(id, error.message);
          samples.delete(id);
        }
      }
    }
    return methods.map(({ id, words, unit, skipped }) => {
      const found = samples.get(id) ?? [];
      return { id, words, unit, samples: found, why: found.length > 0 ? null : (skipped ?? faults.get(id) ?? null) };
    });
  });
}

function methodsOf(plan: BenchPlan, out: string): readonly Method[] {
  const { kernels, smallest, object } = plan;
  const [one] = kernels;
  const three = kernels.slice(0, 3);
  const few = (count: number): string | null => (kernels.length < count ? `needs ${count} kernels` : null);
  const method = (id: MeasureId, words: string, take: () => Promise<number>, skipped: string | null = null): Method => {
    return { id, words, unit: 's', skipped, warms: !/^(floor|cold)/.test(id), take };
  };
  const run = (some: readonly ReadyKernel[], what: string | null, ...more: string[]) =>
    cli(plan, out, { kernels: some, object: what, more });
  const first = async (...more: string[]) => markedOf(await run([one], smallest, ...more));
  const whole = async (some: readonly ReadyKernel[], ...more: string[]) => (await run(some, object, ...more)).total;
  const all = kernels.length > 3 ? null : 'needs more than three kernels';
  return [
    method('floor', 'floor: an init that says one word and ends', () => floor(plan)),
    method(
      'unit',
      'the unit: load-only run of the smallest object, one kernel, cold',
      async () => (await run([one], smallest, '--cold')).total,
    ),
    method('cold-first', 'cold, to the first verdict', () => first('--cold')),
    method('warm-first', 'warm, to the first verdict', () => first()),
    method('cold-one', 'load-only run of one kernel, cold', () => whole([one], '--cold')),
    method('warm-one', 'load-only run of one kernel, warm', () => whole([one])),
    method('cold-three', 'load-only run of three kernels, cold', () => whole(three, '--cold'), few(3)),
    method('warm-three', 'load-only run of three kernels, warm', () => whole(three), few(3)),
    method('cold-all', `load-only run of ${kernels.length} kernels, cold`, () => whole(kernels, '--cold'), all),
    method('warm-all', `load-only run of ${kernels.length} kernels, warm`, () => whole(kernels), all),
    ...completeMethods(plan, out),
    method('overhead', 'harness outside QEMU, warm', async () => {
      const { total, qemu } = await run([one], smallest);
      return total - qemu;
    }),
    { ...method('sessions', 'sessions a second, warm', () => sessions(plan, out)), unit: '1/s' },
    { ...method('memory', 'memory of a guest, peak', async () => (await run([one], smallest)).peak), unit: 'MiB' },
    ...vngMethods(plan, first),
  ];
}

/** What a complete run came to last, for what else is read off it. */
class LastComplete {
  readonly #of: MeasureId;
  #timed: Timed | null = null;

  constructor(of: MeasureId) {
    this.#of = of;
  }

  take(timed: Timed): number {
    this.#timed = timed;
    return timed.total;
  }

  of(read: (timed: Timed) => number): Promise<number> {
    if (this.#timed !== null) return Promise.resolve(read(this.#timed));
    throw new InfraError('HARNESS', {
      message: `bench: ${this.#of} was not taken`,
      next: `add ${this.#of} to --measure`,
    });
  }
}

/** The class that counts as edited. */
const edited = 'ptrace';

function completeMethods(plan: BenchPlan, out: string): readonly Method[] {
  const three = plan.kernels.slice(0, 3);
  const [one] = three.map((kernel) => [kernel]);
  const last = new LastComplete('warm-complete');
  const run = (kernels: readonly ReadyKernel[] = three, reuse: Call['reuse'] = false): Promise<Timed> =>
    cli(plan, out, { kernels, object: null, more: [], only: null, reuse });
  const method = (id: MeasureId, words: string, take: Method['take'], unit: Unit = 's'): Method => {
    const needed = id.endsWith('-one') ? 1 : 3;
    const few = plan.kernels.length < needed ? `needs ${needed} kernels` : null;
    return { id, words, unit, warms: true, skipped: plan.complete ? few : '--complete asks for it', take };
  };
  const anew = 'asked anew';
  const same = 'nothing changed';
  return [
    ...acrossMethods(plan, run),
    method('warm-complete', `complete run of three kernels, ${anew}`, async () => last.take(await run())),
    method('complete-idle', 'idle share of the processors meanwhile', () => last.of(({ idle }) => 100 * idle), '%'),
    method('complete-qemu', 'processor time of all its QEMUs', () => last.of(({ qemuCpu }) => qemuCpu)),
    method('reused-one', `complete run of one kernel, ${same}`, async () => (await run(one, true)).total),
    method('reused-three', `complete run of three kernels, ${same}`, async () => (await run(three, true)).total),
    method(
      'edited-three',
      `complete run of three kernels, as if ${edited} had been edited`,
      async () => (await run(three, { but: edited })).total,
    ),
  ];
}

/** A complete run of the first kernel beside that of the first one of another architecture. */
function acrossMethods(
  { kernels, complete }: BenchPlan,
  run: (kernels: readonly ReadyKernel[]) => Promise<Timed>,
): readonly Method[] {
  const [first] = kernels;
  const other = kernels.find((kernel) => targetOf(kernel) !== targetOf(first));
  const wanted = complete ? null : '--complete asks for it';
  const pair = (id: 'complete-one' | 'complete-other', kernel: ReadyKernel, why: string | null): readonly Method[] => {
    const last = new LastComplete(id);
    const common = { unit: 's', warms: true, skipped: wanted ?? why } as const;
    const words = `complete run of ${kernel.identity.id}, asked anew`;
    const take = async (): Promise<number> => last.take(await run([kernel]));
    const cpu = (): Promise<number> => last.of((timed) => timed.cpu);
    return [
      { ...common, id, words, take },
      { ...common, id: `${id}-cpu`, words: `its processor time, QEMUs' among it`, take: cpu },
    ];
  };
  const none = other === undefined ? 'needs a kernel of another architecture' : null;
  return [...pair('complete-one', first, null), ...pair('complete-other', other ?? first, none)];
}

function vngMethods(plan: BenchPlan, first: (...more: string[]) => Promise<number>): readonly Method[] {
  const { vng } = plan;
  const [one] = plan.kernels;
  const skipped = 'why' in vng ? vng.why : null;
  const program = 'why' in vng ? '' : vng.program;
  const argv = [
    // Its root over virtiofs where it finds a virtiofsd, which is what cloud kernels have; over 9P where not.
    ...['--verbose', '--run', one.files.image, '--memory', `${plan.memory}M`, '--cpus', '1'],
    ...(plan.accel === 'tcg' ? ['--disable-kvm'] : []),
    ...['--exec', 'true'],
  ];
  // vng --exec wants a terminal to speak to (1.35: "not a valid pts"); script(1) gives it one.
  const command = [program, ...argv].map(shellQuote).join(' ');
  const own = async (): Promise<Timed> => {
    // Without udev in its guest vng 1.42 ends with 255 whatever the command came to: what counts is its last word about that.
    const timed = await runTimed(['script', '-qec', command, '/dev/null'], {
      mark: /script exited with code 0\b/,
      accepted: [0, 255],
      signal: plan.signal,
    });
    markedOf(timed);
    return timed;
  };
  const common = { unit: 's', skipped, warms: false } as const;
  return [
    {
      ...common,
      id: 'vng-backend',
      words: '--backend virtme-ng, to the first verdict',
      take: () => first('--backend', 'virtme-ng'),
    },
    {
      ...common,
      id: 'vng-own',
      words: 'virtme-ng with its own root, a command that does nothing',
      take: async () => (await own()).total,
    },
  ];
}

/** Whole process of QEMU, from its start to its end. */
async function floor(plan: BenchPlan): Promise<number> {
  const { qemu, sandbox, accel, memory, lsm, cache, signal, word } = plan;
  const [kernel] = plan.kernels;
  const target = targetOf(kernel);
  const initramfs = await buildInitramfs({ init: word, kernel, cacheDir: cache, signal });
  const argv = qemuArgv({
    ...{ target, accel, memory, cpus: 1, sandbox, kernel: kernel.files.image, initramfs: initramfs.path },
    cmdline: kernelCmdline({ target, lsm, extra: [] }),
  });
  const { total, marked } = await runTimed([qemu, ...withoutChannels(argv)], {
    mark: /^ready$/,
    accepted: [0],
    signal,
  });
  if (marked !== null) return total;
  throw new InfraError('HARNESS', {
    message: 'bench: the init of the floor did not say its word',
    next: 'try another kernel',
  });
}

/** The same machine without the channels that nobody would talk to. */
function withoutChannels(argv: readonly string[]): readonly string[] {
  const pairs = argv.flatMap((word, at) => (word.startsWith('-') ? [[word, ...following(argv, at)]] : []));
  return pairs.filter((pair) => !/rpc|qmp|virtio-serial/.test(pair.join(' '))).flat();
}

function following(argv: readonly string[], at: number): readonly string[] {
  const next = argv[at + 1];
  return next === undefined || next.startsWith('-') ? [] : [next];
}

interface Call {
  readonly kernels: readonly ReadyKernel[];
  /** Null for the configured one. */
  readonly object: string | null;
  readonly more: readonly string[];
  /** Null runs everything. */
  readonly only?: null;
  /** Takes what earlier runs were answered; or all of that but the attempts of a class. */
  readonly reuse?: boolean | { readonly but: CheckClass };
}

/** This program as a person starts it, another process, Node's start and all. */
function cli(plan: BenchPlan, out: string, { kernels, object, more, only, reuse = false }: Call): Promise<Timed> {
  const ids = kernels.map(({ identity }) => identity.id).join(',');
  const isAlike = kernels.every((kernel) => targetOf(kernel) === targetOf(plan.kernels[0]));
  const accel = isAlike || plan.accel === 'tcg' ? plan.accel : 'auto';
  const args = [
    ...['run', '-k', ids, '--accel', accel, '--memory', String(plan.memory), '--out', join(out, 'report')],
    ...(reuse === true ? [] : ['--fresh', ...(reuse === false ? [] : [reuse.but])]),
    ...(only === null ? [] : ['--only', 'load']),
    ...(object === null ? [] : ['--object', object]),
    ...more,
  ];
  return runTimed([...plan.self, ...args], { mark: /^\S+: (pass|FAIL)/, accepted: [0, 1], signal: plan.signal });
}

function markedOf({ marked }: Timed): number {
  if (marked !== null) return marked;
  throw new InfraError('HARNESS', { message: 'bench: a run gave no verdict', next: 'run it by hand with --debug' });
}

const repeats = 8;

async function sessions(plan: BenchPlan, out: string): Promise<number> {
  const [one] = plan.kernels;
  const more = ['--repeat', String(repeats)];
  return repeats / (await cli(plan, out, { kernels: [one], object: plan.smallest, more })).total;
}

const targetOf = ({ identity }: ReadyKernel): Target => kernelTarget(identity.id);
