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

/** What the verifier spends on programs of an object that was loaded before. Leaves nothing behind, as loadObject(). */
export function loadObjectCosts(
  guest: Guest,
  runner: LoadTarget,
  { maps }: Pick<ObjectEvidence, 'maps'>,
  { programs, leftOut }: CostQuestion,
): Promise<readonly ProgramCost[]> {
  const { timeout, withoutCapabilities = [], needs = null } = runner;
  const refused = maps.filter(({ errno }) => errno !== 0).map(({ map }) => map);
  const question = { programs, leftOut: { programs: leftOut, maps: refused } };
  return withUploaded(guest, runner, (path) =>
    loadCosts(guest, path, question, { timeout, withoutCapabilities, needs }),
  );
}

/** Programs that are asked about, and those that are not loaded. */
export interface CostQuestion {
  readonly programs: readonly string[];
  readonly leftOut: readonly string[];
}

/** Loads each program of an object, then the whole, and attaches it. Leaves nothing behind but for the last. */
export function loadObject(guest: Guest, runner: LoadTarget): Promise<ObjectEvidence> {
  const { name, timeout, last = false, memo, onProgram, asked, withoutCapabilities = [], needs = null } = runner;
  return withUploaded(guest, runner, (path) =>
    examineObject(guest, name, path, {
      programMs: timeout,
      wholeMs: timeout,
      last,
      memo,
      withoutCapabilities,
      needs,
      ...(onProgram === undefined ? {} : { onProgram }),
      ...(asked === undefined ? {} : { asked }),
    }),
  );
}

type Uploaded = Pick<LoadTarget, 'name' | 'bytes' | 'targets' | 'last'>;

/** Asks about an object once it and its targets are in the guest. A guest that fails to answer is not asked to tidy up. */
async function withUploaded<T>(
  guest: Guest,
  { name, bytes, targets = [], last = false }: Uploaded,
  ask: (path: string) => Promise<T>,
): Promise<T> {
  const path = uploadPath(name);
  const files = new Map([
    [path, bytes] as const,
    ...targets.map((target) => [targetPath(target.sha256), target.bytes] as const),
  ]);
  for (const [to, content] of files) await putFile(guest, to, content);
  const answer = await ask(path);
  if (!last) for (const uploaded of files.keys()) await removeFile(guest, uploaded);
  return answer;
}
