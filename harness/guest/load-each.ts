// SPDX-License-Identifier: Apache-2.0
import type { MapEvidence, MapRequest, ObjectEvidence, ProgramEvidence, WholeEvidence } from '../model/evidence.js';
import type { Guest } from './client.js';
import { loadAlone, type MissingMaps } from './load-alone.js';
import { lookUpTypes } from './kernel-names.js';
import { climbLadder } from './load-ladder.js';
import { encodeLoader } from './loader.js';
import type { ReplyOf } from './messages.js';
import type { Message } from './shape.js';
import { surveyObject, type SurveyOptions, type SurveyResult } from './survey.js';

export interface LoadEachOptions extends SurveyOptions {
  /** Programs of the object that are not to be loaded; `declared` has the others. */
  readonly unasked?: readonly string[];
  /** Called once for each program, in no particular order, as soon as its evidence is there. */
  readonly onProgram?: (evidence: ProgramEvidence) => void;
}

/** Programs in the order of the object; maps that were tried, in the order of the object. */
export interface EachEvidence extends Pick<ObjectEvidence, 'programs' | 'maps'> {
  /** Null unless the first pass was a load of the whole, as an agent does it, and was attached. */
  readonly whole: WholeEvidence | null;
}

/**
 * A verdict for every program of an object, as if each were loaded alone.
 *
 * One pass loads all of them at once; a program that loads there loads alone too, since nothing that the verifier looks
 * at differs. When it loads every program, no more and no fewer than an agent would, it is the load of the whole, too, and
 * is attached. All others - rejected, or not reached because libbpf gave up before - are loaded alone, and that is their
 * verdict. Maps that the kernel cannot create are left out, so that programs without them are judged by themselves.
 */
export async function loadEach(
  guest: Guest,
  path: string,
  declared: ObjectEvidence['declared'],
  options: LoadEachOptions,
): Promise<EachEvidence> {
  const judged = new Map<string, ProgramEvidence>();
  const judge = (evidence: ProgramEvidence): void => {
    if (judged.has(evidence.program)) return;
    judged.set(evidence.program, evidence);
    options.onProgram?.(evidence);
  };
  const { unasked = [] } = options;
  const names = declared.programs.map((program) => program.name);
  let whole: WholeEvidence | null = null;
  let maps: MapTrial = { withoutMaps: [], missingMaps: new Map(), errnos: new Map(), asked: new Map() };
  let open: readonly string[] = names;
  // An object with nothing but maps has them created once.
  do {
    const programs = [...unasked, ...judged.keys()];
    const pass = await surveyObject(guest, path, { programs, maps: maps.withoutMaps }, options);
    whole ??= pass.whole;
    if (pass.stage === 'map' && maps.withoutMaps.length === 0) {
      maps = await tryMaps(guest, path, options);
      if (maps.withoutMaps.length > 0) continue;
    }
    rememberMaps(maps, pass);
    for (const program of pass.loaded) judge({ ...program, missingMaps: maps.missingMaps.get(program.program) ?? [] });
    for (const name of nextAlone(open, pass)) {
      const alone = await loadAlone(guest, path, name, { ...options, ...maps });
      const withObject = pass.rejected.get(name) ?? null;
      const trial = { ...options, ...maps, withObject };
      const kernelTypes = await lookUpTypes(guest, alone, declared.tables);
      judge({ ...alone, kernelTypes, ladder: await climbLadder(guest, path, alone, trial) });
    }
    open = names.filter((name) => !judged.has(name));
  } while (open.length > 0);
  return {
    programs: names.flatMap((name) => judged.get(name) ?? []),
    maps: declared.maps.flatMap(({ name }) => evidenceOfMap(name, maps)),
    whole,
  };
}

/** The maps that this kernel cannot create, once that is known. */
interface MapTrial {
  readonly withoutMaps: readonly string[];
  readonly missingMaps: MissingMaps;
  /** Errno of creating each map that was tried. */
  readonly errnos: Map<string, number>;
  /** What was asked for each map that was refused. */
  readonly asked: ReadonlyMap<string, MapRequest>;
}

/** The first errno counts: a later pass does not try what failed. */
function rememberMaps({ errnos }: MapTrial, { maps }: SurveyResult): void {
  for (const [map, errno] of maps) if (!errnos.has(map)) errnos.set(map, errno);
}

/** Which of the programs that were open before the survey are to be loaded alone before the next one. */
function nextAlone(open: readonly string[], pass: SurveyResult): readonly string[] {
  const loaded = new Set(pass.loaded.map((evidence) => evidence.program));
  const left = open.filter((name) => !loaded.has(name));
  const culprits = left.filter((name) => pass.rejected.has(name) || name === pass.deadly);
  const unreached = left.filter((name) => !culprits.includes(name));
  // libbpf prepares programs in order: it gave up at the first that it did not reach. When it came to none at all,
  // or to its end without them, another survey would report no more.
  const progressed = loaded.size + culprits.length > 0;
  if (progressed && pass.more) return culprits;
  if (!progressed || pass.stage === 'done') return left;
  return pass.deadly === null ? [...culprits, ...unreached.slice(0, 1)] : culprits;
}

async function tryMaps(guest: Guest, path: string, options: LoadEachOptions): Promise<MapTrial> {
  const { programMs: timeoutMs } = options;
  const reply = await guest.call('loadMaps', { path, timeoutMs, ...encodeLoader(options) }, timeoutMs);
  const missingMaps = new Map<string, string[]>();
  for (const map of reply.map) {
    for (const program of map.usedBy) missingMaps.set(program, [...(missingMaps.get(program) ?? []), map.name]);
  }
  return {
    withoutMaps: reply.map.map((map) => map.name),
    missingMaps,
    errnos: new Map(reply.map.map((map) => [map.name, map.errno])),
    asked: new Map(reply.map.map((map) => [map.name, requestOf(map)])),
  };
}

function requestOf(refused: Message<ReplyOf<'loadMaps'>>['map'][number]): MapRequest {
  const { type, keySize, valueSize, maxEntries, mapFlags: flags, hasInner } = refused;
  return { type, keySize, valueSize, maxEntries, flags, hasInner: hasInner === 1 };
}

function evidenceOfMap(map: string, { errnos, asked }: MapTrial): MapEvidence[] {
  const errno = errnos.get(map);
  return errno === undefined ? [] : [{ map, errno, asked: asked.get(map) ?? null }];
}
