// SPDX-License-Identifier: Apache-2.0
import type { PolicyRules } from '../contracts/contract.js';
import type { RestartProof } from '../contracts/proof.js';
import { phaseFolder, makeGuestFolder } from './arrangement.js';
import { arrangeAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import { proveReload } from './reload.js';
import {
  restartClaim,
  claimPolicyGeneration,
  restartClaimUp,
  policyGeneration,
  type RestartFiles,
  type Restarting,
} from './restart-claims.js';
import type { Started } from './started.js';
import { recordWatch, watchOpens } from './watch-opens.js';

/** What looks at the first agent before it is taken over from, and its rules in the policy. */
export interface BeforeRestart {
  readonly rules: readonly PolicyRules[];
  readonly prove: () => Promise<void>;
}

/** A restart, and then a new policy for whichever agent runs after it; no denied open may succeed at any moment. */
export async function proveRestart(session: GuestSession, proof: RestartProof, before: BeforeRestart): Promise<void> {
  const paths = await arrangeFiles(session);
  await session.sharing([{ deny_path: [paths.held] }], before.prove);
  // One that audits, because its options allow that, is no agent to restart: what follows is asked of one that must enforce.
  const shares = proof.shared !== null && (await session.isLeftEnforcing());
  const files = withPolicies(session, paths, shares ? before.rules : []);
  const options = shares ? proof.shared : proof.options;
  const restarting: Restarting = { session, proof: { ...proof, options }, files };
  const running = await proveTakeover(restarting);
  await proveReload(restarting, running ?? (await session.start({ options, policy: files.first })));
}

async function arrangeFiles(session: GuestSession): Promise<Paths> {
  const folder = phaseFolder('enforce', 'restart');
  const held = `${folder}/held`;
  const added = `${folder}/added`;
  await makeGuestFolder(session.guest, folder);
  await arrangeAttempts(session.guest, [
    ['write', held, 'Secret words'],
    ['write', added, 'Secret words'],
  ]);
  return { held, added };
}

type Paths = Pick<RestartFiles, 'held' | 'added'>;

/** With the rules of what looks at the first agent: it has that policy, and runs on. */
function withPolicies(session: GuestSession, { held, added }: Paths, rules: readonly PolicyRules[]): RestartFiles {
  return {
    held,
    added,
    first: session.policy(1, [{ deny_path: [held] }, ...rules]),
    second: session.policy(2, [{ deny_path: [held, added] }, ...rules]),
  };
}

/** A second agent takes over from a running one. Gives the second, or null where there is none. */
async function proveTakeover(restarting: Restarting): Promise<Started | null> {
  const { session, proof, files } = restarting;
  const scenario = proof.scenarios.takeover;
  const { takeover } = session.agent;
  if (takeover === null) {
    session.notOffered(proof.class, scenario, 'it cannot take over');
    return null;
  }
  const request = { options: proof.options, policy: files.first };
  return session.phase(scenario, async () => {
    const first = await session.start(request);
    if (!(await restartClaimUp(restarting, scenario, first))) return null;
    const before = await policyGeneration(restarting);
    const watch = await watchOpens(session, files.held, null);
    const second = await session.start({ ...request, more: takeover });
    const up = await restartClaimUp(restarting, scenario, second);
    const left = await first.ending();
    const about = { class: proof.class, scenario, blames: 'ENFORCEMENT_LEAK', check: 'no gap' } as const;
    recordWatch(session, about, await watch.finish());
    restartClaim(restarting, scenario, {
      check: 'the first one has left',
      blames: 'AGENT_HUNG',
      holds: left.kind === 'stopped',
      expected: 'it ends when it is taken over from',
      actual: left.kind === 'stopped' ? 'it ended' : left.kind === 'hung' ? 'it is still there' : left.end,
    });
    if (!up) return null;
    claimPolicyGeneration(restarting, scenario, { before, after: await policyGeneration(restarting), same: false });
    return second;
  });
}
