// SPDX-License-Identifier: Apache-2.0
import type { Errno, LoadStage } from '../model/evidence.js';
import { errno, protocolError } from './errors.js';
import { processEndOf } from './process.js';
import { stages } from './protocol.js';

/** The fields that every reply of a worker ends with. */
export interface WorkerReply {
  readonly end: number;
  readonly endCode: number;
  readonly progressStage: number;
  readonly progressName: string;
  /** The reply was cut, and what is missing is not known. */
  readonly truncated: number;
}

/** Why a worker gave no answer of its own. */
export interface WorkerDeath {
  readonly stage: LoadStage;
  /** It died while it attached programs. */
  readonly attaching: boolean;
  /** The program or map it was at, or empty. */
  readonly at: string;
  /** ETIMEDOUT for a hang, ENOTRECOVERABLE for a crash: what no bpf(2) returns. */
  readonly errno: Errno;
  /** One line for people. */
  readonly words: string;
}

const stageNames: ReadonlyMap<number, LoadStage> = new Map([
  [stages.open, 'open'],
  [stages.prepare, 'prepare'],
  [stages.map, 'map'],
  [stages.btf, 'btf'],
  [stages.prog, 'prog'],
  [stages.done, 'done'],
  [stages.attach, 'done'],
]);

/** The name of a stage's number. Throws InfraError GUEST_PROTOCOL for one that is not in the protocol. */
export function workerStage(number: number | undefined): LoadStage {
  const stage = number === undefined ? undefined : stageNames.get(number);
  if (stage === undefined) throw protocolError(`load stage ${number ?? 'missing'}`);
  return stage;
}

/** Null when the worker reported all it had to; one that lets go of what it attached may still run. `limit` is its time in ms, for the words. */
export function workerDeath(reply: WorkerReply, limit: number): WorkerDeath | null {
  if (reply.truncated !== 0) throw protocolError('more evidence than a reply can hold');
  const end = processEndOf(reply.end, reply.endCode);
  if (end.kind === 'running' || (end.kind === 'exited' && end.status === 0)) return null;
  const at = reply.progressName;
  const how =
    end.kind === 'timed-out'
      ? `did not finish within ${limit / 1000} s`
      : end.kind === 'signalled'
        ? `was killed by signal ${end.signal}`
        : 'broke off';
  return {
    stage: workerStage(reply.progressStage),
    attaching: reply.progressStage === stages.attach,
    at,
    errno: end.kind === 'timed-out' ? errno.ETIMEDOUT : errno.ENOTRECOVERABLE,
    words: `guest: the loader ${how}${at === '' ? '' : ` at ${at}`}`,
  };
}
