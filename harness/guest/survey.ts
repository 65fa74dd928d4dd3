// SPDX-License-Identifier: Apache-2.0
import type { AttachOutcome, ProgramEvidence, WholeEvidence } from '../model/evidence.js';
import type { Guest } from './client.js';
import { protocolError } from './errors.js';
import { attachPointOf, unansweredEvidence, loadStatsOf } from './load-alone.js';
import type { KnownProgram, LoadMemo } from './load-memo.js';
import { type LeftOut, wholeEvidenceOf } from './load-whole.js';
import { encodeLoader, type LoaderOptions } from './loader.js';
import type { ReplyOf } from './messages.js';
import type { Message } from './shape.js';
import { workerDeath, workerStage } from './worker.js';

export interface SurveyOptions extends LoaderOptions {
  /** Milliseconds for one program alone, its log included. */
  readonly programMs: number;
  /** Milliseconds for one pass over the whole object; what it does not reach is loaded alone. */
  readonly surveyMs?: number;
  /** Milliseconds for attaching the whole, where the pass over it loaded all; left out, nothing is attached. */
  readonly attachMs?: number;
  /** As for {@link LoadWholeOptions}. */
  readonly linger?: boolean;
  /** What this kernel has said before; a pass without maps neither asks nor teaches it. */
  readonly memo?: LoadMemo | undefined;
}

export interface SurveyResult {
  readonly stage: ReturnType<typeof workerStage>;
  readonly loaded: readonly ProgramEvidence[];
  readonly rejected: ReadonlyMap<string, { readonly errno: number; readonly log: string }>;
  readonly maps: ReadonlyMap<string, number>;
  /** Null unless this was a load of the whole, as an agent does it, and was attached. */
  readonly whole: WholeEvidence | null;
  /** The reply was full; the next survey has the rest. */
  readonly more: boolean;
  /** The program at which the loader hung or crashed. */
  readonly deadly: string | null;
}

type Reply = Message<ReplyOf<'loadSurvey'>>;
type Answer = Reply['program'][number];

/** One pass over an object. Left out are programs that are judged already, and maps that cannot be created. */
export async function surveyObject(
  guest: Guest,
  path: string,
  leftOut: LeftOut,
  options: SurveyOptions,
): Promise<SurveyResult> {
  const { programMs, surveyMs = 2 * programMs, attachMs = 0, linger = false } = options;
  const memo = leftOut.maps.length === 0 ? options.memo : undefined;
  const timeoutMs = surveyMs + attachMs;
  const reply = await guest.call(
    'loadSurvey',
    {
      path,
      timeoutMs,
      skipProgram: leftOut.programs,
      withoutMap: leftOut.maps,
      attach: attachMs > 0 ? 1 : 0,
      linger: linger ? 1 : 0,
      wantKeys: memo === undefined ? 0 : 1,
      knownKey: memo?.keys ?? [],
      ...encodeLoader(options),
    },
    timeoutMs,
  );
  return resultOf(reply, timeoutMs, memo);
}

function resultOf(reply: Reply, timeoutMs: number, memo: LoadMemo | undefined): SurveyResult {
  const death = workerDeath(reply, timeoutMs);
  const passed = reply.program.filter(({ errno }) => errno === 0);
  const known = new Map(passed.filter((one) => one.known === 1).map((one) => [one.name, recalled(one, memo)]));
  const loaded = passed.map((one) => evidenceOf(one, known.get(one.name)));
  const whole = reply.attach === 1 ? withKnown(wholeEvidenceOf(reply, timeoutMs), known) : null;
  if (memo !== undefined && whole !== null) teach(memo, passed, loaded, whole.attach);
  return {
    stage: death?.stage ?? workerStage(reply.stage),
    loaded,
    rejected: new Map(
      reply.program.filter(({ errno }) => errno !== 0).map(({ name, errno, statsLog: log }) => [name, { errno, log }]),
    ),
    maps: new Map(reply.map.map((map) => [map.name, map.errno])),
    whole,
    more: reply.more === 1,
    deadly: death?.stage === 'prog' ? death.at : null,
  };
}

function recalled({ name, loadKey }: Answer, memo: LoadMemo | undefined): KnownProgram {
  const known = loadKey === undefined ? null : (memo?.recall(loadKey) ?? null);
  if (known === null) throw protocolError(`${name} is said to be known`);
  return known;
}

function evidenceOf(answer: Answer, known: KnownProgram | undefined): ProgramEvidence {
  if (known !== undefined) return { ...known.evidence, program: answer.name };
  return {
    ...unansweredEvidence(answer.name),
    log: answer.statsLog,
    logBytes: answer.statsLog.length,
    stats: loadStatsOf(answer),
    attachPoint: attachPointOf(answer),
  };
}

/** A known program was not attached again: what became of it then is what would become of it now. */
function withKnown(whole: WholeEvidence, known: ReadonlyMap<string, KnownProgram>): WholeEvidence {
  const before = [...known].map(([name, { attach }]) => [name, attach] as const);
  return { ...whole, attach: new Map([...before, ...whole.attach]) };
}

function teach(
  memo: LoadMemo,
  passed: readonly Answer[],
  loaded: readonly ProgramEvidence[],
  attach: ReadonlyMap<string, AttachOutcome>,
): void {
  for (const [index, { name, loadKey, known }] of passed.entries()) {
    const [evidence, outcome] = [loaded[index], attach.get(name)];
    if (loadKey === undefined || known === 1 || evidence === undefined) continue;
    if (outcome !== undefined && outcome.kind !== 'failed') memo.learn(loadKey, { evidence, attach: outcome });
  }
}
