// SPDX-License-Identifier: Apache-2.0
import type { LineInfo, ProgramEvidence } from '../model/evidence.js';
import type { Guest } from './client.js';
import { getFile } from './files.js';
import { encodeLoader, type LoaderOptions } from './loader.js';
import { linesShape, type ReplyOf } from './messages.js';
import { decodeMessage, type Message } from './shape.js';
import { parseVerifierStats } from './verifier-stats.js';
import { workerDeath, workerStage, type WorkerDeath } from './worker.js';

/** Bytes of the tail of a verifier log that are brought to the host. */
const logMax = 16 * 1024 * 1024 - 1;

/** The maps that this kernel cannot create, by the programs that use them. */
export type MissingMaps = ReadonlyMap<string, readonly string[]>;

export interface AloneOptions extends LoaderOptions {
  /** Milliseconds for the one load, its log included. */
  readonly programMs: number;
  /** Names of maps that are not to be created. */
  readonly withoutMaps: readonly string[];
  readonly missingMaps: MissingMaps;
}

/** Loads one program with every other one left out; the verdict, with its whole log. */
export async function loadAlone(
  guest: Guest,
  path: string,
  program: string,
  options: AloneOptions,
): Promise<ProgramEvidence> {
  const { programMs, withoutMaps, missingMaps } = options;
  const request = { path, programName: program, timeoutMs: programMs, withoutMap: withoutMaps, logMax };
  const reply = await guest.call('loadAlone', { ...request, ...encodeLoader(options) }, programMs);
  const missing = missingMaps.get(program) ?? [];
  const death = workerDeath(reply, programMs);
  if (death) return { ...deadEvidence(program, death, reply), missingMaps: missing };
  // Of a program that loads there is no more than the statistics.
  const log =
    reply.logPath === undefined ? (reply.statsLog ?? '') : (await getFile(guest, reply.logPath)).toString('utf8');
  return {
    program,
    stage: workerStage(reply.stage),
    errno: reply.errno ?? 0,
    log,
    logBytes: reply.logBytes ?? log.length,
    stats: loadStatsOf(reply),
    lineInfo: await fetchLines(guest, reply.linesPath),
    attachPoint: attachPointOf(reply),
    progTypeSupported: reply.typeSupported === undefined ? null : reply.typeSupported === 1,
    missingMaps: missing,
    libbpf: reply.warning,
    kernelTypes: [],
    instructions:
      wantsInstructions(log) && reply.insnsPath !== undefined ? await getFile(guest, reply.insnsPath) : null,
    ladder: null,
  };
}

/** The verifier adds up the stack of a chain of calls and does not say which. */
const wantsInstructions = (log: string): boolean => log.includes('combined stack size of ');

/** What is known of a program whose loader died: a verdict only when it died later, writing the log. */
function deadEvidence(program: string, death: WorkerDeath, reply: Message<ReplyOf<'loadAlone'>>): ProgramEvidence {
  const log = reply.statsLog ?? '';
  const libbpf = [...reply.warning, death.words];
  if (reply.verdictErrno === undefined) {
    return { ...unansweredEvidence(program), stage: death.stage, errno: death.errno, libbpf };
  }
  const errno = reply.verdictErrno;
  return {
    ...unansweredEvidence(program),
    stage: 'prog',
    errno,
    log,
    logBytes: log.length,
    stats: loadStatsOf(reply),
    libbpf,
  };
}

/** Evidence with every answer left open. */
export function unansweredEvidence(program: string): ProgramEvidence {
  return {
    program,
    stage: 'done',
    errno: 0,
    log: '',
    logBytes: 0,
    stats: null,
    lineInfo: null,
    attachPoint: null,
    progTypeSupported: null,
    missingMaps: [],
    libbpf: [],
    kernelTypes: [],
    instructions: null,
    ladder: null,
  };
}

type Survey = Message<ReplyOf<'loadSurvey'>>['program'][number];

/** Statistics of a program that the kernel saw; null when it never came to the verifier. */
export function loadStatsOf(
  reply: Pick<Survey, 'jitedSize' | 'xlatedSize' | 'verifiedInsns'> & { readonly statsLog: string | undefined },
): ProgramEvidence['stats'] {
  if (!reply.statsLog && !reply.xlatedSize) return null;
  const sizes = { jited: reply.jitedSize, xlated: reply.xlatedSize, verifiedInsns: reply.verifiedInsns };
  return parseVerifierStats(reply.statsLog ?? '', sizes);
}

export function attachPointOf(
  reply: Pick<Survey, 'attachPoint' | 'attachPointExists' | 'hook'>,
): ProgramEvidence['attachPoint'] {
  const { attachPoint: name, attachPointExists: exists, hook: others } = reply;
  return name === undefined ? null : { name, exists: exists === undefined ? null : exists === 1, others };
}

async function fetchLines(guest: Guest, path: string | undefined): Promise<readonly LineInfo[] | null> {
  if (path === undefined) return null;
  return decodeMessage(linesShape, await getFile(guest, path)).lineInfo;
}
