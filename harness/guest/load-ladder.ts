import { type LadderStep, type LadderStepName, ladderStepNames, type ProgramEvidence } from '../model/evidence.js';
import { saysNothing } from '../model/verifier-lines.js';
import type { Guest } from './client.js';
import { errno as errnos, protocolError } from './errors.js';
import { deathOf } from './worker.js';

export interface LadderOptions {
  /** Milliseconds for all steps together. */
  readonly programMs: number;
  /** Names of maps that are not to be created. */
  readonly withoutMaps: readonly string[];
  /** What the program came to when the whole object was loaded at once; null when it was not reached there. */
  readonly withObject: { readonly errno: number; readonly log: string } | null;
}

/**
 * Asks again about a program that the kernel refused without a word, each time with one thing changed. Null where the
 * refusal has words, or a reason that is known without them. A worker that dies on the way leaves the steps before.
 */
export async function climbLadder(
  guest: Guest,
  path: string,
  evidence: ProgramEvidence,
  { programMs, withoutMaps, withObject }: LadderOptions,
): Promise<readonly LadderStep[] | null> {
  if (!isUnexplained(evidence)) return null;
  const request = { path, programName: evidence.program, timeoutMs: programMs, withoutMap: withoutMaps };
  const reply = await guest.call('loadLadder', request, programMs);
  const steps = reply.step.map(({ name, text, errno, logBytes, statsLog }): LadderStep => {
    return { step: stepName(name), detail: text, errno, logBytes, log: statsLog };
  });
  const whole = withObject === null ? [] : [objectStep(withObject)];
  const death = deathOf(reply, programMs);
  const end: LadderStep[] =
    death === null ? [] : [{ step: 'broken-off', detail: death.words, errno: death.errno, logBytes: 0, log: '' }];
  return [...steps.slice(0, 1), ...whole, ...steps.slice(1), ...end];
}

function objectStep({ errno, log }: { readonly errno: number; readonly log: string }): LadderStep {
  return { step: 'with-object', detail: '', errno, logBytes: log.length, log };
}

/** A loader that died has not been refused: neither errno comes from bpf(2). */
const deaths: readonly number[] = [errnos.ETIMEDOUT, errnos.ENOTRECOVERABLE];

function isUnexplained({ stage, errno, log, progTypeSupported, attachPoint, missingMaps }: ProgramEvidence): boolean {
  if (stage !== 'prog' || deaths.includes(errno) || !saysNothing(log)) return false;
  return progTypeSupported !== false && attachPoint?.exists !== false && missingMaps.length === 0;
}

function stepName(name: string): LadderStepName {
  const known = ladderStepNames.find((one) => one === name);
  if (known === undefined) throw protocolError(`step ${name} of a ladder`);
  return known;
}
