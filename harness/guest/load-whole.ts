// SPDX-License-Identifier: Apache-2.0
import type { AttachOutcome, WholeEvidence } from '../model/evidence.js';
import type { Guest } from './client.js';
import { attachPointOf } from './load-alone.js';
import { encodeLoader, type LoaderOptions } from './loader.js';
import type { ReplyOf } from './messages.js';
import type { Message } from './shape.js';
import { workerDeath, workerStage, type WorkerDeath } from './worker.js';

export interface LoadWholeOptions extends LoaderOptions {
  /** Attach each loaded program after the load, and detach all again. */
  readonly attach: boolean;
  /** Answer as soon as all are attached; the next request waits until they are detached. */
  readonly linger?: boolean;
  /** Left out of the load, as an agent does that can do without. */
  readonly without?: LeftOut;
  /** Milliseconds for load and attach together. */
  readonly timeout: number;
}

/** Left out of a load: programs, and maps that are not to be created. */
export interface LeftOut {
  readonly programs: readonly string[];
  readonly maps: readonly string[];
}

/** What the replies about a load with attach have in common. */
export type AttachReply = Message<ReplyOf<'loadWhole'>>;

/** Loads the object as an agent does, all or nothing, its autoload flags honoured. */
export async function loadWhole(guest: Guest, path: string, options: LoadWholeOptions): Promise<WholeEvidence> {
  const { attach, linger = false, without, timeout } = options;
  const request = {
    path,
    timeoutMs: timeout,
    attach: attach ? 1 : 0,
    linger: linger ? 1 : 0,
    skipProgram: without?.programs ?? [],
    withoutMap: without?.maps ?? [],
    ...encodeLoader(options),
  };
  return wholeEvidenceOf(await guest.call('loadWhole', request, timeout), timeout);
}

/** Reads a reply; `timeout` was the worker's time in ms. */
export function wholeEvidenceOf(reply: AttachReply, timeout: number): WholeEvidence {
  const death = workerDeath(reply, timeout);
  const attach = new Map(reply.outcome.map((outcome) => [outcome.name, outcomeOf(outcome)]));
  // One that died attaching, but at no program, has attached nothing that could be reported.
  if (death === null || (death.attaching && death.at !== '')) {
    if (death)
      attach.set(death.at, {
        kind: 'failed',
        errno: death.errno,
        libbpf: [death.words],
        attachPoint: null,
        symbol: null,
      });
    return {
      stage: workerStage(reply.stage),
      errno: reply.errno ?? 0,
      stoppedAt: reply.stoppedAt ?? null,
      libbpf: reply.warning,
      attach,
    };
  }
  return deadLoad(death, reply);
}

function deadLoad(death: WorkerDeath, reply: AttachReply): WholeEvidence {
  return {
    stage: death.stage,
    errno: death.errno,
    stoppedAt: death.at === '' ? null : death.at,
    libbpf: [...reply.warning, death.words],
    attach: new Map(),
  };
}

function outcomeOf(outcome: AttachReply['outcome'][number]): AttachOutcome {
  if (outcome.reason !== undefined) return { kind: 'unattachable', reason: outcome.reason };
  if (outcome.errno === 0) return { kind: 'attached', place: outcome.place ?? null };
  return {
    kind: 'failed',
    errno: outcome.errno,
    libbpf: outcome.warning,
    attachPoint: attachPointOf(outcome),
    symbol: null,
  };
}
