// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from 'node:util';
import { allKinds } from './kinds/index.js';
import type { FaultKind } from './fault.js';

export interface SoakOptions {
  readonly seed: number;
  readonly count: number;
  readonly kinds: readonly FaultKind[];
  readonly jobs: number;
  /** Forgets what an earlier soak with this seed has done. */
  readonly isFresh: boolean;
  /** Only this one of the faults, from 1. */
  readonly only: number | null;
}

export const soakUsage = `usage: npm run soak -- [--seed N] [--count N] [--kind NAME,...] [--jobs N] [--only NUMBER] [--fresh]
kinds: ${allKinds.map(({ name }) => name).join(', ')}
`;

/** @throws Error with a sentence for a person. */
export function soakOptions(args: readonly string[]): SoakOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { seed: text, count: text, kind: text, jobs: text, only: text, fresh: { type: 'boolean' } },
  });
  return {
    seed: numberOf('--seed', values.seed) ?? Math.floor(Date.now() / 1000) % 1_000_000,
    count: numberOf('--count', values.count) ?? 150,
    kinds: values.kind === undefined ? allKinds : values.kind.split(',').map(kindNamed),
    jobs: numberOf('--jobs', values.jobs) ?? 2,
    isFresh: values.fresh === true,
    only: numberOf('--only', values.only),
  };
}

function numberOf(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${flag}: expected a whole number from 1, found "${text}"`);
  return Number(text);
}

function kindNamed(name: string): FaultKind {
  const found = allKinds.find((kind) => kind.name === name);
  if (found === undefined) throw new Error(`--kind: there is no kind ${name}`);
  return found;
}
