// SPDX-License-Identifier: Apache-2.0
import type { ShardChoice } from '../config/shard.js';
import { invocation } from '../model/invocation.js';
import { type PlannedUnit, shardName, type ShardPlan } from '../model/shard.js';
import { sumOf } from '../model/sum.js';
import { formatCount } from '../report/views/format.js';
import type { OutDir } from '../results/out-dir.js';
import type { RunFrame } from '../results/run-frame.js';
import { withdrawShard, writeShardBlob } from '../results/shard-blob.js';
import type { ShardTimes } from '../results/shard-times.js';
import type { MatrixOptions } from '../run/matrix.js';
import { planShards } from '../run/shards/plan.js';
import { type BaselineTask, storedBaseline } from './commands/run/baseline.js';

/** Which part of a run is done here, and by which times it was cut. */
export interface Sharing {
  readonly choice: ShardChoice;
  readonly times: ShardTimes;
}

type Shared = Parameters<typeof planShards>[0];

/** What of a run is done here. */
export interface OwnPart {
  /** Before anything is asked. */
  begin(out: OutDir): Promise<void>;
  options(notices: readonly string[]): Pick<MatrixOptions, 'kernels' | 'shard' | 'notices'>;
  /** As it is stored. */
  frameOf(frame: RunFrame): RunFrame;
  /** Once everything else that is stored is there. */
  write(out: OutDir): Promise<void>;
  heldAgainst(baseline: BaselineTask | undefined): BaselineTask | undefined;
}

/** All of it, or a shard, from its plan to what is left of it for `merge`. */
export async function ownPart(
  sharing: Sharing | null,
  run: Shared,
  baseline: BaselineTask | undefined,
): Promise<OwnPart> {
  if (sharing === null) return wholeRun(run);
  const { choice, times } = sharing;
  const stored = baseline === undefined ? null : storedBaseline(baseline);
  const plan = await planShards(run, { total: choice.place.total, times, baseline: stored });
  return new OwnShard(choice, plan, run);
}

const wholeRun = ({ kernels }: Shared): OwnPart => ({
  begin: () => Promise.resolve(),
  options: (notices) => ({ kernels, shard: null, notices }),
  frameOf: (frame) => frame,
  write: () => Promise.resolve(),
  heldAgainst: (baseline) => baseline,
});

class OwnShard implements OwnPart {
  readonly #choice: ShardChoice;
  readonly #plan: ShardPlan;
  readonly #run: Shared;

  constructor(choice: ShardChoice, plan: ShardPlan, run: Shared) {
    this.#choice = choice;
    this.#plan = plan;
    this.#run = run;
  }

  /** A shard that was left in the same folder does not stand in for this one, should it not come to its end. */
  async begin({ place }: OutDir): Promise<void> {
    await withdrawShard(place);
  }

  /** Its kernels and its sessions of them. */
  options(notices: readonly string[]): Pick<MatrixOptions, 'kernels' | 'shard' | 'notices'> {
    const own = new Set(this.#own().map(({ kernel, session }) => JSON.stringify([kernel, session])));
    const kernels = this.#run.kernels.filter(({ id }) => this.#own().some(({ kernel }) => kernel === id));
    const has = ({ kernel, session }: Pick<PlannedUnit, 'kernel' | 'session'>): boolean =>
      own.has(JSON.stringify([kernel, session]));
    return { kernels, shard: { has }, notices: [...this.#lines(), ...notices] };
  }

  #own(): readonly PlannedUnit[] {
    return this.#plan.units.filter(({ shard }) => shard === this.#choice.place.index);
  }

  /** In every report of it: nobody should take it for the whole. */
  #lines(): readonly string[] {
    const { place, from } = this.#choice;
    const { units } = this.#plan;
    const own = this.#own();
    const what = own.length === 0 ? 'nothing is left for it' : shareText(own);
    return [
      `shard ${shardName(place)} of a run (${from}): ${what}; ${secondsOf(own)} of ${secondsOf(units)} s by what is known of each session`,
      `a part is held against no baseline: ${invocation} merge makes the reports of the run of ${formatCount(place.total, 'shard')}`,
    ];
  }

  /** As that of the whole run would be. */
  frameOf(frame: RunFrame): RunFrame {
    const lines = this.#lines();
    const notices = frame.notices.filter((text) => !lines.includes(text));
    return { ...frame, notices, expectations: this.#run.expectations };
  }

  async write({ staging }: OutDir): Promise<void> {
    const { place, from, run } = this.#choice;
    await writeShardBlob(staging, { index: place.index, from, run, plan: this.#plan });
  }

  /** Only all of them are a run. */
  heldAgainst(): undefined {
    return undefined;
  }
}

const secondsOf = (units: readonly PlannedUnit[]): number => Math.round(sumOf(units.map(({ seconds }) => seconds)));

/** `6.1: load, lsm; 6.12: no-lsm`. */
export function shareText(units: readonly PlannedUnit[]): string {
  const kernels = [...new Set(units.map(({ kernel }) => kernel))];
  return kernels
    .map((id) => {
      const sessions = units.filter(({ kernel }) => kernel === id).map(({ session }) => session);
      return `${id}: ${sessions.join(', ')}`;
    })
    .join('; ');
}
