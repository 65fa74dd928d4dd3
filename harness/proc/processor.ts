// SPDX-License-Identifier: Apache-2.0
import { availableParallelism, cpus } from 'node:os';

/** What this host computes with. */
export interface Processor {
  /** As it is called: `AMD EPYC 7763 64-Core Processor`. */
  readonly model: string;
  /** How many this process may use. */
  readonly count: number;
}

export function hostProcessor(): Processor {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() ?? '';
  return { model: model === '' ? `an unknown ${process.arch}` : model, count: availableParallelism() };
}
