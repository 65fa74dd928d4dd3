// SPDX-License-Identifier: Apache-2.0
import type { Guest } from '../guest/client.js';
import { examineObject } from '../guest/examine.js';
import { loadCosts } from '../guest/load-cost.js';
import type { LoadMemo } from '../guest/load-memo.js';
import { putFile, removeFile } from '../guest/files.js';
import type { LoaderOptions } from '../guest/loader.js';
import { targetPath } from '../guest/needs.js';
import type { ProgramCost } from '../model/cost.js';
import type { ObjectEvidence, ProgramEvidence } from '../model/evidence.js';

/** The object under test and the time it may take. */
export interface LoadTarget extends LoaderOptions {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Milliseconds for one program, and for loading and attaching the whole object. */
  readonly timeout: number;
  /** Nothing more is asked of this guest afterwards. */
  readonly last?: boolean;
  /** Verdicts of this kernel on the programs of an earlier load. */
  readonly memo?: LoadMemo | undefined;
  /** Programs that are loaded; left out, all of them. */
  readonly asked?: (program: string) => boolean;
  /** Objects that programs of this one are attached to programs of. */
  readonly targets?: readonly { readonly sha256: string; readonly bytes: Uint8Array }[];
  readonly onProgram?: (evidence: ProgramEvidence) => void;
}

/** libbpf names global data maps after the file, `aegis_bp.rodata`: the guest's file has the object's name. */
const uploadPath = (name: string): string => `/tmp/${name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64)}.bpf.o`;

/** What libbpf has for what is no object. */
const ENOEXEC = 8;

/** The evidence of a file that is no object, and why, as it was read on the host: no guest is asked about it. */
export const evidenceOfNoObject = (object: string, fault: string): ObjectEvidence => ({
  object,
  open: { errno: ENOEXEC, libbpf: [`the file ${fault}`], unresolved: [] },
  declared: { programs: [], maps: [], tables: new Map() },
  programs: [],
  maps: [],
  whole: null,
});

/** What the verifier spends on programs of an object that was loaded before. */
export async function loadObjectCosts(
  guest: Guest,
  runner: LoadTarget,
  { maps }: Pick<ObjectEvidence, 'maps'>,
  { programs, leftOut }: CostQuestion,
): Promise<readonly ProgramCost[]> {
  const { name, bytes, timeout, withoutCapabilities = [], needs = null, targets = [] } = runner;
  const path = uploadPath(name);
  const refused = maps.filter(({ errno }) => errno !== 0).map(({ map }) => map);
  await putFile(guest, path, bytes);
  for (const target of targets) await putFile(guest, targetPath(target.sha256), target.bytes);
  const question = { programs, leftOut: { programs: leftOut, maps: refused } };
  const costs = await loadCosts(guest, path, question, { timeout, withoutCapabilities, needs });
  await removeFile(guest, path);
  return costs;
}

/** Programs that are asked about, and those that are not loaded. */
export interface CostQuestion {
  readonly programs: readonly string[];
  readonly leftOut: readonly string[];
}

/** Uploads an object, loads each of its programs, then the whole, and attaches it. Leaves nothing behind but for the last. */
export async function loadObject(guest: Guest, runner: LoadTarget): Promise<ObjectEvidence> {
  const { name, bytes, timeout, last = false, memo, onProgram, asked, withoutCapabilities = [], needs = null } = runner;
  const targets = new Map((runner.targets ?? []).map((target) => [targetPath(target.sha256), target.bytes]));
  const path = uploadPath(name);
  await putFile(guest, path, bytes);
  for (const [to, target] of targets) await putFile(guest, to, target);
  const evidence = await examineObject(guest, name, path, {
    programMs: timeout,
    wholeMs: timeout,
    last,
    memo,
    withoutCapabilities,
    needs,
    ...(onProgram === undefined ? {} : { onProgram }),
    ...(asked === undefined ? {} : { asked }),
  });
  if (!last) for (const uploaded of [path, ...targets.keys()]) await removeFile(guest, uploaded);
  return evidence;
}
