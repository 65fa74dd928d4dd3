// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { Guest } from '../guest/client.js';
import { describeOutcome } from '../model/describe-outcome.js';
import { InfraError } from '../model/errors.js';
import type { Attempted, AttemptOutcome } from '../model/scenario-evidence.js';
import { plainAttempt } from './language.js';
import { probePrograms, runProbe } from './probe.js';
import { describeProcessEnd } from './process-end.js';
import type { Attempt, ProbeOperation } from './scenario.js';

/** Milliseconds one attempt may take; under TCG a race of two processes is slow. */
const attemptTimeout = 10_000;
/** Attempts sent in one request: their answers must fit into one frame. */
const batchSize = 200;
/** Milliseconds for a batch beyond what its attempts may take. */
const batchSlack = 60_000;

const count = z.number().int().nonnegative();
const answer = z
  .strictObject({
    id: count,
    pid: count,
    kind: z.enum(['returned', 'signalled', 'timed-out', 'not-arranged', 'absent']),
    errno: count.optional(),
    signal: count.optional(),
    detail: z.string().optional(),
  })
  .transform(({ id, pid, kind, errno = 0, signal = 0, detail = '' }) => {
    const base = { id, pid };
    if (kind === 'returned') return { ...base, outcome: { kind, errno } as const };
    if (kind === 'signalled') return { ...base, outcome: { kind, signal } as const };
    if (kind === 'timed-out') return { ...base, outcome: { kind } as const };
    return { ...base, outcome: { kind, detail } as const };
  });

/**
 * Does every attempt in a process of its own, one after the other, in the order given. `enroll`: what makes the family of
 * a process traced, put before its command line. Throws InfraError when the probe itself breaks: its silence is never
 * taken for a denial.
 */
export async function runAttempts(
  guest: Guest,
  attempts: readonly Attempt[],
  enroll: readonly string[] = [],
): Promise<readonly Attempted[]> {
  const done: Attempted[] = [];
  while (done.length < attempts.length) {
    const batch = firstBatch(attempts.slice(done.length));
    done.push(...(await attemptBatch(guest, batch, batch[0]?.traced === true ? enroll : [])));
  }
  return done;
}

/** As many as fit, and are all traced or all not. */
function firstBatch(attempts: readonly Attempt[]): readonly Attempt[] {
  const other = attempts.findIndex(({ traced }) => traced !== attempts[0]?.traced);
  return attempts.slice(0, Math.min(batchSize, other < 0 ? batchSize : other));
}

export async function runAttempt(
  guest: Guest,
  operation: ProbeOperation,
  cgroup: string | null = null,
): Promise<Attempted> {
  const [only] = await runAttempts(guest, [{ ...plainAttempt(operation), cgroup }]);
  if (only === undefined) throw broken('no answer for one attempt');
  return only;
}

/**
 * Does what has to be there first. Throws InfraError for the first step that does not succeed; one for which the kernel
 * has no facility shows in the attempts that need it.
 */
export async function arrangeAttempts(guest: Guest, steps: readonly ProbeOperation[]): Promise<void> {
  const done = await runAttempts(guest, steps.map(plainAttempt));
  const bad = done.find(({ outcome }) => !isDone(outcome));
  if (bad !== undefined) throw broken(`arranging ${bad.operation}: ${describeOutcome(bad.outcome)}`);
}

function isDone(outcome: AttemptOutcome): boolean {
  return outcome.kind === 'absent' || (outcome.kind === 'returned' && outcome.errno === 0);
}

async function attemptBatch(
  guest: Guest,
  attempts: readonly Attempt[],
  enroll: readonly string[],
): Promise<readonly Attempted[]> {
  const asked = attempts.map(({ operation, cgroup, comm }, id) =>
    [id, cgroup ?? '-', attemptTimeout, ...(comm === null ? [] : ['as', comm]), ...operation].join('\t'),
  );
  const { end, lines, stderr, whole } = await runProbe(guest, {
    program: probePrograms.attempt,
    args: ['batch'],
    enroll,
    stdin: `${asked.join('\n')}\n`,
    timeout: attempts.length * attemptTimeout + batchSlack,
  });
  if (end.kind !== 'exited' || end.status !== 0 || !whole) {
    throw broken(`${describeProcessEnd(end)}: ${stderr.trim() || 'nothing on stderr'}`);
  }
  const answers = lines.map(readAnswer);
  return attempts.map((attempt, id) => {
    const mine = answers[id];
    if (mine?.id !== id) throw broken(`no answer for ${describeAttempt(attempt)}`);
    return { operation: describeAttempt(attempt), ...mine };
  });
}

/** The operation first: whoever reads it takes its first word. */
function describeAttempt({ operation, cgroup, comm }: Attempt): string {
  const from = cgroup === null ? '' : ` (from cgroup ${cgroup})`;
  return `${operation.join(' ')}${comm === null ? '' : ` (as ${comm})`}${from}`;
}

function readAnswer(line: string): z.output<typeof answer> {
  try {
    return answer.parse(JSON.parse(line));
  } catch (cause) {
    throw broken(`an answer nobody can read: ${line.slice(0, 200)}`, cause);
  }
}

function broken(message: string, cause?: unknown): InfraError {
  return new InfraError('HARNESS', {
    message: `scenarios: the probe failed: ${message}`,
    next: 'this is a fault of the harness or of the guest kernel: see the console log',
    cause,
  });
}
