import type { Agent } from '../model/agent.js';
import type { GuestSession } from './guest-session.js';
import { fallbackClasses } from './classes/index.js';
import { arrangeAll, phaseWith, attemptScenarios } from './denials.js';
import { type Enforcement, recordObservations } from './observations.js';
import { arrangeRows, putLsmOverride, recordPosture, type Row, lsmOverrideEnv, succeeds, tryRow } from './posture.js';
import { proveSignalWays } from './signals.js';
import type { Asked } from './agent-runner.js';

const sigint = 2;
const sigkill = 9;
const sigterm = 15;

const byTerm: Enforcement = { expected: { kind: 'signalled', signal: sigterm }, action: 'TERM' };

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
export async function proveFallback(session: GuestSession): Promise<void> {
  if (session.environment === 'lsm-override') await putLsmOverride(session);
  const env = session.environment === 'lsm-override' ? lsmOverrideEnv : {};
  if (session.wants('signal')) await proveSignals(session, env);
  if (session.wants('posture')) await proveRows(session, env);
}

type Env = Readonly<Record<string, string>>;

async function proveSignals(session: GuestSession, env: Env): Promise<void> {
  if (!session.agent.fallback) {
    session.notOffered('signal', 'signals in place of denials', 'it has no signal fallback');
    return;
  }
  const free = await session.phase('controls', async () =>
    attemptScenarios(session, await arrangeAll(session, 'free', fallbackClasses)),
  );
  const auditing = await arrangeAll(session, 'audit', fallbackClasses);
  const audit: Asked = { mode: 'audit', policy: auditing.policy, env };
  const audited = await phaseWith(session, 'audit', audit, auditing, (started) =>
    recordPosture(session, started, { name: 'audit', expected: 'AUDIT', attempt: null, attemptExpected: succeeds }),
  );
  const enforcing = await arrangeAll(session, 'enforce', fallbackClasses);
  const asked: Asked = { mode: 'enforce', signal: 'term', fallback: 'signal', policy: enforcing.policy, env };
  const { expected } = byTerm;
  const enforced = await phaseWith(session, 'signal term', asked, enforcing, (started) =>
    recordPosture(session, started, {
      name: 'signal term',
      expected: 'ENFORCE_SIGNAL',
      attempt: null,
      attemptExpected: expected,
    }),
  );
  recordObservations(session, enforcing, { free, audited, enforced }, byTerm);
  await proveSignalWays(session, otherSignals, free, { fallback: 'signal', env });
}

/** The rows without the BPF LSM in which nothing is enforced. */
async function proveRows(session: GuestSession, env: Env): Promise<void> {
  await arrangeRows(session);
  for (const { lacks, ...row } of quietRows(session.agent)) {
    if (lacks === null) await tryRow(session, row, env);
    else session.notOffered('posture', row.name, lacks);
  }
}

/** Rows, each with what the agent lacks to be asked. */
function quietRows({ fallback, auditFallback, rules }: Agent): readonly (Row & { readonly lacks: string | null })[] {
  const closed = { expected: 'DEGRADED', attempt: succeeds } as const;
  const audits = { expected: 'AUDIT_FALLBACK', attempt: succeeds } as const;
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
      attempt: succeeds,
      lacks: noFallback,
    },
    {
      name: 'fallback on, both gates open',
      asked: { ...asked, signal: 'term', ...(auditFallback ? gate : {}) },
      expected: 'ENFORCE_SIGNAL',
      attempt: term,
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
