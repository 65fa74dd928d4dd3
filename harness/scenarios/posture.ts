// SPDX-License-Identifier: Apache-2.0
import type { PolicyRules } from '../contracts/contract.js';
import type { NotOffered, PostureRow, Proof } from '../contracts/proof.js';
import { getFile, putFile } from '../guest/files.js';
import type { Attempted, Expected } from '../model/scenario-evidence.js';
import { makeGuestFolder } from './arrangement.js';
import { arrangeAttempts, runAttempt } from './attempts.js';
import { expectedOf } from './denial-errno.js';
import type { GuestSession } from './guest-session.js';
import { describeEnding } from './process-end.js';
import { oracleSnapshot } from './oracle.js';
import type { Started } from './started.js';
import { hasTracepoint } from '../target.js';

/** A file that every policy with rules on paths denies. */
export const rowSecret = '/t/posture-row/secret';

/** What the policy of each row denies. */
export const rowRules: PolicyRules = { deny_path: [rowSecret], deny_ip: ['127.0.0.2'], deny_exec: [rowSecret] };

/** What has to be there for every start. */
export async function arrangeRowSecret(session: GuestSession): Promise<void> {
  await makeGuestFolder(session.guest, '/t/posture-row');
  await arrangeAttempts(session.guest, [['write', rowSecret, 'Secret words']]);
}

/** Starts the agent as a row asks, looks at it, and ends it. */
export async function provePostureRow(
  session: GuestSession,
  row: PostureRow,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await session.phase(row.name, async () => {
    const started = await session.start({ options: row.options, policy: policyOf(session, row), env });
    // What reads its policy refused it, and was never more than that.
    if (row.malformed && started.given.argv === null) {
      recordRefusal(session, row, started);
      return;
    }
    const attempt = await runAttempt(session.guest, ['open', rowSecret, 'r']);
    const meant = await meantBy(row, started);
    await recordPosture(session, started, {
      name: row.name,
      state: meant.state,
      attempt,
      attemptExpected: meant.attempt,
    });
    if (started.pid !== null) await session.end(started, row.name);
  });
}

/** What the agent is held to, where more than one state is right. */
async function meantBy(row: PostureRow, started: Started): Promise<Pick<PostureRow, 'state' | 'attempt'>> {
  if (row.orElse === null) return row;
  const { announced } = await started.claim();
  return announced === row.orElse.state ? row.orElse : row;
}

/**
 * An agent whose policy is read in a step of its own refuses it there, by an exit status of its own. One that takes it there
 * is started, and has to say that it does not enforce.
 */
function recordRefusal(session: GuestSession, { name }: PostureRow, { comingUp }: Started): void {
  if (comingUp.kind !== 'ended') throw new Error(`scenarios: ${name}: a step before the agent that goes on`);
  session.claim('posture', name, {
    check: 'refused',
    blames: 'AGENT_DIED',
    holds: comingUp.status !== null,
    expected: 'what reads the policy ends with an exit status that is not 0',
    actual: describeEnding(comingUp),
  });
}

function policyOf(session: GuestSession, { rules, malformed }: PostureRow): string | null {
  if (malformed) return session.contract.policy?.malformed ?? null;
  return session.sharedPolicy(1, [rowRules, rules]);
}

export interface PostureObservation {
  readonly name: string;
  /** Of the contract. */
  readonly state: string;
  readonly attempt: Attempted | null;
  readonly attemptExpected: Expected;
}

/** Records what the agent claims about itself, beside what the kernel has. */
export async function recordPosture(
  session: GuestSession,
  started: Started,
  observation: PostureObservation,
): Promise<void> {
  const seen = await oracleSnapshot(session.guest);
  const claim = await started.claim();
  const { name, state, attempt, attemptExpected } = observation;
  session.record({
    kind: 'posture',
    class: 'posture',
    environment: session.environment,
    scenario: name,
    expected: state,
    comingUp: started.comingUp,
    claim,
    snapshot: seen,
    hooks: session.agent.hooks,
    tracepoints: session.contract.tracepoints.filter((name) => hasTracepoint(name, session.target)),
    attempt,
    attemptExpected: expectedOf(session.agent, attemptExpected),
  });
}

/** A file in place of the LSM list, in which `bpf` is missing, for an agent that believes it. */
export async function overrideLsm(session: GuestSession): Promise<void> {
  const path = '/probe/lsm-without-bpf';
  // `bpf_not` is no `bpf`: an agent that looks for the letters is caught.
  await putFile(session.guest, path, 'lockdown,capability,landlock,yama,apparmor,bpf_not\n', 0o644);
  session.deceive('lsm', path);
}

/** Rows in which one hook does not exist, as far as the agent can see. */
export async function proveMissingHook(
  session: GuestSession,
  { hook, rows, otherwise, class: name }: Extract<Proof, { kind: 'missing-hook' }>,
): Promise<void> {
  const notOffered = ({ name: scenario, detail }: NotOffered): void => {
    session.notOffered(name, scenario, detail);
  };
  const btf = await btfWithoutHook(session, hook);
  if (btf === null) {
    notOffered(otherwise);
    return;
  }
  for (const row of rows) {
    if ('detail' in row) notOffered(row);
    else await provePostureRow(session, row, { [session.variable('btf')]: btf });
  }
}

/** A copy of the kernel's BTF in which the hook has another name; null when this kernel has no such hook. */
async function btfWithoutHook(session: GuestSession, hook: string): Promise<string | null> {
  const path = '/probe/btf-without-hook';
  const btf = await getFile(session.guest, '/sys/kernel/btf/vmlinux');
  const name = Buffer.from(`\0bpf_lsm_${hook}\0`);
  const at = btf.indexOf(name);
  if (at < 0) return null;
  btf.write('#', at + name.length - 2);
  await putFile(session.guest, path, btf, 0o644);
  return path;
}
