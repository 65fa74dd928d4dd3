// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { ReturnsProof } from '../contracts/proof.js';
import { InfraError } from '../model/errors.js';
import type { GuestSession } from './guest-session.js';
import { checkTraced, checkUp } from './comes-up.js';
import { probePrograms, runProbe } from './probe.js';

const rehearsalTimeout = 60_000;

const rehearsed = z.discriminatedUnion('kind', [
  z.strictObject({
    program: z.string(),
    hook: z.string(),
    kind: z.literal('called'),
    /** What the program gave back for each value that came in. */
    calls: z.array(z.strictObject({ given: z.number(), returned: z.number() })).min(1),
  }),
  z.strictObject({ program: z.string(), hook: z.string(), kind: z.literal('refused'), detail: z.string() }),
]);

type Rehearsed = z.output<typeof rehearsed>;

/**
 * An LSM program gets what those before it said, and an observer gives that back. Kernels call no program after one that
 * denied, so the value is always 0 there and a program that forgets it goes unnoticed until one calls it otherwise: the
 * probe loads the agent's programs once more, on the maps of the running agent, as a type that can be called with any
 * arguments, and calls them from a process that is traced and from one that is not.
 */
export async function proveReturns(session: GuestSession, proof: ReturnsProof): Promise<void> {
  const { scenario } = proof;
  await session.phase(scenario, async () => {
    const started = await session.start({ options: proof.options, policy: null });
    if (!(await checkUp(session, scenario, started))) return;
    if (!(await checkTraced(session, scenario, started))) return;
    const { enroll } = session.runner;
    const traced = await rehearse(session, enroll);
    const untraced = enroll.length === 0 ? [] : await rehearse(session, []);
    for (const one of traced) recordReturns(session, proof, one, 'traced');
    for (const one of untraced) recordReturns(session, proof, one, 'not traced');
    await session.end(started, scenario);
  });
}

async function rehearse({ guest, agent }: GuestSession, enroll: readonly string[]): Promise<readonly Rehearsed[]> {
  const { end, lines, stderr } = await runProbe(guest, {
    program: probePrograms.rehearse,
    args: [agent.paths.object],
    enroll,
    timeout: rehearsalTimeout,
  });
  try {
    if (end.kind !== 'exited' || end.status !== 0) throw new Error(JSON.stringify(end));
    return lines.map((line) => rehearsed.parse(JSON.parse(line)));
  } catch (cause) {
    throw new InfraError('HARNESS', {
      message: `scenarios: the programs could not be called: ${lines.join(' ').slice(0, 200)} ${stderr.slice(0, 300)}`,
      next: 'this is a fault of the harness: report it with the kernel and the object it happened on',
      cause,
    });
  }
}

function recordReturns(
  session: GuestSession,
  { class: name, scenario }: ReturnsProof,
  one: Rehearsed,
  whose: string,
): void {
  const check = `${one.hook} (${whose})`;
  if (one.kind === 'refused') {
    const detail = `${one.program} cannot be called by itself: ${one.detail}`;
    session.notOffered(name, `${scenario}: ${check}`, detail);
    return;
  }
  const wrong = one.calls.find(({ given, returned }) => given !== returned);
  session.claim(name, scenario, {
    check,
    hook: one.hook,
    blames: 'RETURN_REPLACED',
    holds: wrong === undefined,
    expected: `${one.program} at ${one.hook} returns ${wrong?.given ?? 0} when ${wrong?.given ?? 0} comes in`,
    actual: `it returns ${wrong?.returned ?? 0}`,
    attempt: `rehearse ${session.agent.paths.object}`,
    details: [
      `hook ${one.hook}, program ${one.program}, called by a process that is ${whose}`,
      'an observer ends with `return ret`: with any other value it undoes what another program decided',
    ],
  });
}
