// SPDX-License-Identifier: Apache-2.0
import { describeOutcome } from '../model/describe-outcome.js';
import { denialErrnoOf, isDenied } from './denial-errno.js';
import { runAttempt } from './attempts.js';
import {
  restartClaim,
  claimPolicyGeneration,
  restartClaimUp,
  policyGeneration,
  type Restarting,
} from './restart-claims.js';
import type { Started } from './started.js';
import { recordWatch, watchOpens } from './watch-opens.js';

/** Milliseconds within which a new policy must be in force. */
const reloadDeadline = 15_000;

/** A new policy while it runs: the old rules hold throughout, the new one comes, a bad one changes nothing. */
export async function proveReload(restarting: Restarting, started: Started): Promise<void> {
  const { session, proof } = restarting;
  const scenario = proof.scenarios.reload;
  const { reload } = session.agent;
  await session.phase(scenario, async () => {
    if (!(await restartClaimUp(restarting, scenario, started))) return;
    if (reload === null) {
      session.notOffered(proof.class, scenario, 'it does not read its policy again');
    } else {
      await proveNewPolicy(restarting, started, reload);
      await proveBadPolicy(restarting, started, reload);
    }
    await session.end(started, scenario);
  });
}

async function proveNewPolicy(restarting: Restarting, started: Started, reload: number): Promise<void> {
  const { session, proof, files } = restarting;
  const scenario = proof.scenarios.reload;
  const before = await policyGeneration(restarting);
  const watch = await watchOpens(session, files.held, null);
  await session.runner.replacePolicy(started.files.policy, files.second ?? '');
  await started.signal(reload);
  const inForce = await deniedWithin(restarting, files.added, reloadDeadline);
  const about = { class: proof.class, scenario, blames: 'ENFORCEMENT_LEAK', check: 'no gap' } as const;
  recordWatch(session, about, await watch.finish());
  restartClaim(restarting, scenario, {
    check: 'the new rule',
    blames: 'ENFORCEMENT_LEAK',
    holds: inForce,
    expected: denialErrnoOf(session.agent),
    actual: inForce ? denialErrnoOf(session.agent) : `not denied within ${reloadDeadline / 1000} s`,
  });
  claimPolicyGeneration(restarting, scenario, { before, after: await policyGeneration(restarting), same: false });
}

async function proveBadPolicy(restarting: Restarting, started: Started, reload: number): Promise<void> {
  const { session, proof, files } = restarting;
  const scenario = proof.scenarios.malformed;
  const before = await policyGeneration(restarting);
  const earlier = (await started.events()).events.length;
  await session.runner.replacePolicy(started.files.policy, session.contract.policy?.malformed ?? '');
  await started.signal(reload);
  // It announces that, or nothing: either way it has had its time.
  for (const until = performance.now() + reloadDeadline; performance.now() < until;) {
    const { events } = await started.events();
    if (events.slice(earlier).some((event) => session.contract.events.stateOf(event) !== null)) break;
  }
  await claimStillDenied(restarting, 'the old rule', files.held);
  await claimStillDenied(restarting, 'the newer rule', files.added);
  claimPolicyGeneration(restarting, scenario, { before, after: await policyGeneration(restarting), same: true });
}

async function claimStillDenied(restarting: Restarting, check: string, path: string): Promise<void> {
  const { guest, agent } = restarting.session;
  const { outcome } = await runAttempt(guest, ['open', path, 'r']);
  const holds = isDenied(agent, outcome);
  restartClaim(restarting, restarting.proof.scenarios.malformed, {
    check,
    blames: 'ENFORCEMENT_LEAK',
    holds,
    expected: `${denialErrnoOf(agent)} as before`,
    actual: describeOutcome(outcome),
  });
}

async function deniedWithin({ session }: Restarting, path: string, ms: number): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until;) {
    const { outcome } = await runAttempt(session.guest, ['open', path, 'r']);
    if (isDenied(session.agent, outcome)) return true;
  }
  return false;
}
