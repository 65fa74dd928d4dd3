// SPDX-License-Identifier: Apache-2.0
import { cpus } from 'node:os';
import { sumOf } from '../model/sum.js';

/** Time of all processors since the host was booted, in milliseconds. */
export interface ProcessorTimes {
  readonly idle: number;
  readonly all: number;
}

/**
 * Which share of the host's processors had nothing to do since the last look, 0 to 1; whoever kept them busy. The first
 * look sees none.
 */
export class IdleShare {
  readonly #timesOf: () => ProcessorTimes;
  #last: ProcessorTimes;

  /** `timesOf` is for tests. */
  constructor(timesOf: () => ProcessorTimes = processorTimes) {
    this.#timesOf = timesOf;
    this.#last = timesOf();
  }

  look(): number {
    const now = this.#timesOf();
    const { idle, all } = this.#last;
    this.#last = now;
    return now.all > all ? (now.idle - idle) / (now.all - all) : 0;
  }
}

function processorTimes(): ProcessorTimes {
  const times = cpus().map((cpu) => cpu.times);
  return { idle: sumOf(times.map(({ idle }) => idle)), all: sumOf(times.flatMap((one) => Object.values(one))) };
}
