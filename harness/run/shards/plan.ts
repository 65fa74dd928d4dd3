// SPDX-License-Identifier: Apache-2.0
import { contractNamed, machineLabel } from '../../contracts/registry.js';
import { checkClasses } from '../../model/check.js';
import { kernelTarget } from '../../model/kernel-name.js';
import type { Target } from '../../target.js';
import { loadSession, type ShardPlan, type WeighedUnit } from '../../model/shard.js';
import { sharedOut } from '../../plan/shards.js';
import type { ShardTimes } from '../../results/shard-times.js';
import { plannedShares, type Share } from '../../scenarios/shares.js';
import type { MatrixOptions } from '../matrix.js';
import { estimatedSeconds } from '../pool.js';
import { plannedEnvironments } from '../scenario-session.js';
import { askedOf, type AskedOptions } from './asked.js';

/** A session of each kernel, with what stands behind it. */
interface PlannedSession {
  readonly session: string;
  /** By no measurement. */
  readonly seconds: number;
  readonly shares: readonly Share[];
}

/** As much of a run as it takes to say who does what of it. */
type SharedRun = AskedOptions & Pick<MatrixOptions, 'scenarios'>;

/** Who does what of a run: the same from the same command line, the same program and the same times, on every host. */
export async function planShards(
  run: SharedRun,
  { total, times, baseline }: { readonly total: number; readonly times: ShardTimes; readonly baseline: unknown },
): Promise<ShardPlan> {
  const kernels = run.kernels.map(({ id }) => id);
  const ofTarget = new Map([...new Set(kernels.map(kernelTarget))].map((target) => [target, sessionsOf(run, target)]));
  const weighed = kernels.flatMap((kernel) =>
    (ofTarget.get(kernelTarget(kernel)) ?? []).map(({ session, seconds }): WeighedUnit => {
      return { kernel, session, seconds: times.of({ kernel, session }) ?? seconds };
    }),
  );
  const proofs = [...ofTarget.values()].flat().flatMap(({ shares }) => shares.flatMap((share) => share.proofs));
  return { total, kernels, units: sharedOut(weighed, total), asked: await askedOf(run, { proofs, baseline }) };
}

/** Of each kernel of an architecture, in the order in which `proveWork` has them. */
function sessionsOf({ agents, only, scenarios, lsm }: SharedRun, target: Target): readonly PlannedSession[] {
  const loading = { session: loadSession, seconds: estimatedSeconds('load'), shares: [] };
  if (only === 'none') return [loading];
  const wanted = { classes: new Set(only === 'all' ? checkClasses : only), scenarios };
  const own = agents.filter((agent) => agent.target === target);
  const proving = own.flatMap((agent) =>
    plannedEnvironments({ agent, ...wanted }, lsm).map((environment): PlannedSession => {
      const contract = contractNamed(agent.contract);
      const shares = plannedShares({ contract, environment, agent }, wanted);
      const session = machineLabel({ contract: contract.name, environment });
      return { session, seconds: estimatedSeconds(environment, shares.length), shares };
    }),
  );
  return [loading, ...proving];
}
