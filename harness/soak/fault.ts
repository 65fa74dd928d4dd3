// SPDX-License-Identifier: Apache-2.0
import type { Lab } from './lab.js';
import type { Random } from './random.js';
import type { Ended } from './running.js';

/** How a run with a fault may end, and still be right. */
export interface Ends {
  readonly codes: readonly number[];
  /** By which the harness may die: one that cannot be caught, or that came before it could. */
  readonly signals?: readonly NodeJS.Signals[];
  /** What is passed is the usual object on the usual kernel; else what is passed is this run's own business. */
  readonly passes: 'usual' | 'its own';
  /** After a death that nobody can clean up after: files and folders, until the next run sweeps them. */
  readonly mayLeave?: boolean;
  /** It has nowhere to print to. */
  readonly isMute?: boolean;
}

/** One fault, as it was chosen. */
export interface InjectedFault {
  /** For the log: `SIGTERM to the harness after 730 ms`. */
  readonly what: string;
  readonly ends: Ends;
  /** Injects it into a run and waits for the end of that. */
  readonly inject: (lab: Lab) => Promise<Ended>;
  /** Takes away what would be in the way of the next run, and is nobody's but the soak's. */
  readonly undo?: (lab: Lab) => Promise<void>;
}

export interface FaultKind {
  readonly name: string;
  /** What the table says it is. */
  readonly about: string;
  /** How many of 150. */
  readonly share: number;
  readonly choose: (random: Random) => InjectedFault;
}

/** A run that ends as if nothing had been. */
export const unharmed: Ends = { codes: [0], passes: 'usual' };
/** What is not there any more is made again, or the machine is to blame. */
export const healedOrInfra: Ends = { codes: [0, 3], passes: 'usual' };
/** The user's, and said so; or harmless. */
export const refused: Ends = { codes: [0, 2, 3], passes: 'usual' };
