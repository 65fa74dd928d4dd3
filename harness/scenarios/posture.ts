import { getFile, putFile } from '../guest/files.js';
import type { Attempted, Expected, PostureEvidence, RuntimeState } from '../model/scenario-evidence.js';
import { arrange, runAttempt } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import type { PolicyRules } from './language.js';
import { makeFolder } from './denials.js';
import { snapshot } from './oracle.js';
import { policyText } from './policy.js';
import type { Asked, Started } from './agent-runner.js';

/** Tracepoints of the contract that an agent must have live when it enforces by signals. */
const fallbackTracepoints = [
  'sys_enter_connect',
  'sys_enter_sendto',
  'sys_enter_open',
  'sys_enter_openat',
  'sys_enter_openat2',
  'sys_enter_execve',
];

const secret = '/t/posture-row/secret';
export const succeeds: Expected = { kind: 'returned', errno: 0 };
export const refused: Expected = { kind: 'returned', errno: 1 };

/** A file that says `bpf` is not in the LSM list, where the override points. */
const lsmWithoutBpf = '/probe/lsm-without-bpf';
export const lsmOverrideEnv = { AEGIS_LSM_PATH: lsmWithoutBpf } as const;

/** What has to be there for every row. */
export async function arrangeRows(session: GuestSession): Promise<void> {
  await makeFolder(session.guest, '/t/posture-row');
  await arrange(session.guest, [['write', secret, 'Secret words']]);
}

export async function putLsmOverride(session: GuestSession): Promise<void> {
  // `bpf_not` is no `bpf`: an agent that looks for the letters is caught.
  await putFile(session.guest, lsmWithoutBpf, 'lockdown,capability,landlock,yama,apparmor,bpf_not\n', 0o644);
}

/** One row of the posture table. */
export interface Row {
  readonly name: string;
  readonly asked: Partial<Omit<Asked, 'policy'>>;
  readonly expected: RuntimeState;
  /** What a denied open comes to. */
  readonly attempt: Expected;
  /** Rules besides the row's own. */
  readonly rules?: PolicyRules;
  /** The whole policy, in place of rules. */
  readonly policy?: string;
}

/** Starts the agent as a row asks, looks at it, and ends it. */
export async function tryRow(session: GuestSession, row: Row, env: Readonly<Record<string, string>>): Promise<void> {
  await session.phase(row.name, async () => {
    const rules: PolicyRules = { deny_path: [secret], deny_ip: ['127.0.0.2'], deny_exec: [secret] };
    const policy = row.policy ?? policyText(1, [rules, row.rules ?? {}], session.agent.rules);
    const started = await session.runner.start({
      mode: 'enforce',
      ...row.asked,
      policy,
      env: { ...env, ...row.asked.env },
    });
    const attempt = await runAttempt(session.guest, ['open', secret, 'r']);
    await recordPosture(session, started, { name: row.name, expected: row.expected, attempt, attemptExpected: row.attempt });
    if (started.pid !== null) await session.end(started, row.name);
  });
}

export interface PostureObservation {
  readonly name: string;
  readonly expected: RuntimeState;
  readonly attempt: Attempted | null;
  readonly attemptExpected: Expected;
}

/** What the agent says of itself, beside what the kernel says. */
export async function recordPosture(session: GuestSession, started: Started, look: PostureObservation): Promise<void> {
  const seen = await snapshot(session.guest);
  const claim = await started.claim();
  const { name, expected, attempt, attemptExpected } = look;
  const evidence: PostureEvidence = {
    kind: 'posture',
    class: 'posture',
    environment: session.environment,
    scenario: name,
    expected,
    comingUp: started.comingUp,
    claim,
    snapshot: seen,
    hooks: session.agent.hooks,
    tracepoints: fallbackTracepoints,
    attempt,
    attemptExpected,
  };
  session.record(evidence);
}

const missingHook = 'socket_connect';

/** A copy of the kernel's BTF in which one hook has another name: to the agent that hook does not exist. */
export async function btfWithoutHook(session: GuestSession): Promise<string | null> {
  const path = '/probe/btf-without-hook';
  const btf = await getFile(session.guest, '/sys/kernel/btf/vmlinux');
  const name = Buffer.from(`\0bpf_lsm_${missingHook}\0`);
  const at = btf.indexOf(name);
  if (at < 0) return null;
  btf.write('#', at + name.length - 2);
  await putFile(session.guest, path, btf, 0o644);
  return path;
}
