// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from './kernel.js';

/** One part of a run that is shared out among processes: of `2/5`, index 2 of 5 in all. The first is 1. */
export interface ShardPlace {
  readonly index: number;
  readonly total: number;
}

/** Name of the session that loads the objects, among those that prove: they have the name of their machine. */
export const loadSession = 'load';

/**
 * What a shard takes or leaves: one session of one kernel. The machines of an environment stay together, since the others
 * begin with what the first finds out about the agent.
 */
export interface ShardUnit {
  readonly kernel: KernelId;
  /** `load`, or the machine of an environment: `lsm`, `audit no-lsm`. */
  readonly session: string;
}

/** A unit with what it is thought to take. */
export interface WeighedUnit extends ShardUnit {
  readonly seconds: number;
}

/** A unit that a shard has got. */
export interface PlannedUnit extends WeighedUnit {
  /** Index of the shard. */
  readonly shard: number;
}

/** What all shards of a run must agree about. */
export interface ShardPlan {
  readonly total: number;
  /** In the order they were asked for. */
  readonly kernels: readonly KernelId[];
  /** By kernel, in the order in which a run has its sessions. */
  readonly units: readonly PlannedUnit[];
  /** All that the answers depend on, by name: text for people, or a digest. */
  readonly asked: Readonly<Record<string, string>>;
}

/** `2/5`. */
export const shardName = ({ index, total }: ShardPlace): string => `${index}/${total}`;
