import { getFile, putFile } from '../guest/files.js';
import type { Attempted, Expected, PostureEvidence, RuntimeState } from '../model/scenario-evidence.js';
import { arrange, attempt } from './attempts.js';
import type { Bench } from './bench.js';
import type { PolicyRules } from './language.js';
import { makeFolder } from './denials.js';
import { snapshot } from './oracle.js';
import { policyText } from './policy.js';
import type { Asked, Started } from './subject.js';

/** Tracepoints of the contract that a subject must have live when it enforces by signals. */
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

/** A file that says `bpf` is not in the LSM list, where the seam points. */
const lsmWithoutBpf = '/probe/lsm-without-bpf';
export const seamEnv = { AEGIS_LSM_PATH: lsmWithoutBpf } as const;

/** What has to be there for every row. */
export async function arrangeRows(bench: Bench): Promise<void> {
  await makeFolder(bench.guest, '/t/posture-row');
  await arrange(bench.guest, [['write', secret, 'Secret words']]);
}

export async function putSeam(bench: Bench): Promise<void> {
  // `bpf_not` is no `bpf`: a subject that looks for the letters is caught.
  await putFile(bench.guest, lsmWithoutBpf, 'lockdown,capability,landlock,yama,apparmor,bpf_not\n', 0o644);
}

/** One row of the posture table. */
export interface Row {
  readonly name: string;
  readonly asked: Partial<Omit<Asked, 'policy'>>;
  readonly expected: RuntimeState;
  /** What a denied open comes to. */
  readonly deed: Expected;
  /** Rules besides the row's own. */
  readonly rules?: PolicyRules;
  /** The whole policy, in place of rules. */
  readonly policy?: string;
}

/** Starts the subject as a row asks, looks at it, and ends it. */
export async function tryRow(bench: Bench, row: Row, env: Readonly<Record<string, string>>): Promise<void> {
  await bench.phase(row.name, async () => {
    const rules: PolicyRules = { deny_path: [secret], deny_ip: ['127.0.0.2'], deny_exec: [secret] };
    const policy = row.policy ?? policyText(1, [rules, row.rules ?? {}], bench.agent.rules);
    const started = await bench.subject.start({
      mode: 'enforce',
      ...row.asked,
      policy,
      env: { ...env, ...row.asked.env },
    });
    const deed = await attempt(bench.guest, ['open', secret, 'r']);
    await recordPosture(bench, started, { name: row.name, expected: row.expected, deed, deedExpected: row.deed });
    if (started.pid !== null) await bench.end(started, row.name);
  });
}

export interface PostureLook {
  readonly name: string;
  readonly expected: RuntimeState;
  readonly deed: Attempted | null;
  readonly deedExpected: Expected;
}

/** What the subject says of itself, beside what the kernel says. */
export async function recordPosture(bench: Bench, started: Started, look: PostureLook): Promise<void> {
  const seen = await snapshot(bench.guest);
  const claim = await started.claim();
  const { name, expected, deed, deedExpected } = look;
  const evidence: PostureEvidence = {
    kind: 'posture',
    class: 'posture',
    setting: bench.setting,
    scenario: name,
    expected,
    comingUp: started.comingUp,
    claim,
    snapshot: seen,
    hooks: bench.agent.hooks,
    tracepoints: fallbackTracepoints,
    deed,
    deedExpected,
  };
  bench.record(evidence);
}

const missingHook = 'socket_connect';

/** A copy of the kernel's BTF in which one hook has another name: to the subject that hook does not exist. */
export async function btfWithoutHook(bench: Bench): Promise<string | null> {
  const path = '/probe/btf-without-hook';
  const btf = await getFile(bench.guest, '/sys/kernel/btf/vmlinux');
  const name = Buffer.from(`\0bpf_lsm_${missingHook}\0`);
  const at = btf.indexOf(name);
  if (at < 0) return null;
  btf.write('#', at + name.length - 2);
  await putFile(bench.guest, path, btf, 0o644);
  return path;
}
