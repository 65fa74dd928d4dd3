// SPDX-License-Identifier: Apache-2.0
import type { FullRingProof } from '../contracts/proof.js';
import type { GuestSession } from './guest-session.js';
import { countReports, makeNumberedFiles, numbersWith, Rounds, someFiles } from './numbered-opens.js';
import { checkUp } from './phases.js';
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
    await started.signal(sigstop);
    const process = await Rounds.start(session, folder, { files, rounds });
    const errnos = [await process.finished()];
    await started.signal(sigcont);
    const lost = await lostWithin(session, started);
    for (let round = 1; round < rounds; round++) errnos.push(await process.another());
    await process.end();
    if (!(await session.end(started, scenario))) return;
    const counts = countReports(session, (await started.events()).events, files);
    recordFullRing(session, proof, { errnos, lost, counts });
  });
}

interface FullRing {
  /** Of each round. */
  readonly errnos: readonly number[];
  /** What the agent said when it went on. */
  readonly lost: number;
  readonly counts: readonly number[];
}

function recordFullRing(
  session: GuestSession,
  { class: name, scenario, files }: FullRingProof,
  { errnos, lost, counts }: FullRing,
): void {
  const attempt = `rounds /t/full-ring/file ${files} ${rounds}`;
  const failed = errnos.find((errno) => errno !== 0);
  session.claim(name, scenario, {
    check: 'every open succeeds',
    blames: 'OBSERVER_DENIED',
    holds: failed === undefined,
    expected: 'every open succeeds, with a full ring buffer too',
    actual: `one came to errno ${failed ?? 0}`,
    attempt,
  });
  session.claim(name, scenario, {
    check: 'losses are reported',
    blames: 'EVENT_MISSING',
    holds: lost > 0,
    expected: 'the agent says that records were lost',
    actual: `${lost} lost, while it was stopped and ${files} files were opened`,
    attempt,
  });
  const never = numbersWith(counts, (count) => count === 0);
  session.claim(name, scenario, {
    check: 'a lost record gets another chance',
    blames: 'EVENT_MISSING',
    holds: never.length === 0,
    expected: 'a file whose record was lost is reported when it is opened again',
    actual: `${someFiles(never)} never reported, in ${rounds} opens each by one process`,
    attempt,
    details: [describeHook(session), 'a file is to be remembered after its record was submitted, and not before'],
  });
  const twice = numbersWith(counts, (count) => count > 1);
  session.claim(name, scenario, {
    check: 'each file once',
    blames: 'EVENT_WRONG',
    holds: twice.length === 0,
    expected: 'one event a file and process',
    actual: `${someFiles(twice)} reported more than once`,
    attempt,
  });
}

function describeHook({ agent }: GuestSession): string {
  return `the agent's hooks: ${agent.hooks.join(', ')}`;
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
