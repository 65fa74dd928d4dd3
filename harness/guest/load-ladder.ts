// SPDX-License-Identifier: Apache-2.0
import {
  isLoaderDeath,
  type LadderStep,
  type LadderStepName,
  ladderStepNames,
  type ProgramEvidence,
} from '../model/evidence.js';
import { isVerifierLogEmpty } from '../model/verifier-lines.js';
import type { Guest } from './client.js';
import { protocolError } from './errors.js';
import { loadAlone, type AloneOptions } from './load-alone.js';
import { encodeLoader } from './loader.js';
import { workerDeath } from './worker.js';

/** Characters of the end of a log, as many as the guest sends of its own steps. */
const logSent = 512;

/** `programMs` is for all steps together. */
export interface LadderOptions extends AloneOptions {
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
  options: LadderOptions,
): Promise<readonly LadderStep[] | null> {
  if (!isUnexplained(evidence)) return null;
  const { programMs, withoutMaps, withObject } = options;
  const request = { path, programName: evidence.program, timeoutMs: programMs, withoutMap: withoutMaps };
  const reply = await guest.call('loadLadder', { ...request, ...encodeLoader(options) }, programMs);
  const steps = reply.step.map(({ name, text, errno, logBytes, statsLog }): LadderStep => {
    return { step: stepName(name), detail: text, errno, logBytes, log: statsLog };
  });
  const whole = withObject === null ? [] : [objectStep(withObject)];
  const death = workerDeath(reply, programMs);
  const end: LadderStep[] =
    death === null ? [] : [{ step: 'broken-off', detail: death.words, errno: death.errno, logBytes: 0, log: '' }];
  const privileged = await privilegedStep(guest, path, evidence, options);
  return [...steps.slice(0, 1), ...whole, ...privileged, ...steps.slice(1), ...end];
}

/** What a loader that lacks nothing is told; no step where this one lacks nothing. */
async function privilegedStep(
  guest: Guest,
  path: string,
  { program }: ProgramEvidence,
  options: LadderOptions,
): Promise<readonly LadderStep[]> {
  if (encodeLoader(options).withoutCapabilities === undefined) return [];
  const { stage, errno, log, logBytes } = await loadAlone(guest, path, program, {
    ...options,
    withoutCapabilities: [],
  });
  if (stage !== 'prog' && stage !== 'done') return [];
  return [{ step: 'all-capabilities', detail: '', errno, logBytes, log: lastLines(log, logSent) }];
}

/** At most so many of the last characters, from the beginning of a line: half of one could mean anything. */
function lastLines(log: string, most: number): string {
  if (log.length <= most) return log;
  const end = log.slice(-most);
  return end.slice(end.indexOf('\n') + 1);
}

function objectStep({ errno, log }: { readonly errno: number; readonly log: string }): LadderStep {
  return { step: 'with-object', detail: '', errno, logBytes: log.length, log };
}

function isUnexplained({ stage, errno, log, progTypeSupported, attachPoint, missingMaps }: ProgramEvidence): boolean {
  // A loader that died has not been refused.
  if (stage !== 'prog' || isLoaderDeath(errno) || !isVerifierLogEmpty(log)) return false;
  return progTypeSupported !== false && attachPoint?.exists !== false && missingMaps.length === 0;
}

function stepName(name: string): LadderStepName {
  const known = ladderStepNames.find((one) => one === name);
  if (known === undefined) throw protocolError(`step ${name} of a ladder`);
  return known;
}
