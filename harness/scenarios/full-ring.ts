// SPDX-License-Identifier: Apache-2.0
import type { FullRingProof } from '../contracts/proof.js';
import { describeProgram } from './calls.js';
import type { ClaimParts, GuestSession } from './guest-session.js';
import { countReports, makeNumberedFiles, numbersWith, Rounds, someFiles } from './numbered-opens.js';
import { checkTraced, checkUp } from './comes-up.js';
import type { Started } from './started.js';

const sigstop = 19;
const sigcont = 18;
/** Each gives a record that was lost another chance: the agent may be slow as well as stopped. */
const rounds = 4;
/** Milliseconds within which an agent that goes on has said what it lost. */
const lossDeadline = 15_000;

/**
 * The agent is stopped, and a process opens more files than the ring buffer has room for: some records are lost, and no
 * open fails. Then it goes on, says that it lost some, and the same process opens the same files again: a file whose
 * record was lost is reported now, and no other is reported twice.
 */
export async function proveFullRing(session: GuestSession, proof: FullRingProof): Promise<void> {
  const { scenario, files } = proof;
  const folder = await makeNumberedFiles(session, 'full-ring', files);
  await session.phase(scenario, async () => {
    const started = await session.start({ options: proof.options, policy: null });
    if (!(await checkUp(session, scenario, started))) return;
    if (!(await checkTraced(session, scenario, started))) return;
    const where = await describeProgram(session, proof.hook);
    await started.signal(sigstop);
    const process = await Rounds.start(session, folder, { files, rounds });
    const errnos = [await process.finished()];
    await started.signal(sigcont);
    const lost = await lostWithin(session, started);
    for (let round = 1; round < rounds; round++) errnos.push(await process.another());
    await process.end();
    if (!(await session.end(started, scenario))) return;
    const counts = countReports(session, (await started.events()).events, files);
    recordFullRing(session, proof, { errnos, lost, counts, where });
  });
}

interface FullRing {
  /** Of each round. */
  readonly errnos: readonly number[];
  /** What the agent said when it went on. */
  readonly lost: number;
  readonly counts: readonly number[];
  /** The hook and its program. */
  readonly where: string;
}

function recordFullRing(
  session: GuestSession,
  { class: name, scenario, files, hook }: FullRingProof,
  { errnos, lost, counts, where }: FullRing,
): void {
  const about = { hook, attempt: `rounds /t/full-ring/file ${files} ${rounds}`, details: [where] };
  const claim = (check: string, holds: boolean, parts: Pick<ClaimParts, 'blames' | 'expected' | 'actual'>): void => {
    session.claim(name, scenario, { ...about, check, holds, ...parts });
  };
  const failed = errnos.find((errno) => errno !== 0) ?? 0;
  claim('every open succeeds', failed === 0, {
    blames: 'OBSERVER_DENIED',
    expected: 'every open succeeds, with a full ring buffer too',
    actual: `one came to errno ${failed}`,
  });
  claim('losses are reported', lost > 0, {
    blames: 'EVENT_MISSING',
    expected: 'the agent says that records were lost',
    actual: `${lost} lost, while it was stopped and ${files} files were opened`,
  });
  const never = numbersWith(counts, (count) => count === 0);
  claim('a lost record gets another chance', never.length === 0, {
    blames: 'EVENT_MISSING',
    expected:
      'a file whose record was lost is reported at its next open: it is remembered only once its record is on its way',
    actual: `${someFiles(never)} never reported, in ${rounds} opens each by one process`,
  });
  const twice = numbersWith(counts, (count) => count > 1);
  claim('each file once', twice.length === 0, {
    blames: 'EVENT_WRONG',
    expected: 'one event a file and process',
    actual: `${someFiles(twice)} reported more than once`,
  });
}

/** What the agent says that it lost, as soon as it says so. */
async function lostWithin(session: GuestSession, started: Started): Promise<number> {
  const { guest, contract } = session;
  for (const until = guest.clock() + lossDeadline; ;) {
    const { events } = await started.events();
    const lost = events.flatMap((event) => contract.events.lostOf(event) ?? []).at(-1) ?? 0;
    if (lost > 0 || guest.clock() >= until) return lost;
    await started.poll();
  }
}
