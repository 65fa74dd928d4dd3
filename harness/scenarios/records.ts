import type { Attempted } from '../model/scenario-evidence.js';
import { runAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import { type DirtyByte, dirtyBytes } from './dirty-tail.js';
import type { Attempt, Words } from './language.js';
import { rawRecords } from './oracle.js';
import type { Started } from './agent-runner.js';

const sigstop = 19;
const sigcont = 18;

/** Opens that fill a ring of 256 KiB with records of 328 bytes more than once. */
const laps = 20;
const opensPerLap = 45;

/** As the report tells it. */
export const scenario = 'records hold what was written for them';

/** Where the attempts of this proof are. */
export interface RecordFiles {
  /** A denied file. */
  readonly secret: string;
  /** A program whose name is as long as names can be. */
  readonly longName: string;
}

/**
 * A slot of the ring buffer keeps what lay in it before. After more than a lap of records of other sizes, with long
 * strings, the agent is stopped so that it reads no more, a few attempts are done, and their records are read raw: every
 * byte that a program forgot to write shows.
 */
export async function proveRecords(session: GuestSession, started: Started, files: RecordFiles): Promise<void> {
  await attempts(session, lap(files));
  await started.signal(sigstop);
  const done = await attempts(session, last(files));
  const raw = await rawRecords(session.guest);
  await started.signal(sigcont);
  if (raw === null) {
    session.notOffered('records', scenario, 'it has no ring buffer called events');
    return;
  }
  const read = raw.map(look);
  if (read.length > 0 && read.every((one) => one === null)) {
    session.notOffered('records', scenario, 'its records have a layout of their own');
    return;
  }
  const dirty = read.flatMap((one, index) => (one === null ? ['a record of no known layout'] : tell(one, raw[index])));
  session.record({
    kind: 'records',
    class: 'records',
    environment: session.environment,
    scenario,
    records: raw.length,
    atLeast: done.length,
    dirty,
  });
}

function attempts(session: GuestSession, words: readonly Words[]): Promise<readonly Attempted[]> {
  return runAttempts(
    session.guest,
    words.map((one): Attempt => ({ words: one, cgroup: null })),
  );
}

function lap({ secret, longName }: RecordFiles): readonly Words[] {
  return Array.from({ length: laps }, (): Words[] => [
    ['exec', longName],
    ['stubborn', String(opensPerLap), secret],
  ]).flat();
}

function last({ secret }: RecordFiles): readonly Words[] {
  return Array.from({ length: 3 }, (): Words[] => [
    ['open', secret, 'r'],
    ['connect', '127.0.0.2', '80', 'tcp'],
  ]).flat();
}

/** Null for a record of another layout than ours. */
function look(record: Buffer): readonly DirtyByte[] | null {
  try {
    return dirtyBytes(record);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function tell(bytes: readonly DirtyByte[], record: Buffer | undefined): readonly string[] {
  if (bytes.length === 0) return [];
  const fields = [...new Set(bytes.map(({ field }) => field))].map((field) => {
    const mine = bytes.filter((byte) => byte.field === field);
    return `${mine.length} bytes of ${field}, from offset ${mine[0]?.offset ?? 0}`;
  });
  return [`record of ${record?.length ?? 0} bytes: ${fields.join('; ')}`];
}
