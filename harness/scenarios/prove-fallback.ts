import type { Agent } from '../model/subject.js';
import type { Bench } from './bench.js';
import { fallbackClasses } from './classes/index.js';
import { arrangeAll, phaseWith, takeTurns } from './denials.js';
import { type Means, recordLooks } from './looks.js';
import { arrangeRows, putSeam, recordPosture, type Row, seamEnv, succeeds, tryRow } from './posture.js';
import { proveSignalWays } from './signals.js';
import type { Asked } from './subject.js';

const sigint = 2;
const sigkill = 9;
const sigterm = 15;

const byTerm: Means = { expected: { kind: 'signalled', signal: sigterm }, action: 'TERM' };

/** The other signals; `none` means KILL, since a tracepoint can deny nothing. */
const otherSignals = [
  { signal: 'none', expected: { kind: 'signalled', signal: sigkill }, action: 'KILL' },
  { signal: 'int', expected: { kind: 'signalled', signal: sigint }, action: 'INT' },
  { signal: 'kill', expected: { kind: 'signalled', signal: sigkill }, action: 'KILL' },
] as const;

/**
 * Everything that is proved without the BPF LSM: the same on a machine that has none, and on one where AEGIS_LSM_PATH
 * says so.
 */
export async function proveFallback(bench: Bench): Promise<void> {
  if (bench.setting === 'seam') await putSeam(bench);
  const env = bench.setting === 'seam' ? seamEnv : {};
  if (bench.wants('signal')) await proveSignals(bench, env);
  if (bench.wants('posture')) await proveRows(bench, env);
}

type Env = Readonly<Record<string, string>>;

async function proveSignals(bench: Bench, env: Env): Promise<void> {
  if (!bench.agent.fallback) {
    bench.notOffered('signal', 'signals in place of denials', 'it has no signal fallback');
    return;
  }
  const free = await bench.phase('controls', async () =>
    takeTurns(bench, await arrangeAll(bench, 'free', fallbackClasses)),
  );
  const auditing = await arrangeAll(bench, 'audit', fallbackClasses);
  const audit: Asked = { mode: 'audit', policy: auditing.policy, env };
  const audited = await phaseWith(bench, 'audit', audit, auditing, (started) =>
    recordPosture(bench, started, { name: 'audit', expected: 'AUDIT', deed: null, deedExpected: succeeds }),
  );
  const enforcing = await arrangeAll(bench, 'enforce', fallbackClasses);
  const asked: Asked = { mode: 'enforce', signal: 'term', fallback: 'signal', policy: enforcing.policy, env };
  const { expected } = byTerm;
  const enforced = await phaseWith(bench, 'signal term', asked, enforcing, (started) =>
    recordPosture(bench, started, {
      name: 'signal term',
      expected: 'ENFORCE_SIGNAL',
      deed: null,
      deedExpected: expected,
    }),
  );
  recordLooks(bench, enforcing, { free, audited, enforced }, byTerm);
  await proveSignalWays(bench, otherSignals, free, { fallback: 'signal', env });
}

/** The rows without the BPF LSM in which nothing is enforced. */
async function proveRows(bench: Bench, env: Env): Promise<void> {
  await arrangeRows(bench);
  for (const { lacks, ...row } of quietRows(bench.agent)) {
    if (lacks === null) await tryRow(bench, row, env);
    else bench.notOffered('posture', row.name, lacks);
  }
}

/** Rows, each with what the subject lacks to be asked. */
function quietRows({ fallback, auditFallback, rules }: Agent): readonly (Row & { readonly lacks: string | null })[] {
  const closed = { expected: 'DEGRADED', deed: succeeds } as const;
  const audits = { expected: 'AUDIT_FALLBACK', deed: succeeds } as const;
  const gate = { gate: 'audit-fallback' } as const;
  const asked = { fallback: 'signal' } as const;
  const undeliverable = { rules: { deny_ptrace: [] } };
  const noGate = auditFallback ? null : 'it has no audit fallback';
  const noPtrace = fallback && rules.has('deny_ptrace') ? null : 'it has no signal fallback, or no deny_ptrace rules';
  const noFallback = fallback ? null : 'it has no signal fallback';
  const term = { kind: 'signalled', signal: sigterm } as const;
  return [
    {
      name: 'audit, fallback on',
      asked: { mode: 'audit', ...asked },
      expected: 'AUDIT',
      deed: succeeds,
      lacks: noFallback,
    },
    {
      name: 'fallback on, both gates open',
      asked: { ...asked, signal: 'term', ...(auditFallback ? gate : {}) },
      expected: 'ENFORCE_SIGNAL',
      deed: term,
      lacks: noFallback,
    },
    { name: 'fallback off: fail-closed', asked: {}, ...closed, lacks: null },
    { name: 'fallback off: audit-fallback', asked: gate, ...audits, lacks: noGate },
    { name: 'a rule no signal serves: fail-closed', asked, ...closed, ...undeliverable, lacks: noPtrace },
    {
      name: 'a rule no signal serves: audit-fallback',
      asked: { ...asked, ...gate },
      ...audits,
      ...undeliverable,
      lacks: noPtrace ?? noGate,
    },
  ];
}
