// SPDX-License-Identifier: Apache-2.0
import type { DirtyByte, PolicyRules } from '../contracts/contract.js';
import type { RecordsProof } from '../contracts/proof.js';
import type { Attempted } from '../model/scenario-evidence.js';
import { phaseFolder, makeGuestFolder } from './arrangement.js';
import { arrangeAttempts, runAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import { oracleRawRecords } from './oracle.js';
import { describeProgram } from './calls.js';
import { checkTraced, checkUp } from './comes-up.js';
import { plainAttempt } from './language.js';
import { probePaths } from './probe.js';
import type { Attempt, ProbeOperation } from './scenario.js';
import type { Started } from './started.js';

const sigstop = 19;
const sigcont = 18;

/** What leaves records before and after the agent is stopped. */
interface RecordAttempts {
  readonly lap: (files: RecordFiles) => readonly ProbeOperation[];
  readonly last: (files: RecordFiles) => readonly ProbeOperation[];
  readonly traced: boolean;
}

const attemptsOf: Readonly<Record<RecordsProof['records'], RecordAttempts>> = {
  denials: { lap: denialLap, last: lastAttempts, traced: false },
  observations: { lap: observationLap, last: lastAttempts, traced: true },
};

/** Opens that fill a ring of 256 KiB with records of 328 bytes more than once. */
const laps = 20;
const opensPerLap = 45;

/** Where the attempts of this proof are. */
interface RecordFiles {
  /** A denied file. */
  readonly secret: string;
  /** A program whose name is as long as names can be. */
  readonly longName: string;
}

const folder = phaseFolder('enforce', 'records');
const files: RecordFiles = { secret: `${folder}/secret`, longName: `${folder}/${'long-name-'.repeat(20)}` };

/** What the records are about, and what denies it. */
export const recordRules: PolicyRules = { deny_path: [files.secret], deny_ip: ['127.0.0.2'] };

export async function arrangeRecords({ guest }: GuestSession): Promise<void> {
  await makeGuestFolder(guest, folder);
  await arrangeAttempts(guest, [
    ['write', files.secret, 'Secret words'],
    ['copy', probePaths.quiet, files.longName, '755'],
  ]);
}

/** Starts the agent with a policy about a denied file and an address, and reads its records raw. */
export async function proveRecords(session: GuestSession, proof: RecordsProof): Promise<void> {
  const policy = session.sharedPolicy(1, [recordRules]);
  await session.phase('records', async () => {
    const started = await session.start({ options: proof.options, policy });
    if (!(await checkUp(session, 'records', started))) return;
    if (!(await checkTraced(session, 'records', started))) return;
    await readRecords(session, proof, started);
    if (started.pid !== null) await session.end(started, 'records');
  });
}

/**
 * A slot of the ring buffer keeps what lay in it before. After more than a lap of records of other sizes, with long
 * strings, the agent is stopped so that it reads no more, a few attempts are done, and their records are read raw: every
 * byte that a program forgot to write shows.
 */
async function readRecords(
  session: GuestSession,
  { class: name, scenario, records }: RecordsProof,
  started: Started,
): Promise<void> {
  const { lap, last, traced } = attemptsOf[records];
  await attempts(session, lap(files), traced);
  await started.signal(sigstop);
  const done = await attempts(session, last(files), traced);
  const raw = await oracleRawRecords(session.guest);
  await started.signal(sigcont);
  if (raw === null) {
    session.notOffered(name, scenario, 'it has no ring buffer called events');
    return;
  }
  const read = raw.map((record) => session.contract.records?.dirtyBytes(record) ?? null);
  if (read.length > 0 && read.every((one) => one === null)) {
    session.notOffered(name, scenario, 'its records have a layout of their own');
    return;
  }
  const writers = await writersOf(session, raw);
  const dirty = read.flatMap((one, index) =>
    describeDirt(one, `${raw[index]?.length ?? 0} bytes${writers[index] ?? ''}`),
  );
  const { environment } = session;
  session.record({
    kind: 'records',
    class: name,
    environment,
    scenario,
    records: raw.length,
    atLeast: done.length,
    dirty,
  });
}

function attempts(
  { guest, runner }: GuestSession,
  operations: readonly ProbeOperation[],
  traced: boolean,
): Promise<readonly Attempted[]> {
  const all = operations.map((operation): Attempt => ({ ...plainAttempt(operation), traced }));
  return runAttempts(guest, all, runner.enroll);
}

/** Opens of a long name, each by a process of its own: more than one ring of a page has room for. */
function observationLap({ longName }: RecordFiles): readonly ProbeOperation[] {
  return Array.from({ length: laps }, (): ProbeOperation => ['open', longName, 'r']);
}

function denialLap({ secret, longName }: RecordFiles): readonly ProbeOperation[] {
  return Array.from({ length: laps }, (): ProbeOperation[] => [
    ['exec', longName],
    ['stubborn', String(opensPerLap), secret],
  ]).flat();
}

function lastAttempts({ secret }: RecordFiles): readonly ProbeOperation[] {
  return Array.from({ length: 3 }, (): ProbeOperation[] => [
    ['open', secret, 'r'],
    ['connect', '127.0.0.2', '80', 'tcp'],
  ]).flat();
}

/** ` (hook file_open, program audit_open)` for each record; nothing for one that does not say where it is from. */
async function writersOf(session: GuestSession, raw: readonly Buffer[]): Promise<readonly string[]> {
  const hooks = raw.map((record) => session.contract.records?.hookOf(record) ?? null);
  const known = new Map<string, string>();
  for (const hook of hooks) {
    if (hook !== null && !known.has(hook)) known.set(hook, ` (${await describeProgram(session, hook)})`);
  }
  return hooks.map((hook) => (hook === null ? '' : (known.get(hook) ?? '')));
}

/** One line for a record that is not clean; none for a clean one. `record`: what it is, in words. */
function describeDirt(bytes: readonly DirtyByte[] | null, record: string): readonly string[] {
  if (bytes === null) return ['a record of no known layout'];
  if (bytes.length === 0) return [];
  const fields = [...new Set(bytes.map(({ field }) => field))].map((field) => {
    const mine = bytes.filter((byte) => byte.field === field);
    return `${mine.length} bytes of ${field}, from offset ${mine[0]?.offset ?? 0}`;
  });
  return [`record of ${record}: ${fields.join('; ')}`];
}
