import type { AttachOutcome, WholeEvidence } from '../model/evidence.js';
import type { Guest } from './client.js';
import { errno } from './errors.js';
import { attachPointOf } from './load-alone.js';
import type { ReplyOf } from './messages.js';
import type { Message } from './shape.js';
import { deathOf, stageOf, type WorkerDeath } from './worker.js';

export interface LoadWholeOptions {
  /** Attach each loaded program after the load, and detach all again. */
  readonly attach: boolean;
  /** Milliseconds for load and attach together. */
  readonly timeout: number;
}

type Reply = Message<ReplyOf<'loadWhole'>>;

/** Loads the object as an agent does, all or nothing, its autoload flags honoured. */
export async function loadWhole(guest: Guest, path: string, options: LoadWholeOptions): Promise<WholeEvidence> {
  const { timeout } = options;
  const reply = await guest.call('loadWhole', { path, timeoutMs: timeout, attach: options.attach ? 1 : 0 }, timeout);
  const death = deathOf(reply, timeout);
  const attach = new Map(reply.outcome.map((outcome) => [outcome.name, outcomeOf(outcome)]));
  if (death === null || death.attaching) {
    if (death) attach.set(death.at, { kind: 'failed', errno: death.errno, libbpf: [death.words], attachPoint: null });
    return {
      stage: stageOf(reply.stage),
      errno: reply.errno ?? 0,
      stoppedAt: reply.stoppedAt ?? null,
      libbpf: reply.warning,
      attach,
    };
  }
  return deadLoad(death, reply);
}

function deadLoad(death: WorkerDeath, reply: Reply): WholeEvidence {
  return {
    stage: death.stage,
    errno: death.errno,
    stoppedAt: death.at === '' ? null : death.at,
    libbpf: [...reply.warning, death.words],
    attach: new Map(),
  };
}

function outcomeOf(outcome: Reply['outcome'][number]): AttachOutcome {
  if (outcome.errno === 0) return { kind: 'attached' };
  // A kernel built without what the attach needs answers EOPNOTSUPP too; then libbpf has asked it.
  if (outcome.errno === errno.EOPNOTSUPP && outcome.asked === 0) return { kind: 'unattachable' };
  return { kind: 'failed', errno: outcome.errno, libbpf: outcome.warning, attachPoint: attachPointOf(outcome) };
}
