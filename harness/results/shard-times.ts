// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { UsageError } from '../model/errors.js';
import type { KernelId } from '../model/kernel.js';
import { knownTime, withTimes } from '../model/session-answer.js';
import type { ShardUnit } from '../model/shard.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { describeJsonFault, parsedJson } from '../proc/json.js';
import { readRegularText } from '../proc/regular-file.js';
import { describeSchemaIssues } from './issues.js';

const seconds = z.number().positive();
const timesSchema = z.strictObject({
  schema: z.literal(1),
  seconds: z.record(z.string(), z.record(z.string(), seconds)),
});

/** Seconds that sessions took in earlier runs, by kernel and session: by these a run is shared out evenly. */
export class ShardTimes {
  readonly #known: ReadonlyMap<KernelId, ReadonlyMap<string, number>>;

  constructor(known: Iterable<readonly [KernelId, ReadonlyMap<string, number>]> = []) {
    this.#known = new Map(known);
  }

  /** As it was measured, or as other kernels are; null where no kernel has such a session. */
  of(unit: ShardUnit): number | null {
    return knownTime(this.#known, unit);
  }

  /** With what was measured since. */
  with(measured: readonly (ShardUnit & { readonly seconds: number })[]): ShardTimes {
    const since = measured.map(({ kernel, session, seconds: took }) => [kernel, new Map([[session, took]])] as const);
    return new ShardTimes(withTimes(this.#known, since));
  }

  /** Sorted, so that a file which is committed changes only where a time did. */
  toJson(): unknown {
    const sorted = <T>(entries: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
      [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const byKernel = sorted(this.#known).map(([id, sessions]) => [id, Object.fromEntries(sorted(sessions))] as const);
    return { schema: 1, seconds: Object.fromEntries(byKernel) };
  }
}

const option = '--shard-times';

/** @throws UsageError naming the file and the place in it. */
export async function readShardTimes(path: string): Promise<ShardTimes> {
  const text = await readRegularText(path).catch((cause: unknown) => {
    throw new UsageError({
      message: `${option} ${path}: cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      next: `leave it out for fixed estimates; merge ${option} FILE writes one`,
      cause,
    });
  });
  const value = parsedJson(text);
  const parsed = timesSchema.safeParse(value);
  if (parsed.success) {
    return new ShardTimes(
      Object.entries(parsed.data.seconds).map(([id, sessions]) => [id, new Map(Object.entries(sessions))]),
    );
  }
  const what = value === undefined ? `not JSON: ${describeJsonFault(text)}` : describeSchemaIssues(parsed.error, value);
  throw new UsageError({ message: `${option} ${path}: ${what}`, next: `write it anew: merge ${option} FILE` });
}

/** Whole or not at all. */
export async function writeShardTimes(path: string, times: ShardTimes): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(times.toJson(), null, 2)}\n`);
}
