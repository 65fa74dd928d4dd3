// SPDX-License-Identifier: Apache-2.0
import type { PlannedUnit, WeighedUnit } from '../model/shard.js';

/**
 * Seconds that a kernel costs each shard which has any session of it, whatever that is: it is fetched and unpacked, booted
 * once and frozen.
 */
const kernelSeconds = 8;

/**
 * Shares units out among `total` shards, about as many seconds to each: the longest first, each to the shard that would have
 * the least to do with it, the first of equals. A kernel is torn apart only where that pays. The same for the same units on
 * every host; the result is in their order.
 */
export function sharedOut(units: readonly WeighedUnit[], total: number): readonly PlannedUnit[] {
  const shards = Array.from({ length: total }, (_, index) => new Load(index + 1));
  const longestFirst = units
    .map((unit, order) => ({ unit, order }))
    .sort((a, b) => b.unit.seconds - a.unit.seconds || a.order - b.order);
  const placed = longestFirst.map(({ unit, order }) => ({ order, planned: placedBest(unit, shards) }));
  return placed.sort((a, b) => a.order - b.order).map(({ planned }) => planned);
}

function placedBest(unit: WeighedUnit, shards: readonly Load[]): PlannedUnit {
  const best = shards.reduce((one, other) => (other.secondsWith(unit) < one.secondsWith(unit) ? other : one));
  best.take(unit);
  return { ...unit, shard: best.index };
}

/** What one shard has to do so far. */
class Load {
  #seconds = 0;
  readonly #kernels = new Set<string>();

  constructor(readonly index: number) {}

  secondsWith({ kernel, seconds }: WeighedUnit): number {
    return this.#seconds + seconds + (this.#kernels.has(kernel) ? 0 : kernelSeconds);
  }

  take(unit: WeighedUnit): void {
    this.#seconds = this.secondsWith(unit);
    this.#kernels.add(unit.kernel);
  }
}
