// SPDX-License-Identifier: Apache-2.0
import type { ManyOpensProof } from '../contracts/proof.js';
import { describeProgram } from './calls.js';
import type { ClaimParts, GuestSession } from './guest-session.js';
import { countReports, makeNumberedFiles, numbersWith, someFiles } from './numbered-opens.js';
import { checkTraced, checkUp } from './comes-up.js';
import { probePrograms, runProbe } from './probe.js';

/** Milliseconds for all of them. */
const openTimeout = 120_000;

/**
 * One process opens many more files than the agent remembers, each once, and the first once more. All of them succeed,
 * each is reported, none is lost; and the first is reported again, because it has been forgotten.
 */
export async function proveManyOpens(session: GuestSession, proof: ManyOpensProof): Promise<void> {
  const { scenario, files } = proof;
  const folder = await makeNumberedFiles(session, 'many-opens', files);
  const operation = ['open-each', folder, String(files)];
  await session.phase(scenario, async () => {
    const started = await session.start({ options: proof.options, policy: null });
    if (!(await checkUp(session, scenario, started))) return;
    if (!(await checkTraced(session, scenario, started))) return;
    const where = await describeProgram(session, proof.hook);
    const { end, lines, stderr } = await runProbe(session.guest, {
      program: probePrograms.attempt,
      args: operation,
      enroll: session.runner.enroll,
      timeout: openTimeout,
    });
    if (!(await session.end(started, scenario))) return;
    const { events } = await started.events();
    const answer = `${JSON.stringify(end)} ${lines.join(' ')} ${stderr.trim()}`;
    recordManyOpens(session, proof, {
      attempt: operation.join(' '),
      succeeded: end.kind === 'exited' && end.status === 0 && lines.join('\n') === '0',
      answer,
      counts: countReports(session, events, files),
      lost: events.flatMap((event) => session.contract.events.lostOf(event) ?? []).at(-1) ?? 0,
      where,
    });
  });
}

interface ManyOpens {
  readonly attempt: string;
  readonly succeeded: boolean;
  readonly answer: string;
  readonly counts: readonly number[];
  readonly lost: number;
  /** The hook and its program. */
  readonly where: string;
}

function recordManyOpens(
  session: GuestSession,
  { class: name, scenario, files, hook }: ManyOpensProof,
  { attempt, succeeded, answer, counts, lost, where }: ManyOpens,
): void {
  const about = { hook, attempt, details: [where] };
  const claim = (check: string, holds: boolean, parts: Pick<ClaimParts, 'blames' | 'expected' | 'actual'>): void => {
    session.claim(name, scenario, { ...about, check, holds, ...parts });
  };
  claim('every open succeeds', succeeded, {
    blames: 'OBSERVER_DENIED',
    expected: `${files} opens succeed`,
    actual: answer,
  });
  const never = numbersWith(counts, (count) => count === 0);
  claim('each is reported', never.length === 0 && lost === 0, {
    blames: 'EVENT_MISSING',
    expected: `an event for each of ${files} files, and none lost: the ring buffer has room for all`,
    actual: `${never.length} without an event${never.length === 0 ? '' : ` (${someFiles(never)})`}, ${lost} lost`,
  });
  const [first = 0, ...others] = counts;
  const twice = numbersWith([1, ...others], (count) => count > 1);
  claim('each once', twice.length === 0, {
    blames: 'EVENT_WRONG',
    expected: 'one event for a file that is opened once',
    actual: `${someFiles(twice)} reported more than once`,
  });
  claim('the oldest is forgotten', first === 2, {
    blames: 'EVENT_MISSING',
    expected: 'two events for file 0: it was opened first and last, and forgotten in between',
    actual: `${first} events`,
  });
}
