import { runAttempt, arrange } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import { denialClasses, essentialClasses } from './classes/index.js';
import { arrangeAll, folderOf, makeFolder, phaseWith, recordNotUp, type Phase, attemptScenarios } from './denials.js';
import { proveEscalation } from './escalation.js';
import { recordObservations, type Enforcement } from './observations.js';
import { policyText } from './policy.js';
import { probePaths } from './probe.js';
import { arrangeRows, btfWithoutHook, recordPosture, refused, type Row, succeeds, tryRow } from './posture.js';
import { proveRecords, scenario as recordsScenario } from './records.js';
import { proveRestart, watchOpens } from './restart.js';
import { proveSignalWays } from './signals.js';
import type { Asked } from './agent-runner.js';

const byErrno: Enforcement = { expected: refused, action: 'BLOCK' };

/** Everything that is proved where `bpf` is in the LSM list. */
export async function proveWithLsm(session: GuestSession): Promise<void> {
  const wanted = denialClasses.filter(({ class: name }) => session.wants(name));
  if (wanted.length > 0) await proveDenials(session, wanted);
  if (session.wants('records')) await proveOwnRecords(session);
  if (session.wants('signal')) await proveSignals(session);
  if (session.wants('restart')) await proveRestarts(session);
  if (session.wants('posture')) await proveRows(session);
}

/** Without the agent, with one that only audits, with one that enforces. */
async function proveDenials(session: GuestSession, wanted: typeof denialClasses): Promise<void> {
  const free = await session.phase('controls', async () => attemptScenarios(session, await arrangeAll(session, 'free', wanted)));
  const auditing = await arrangeAll(session, 'audit', wanted);
  const audited = await phaseWith(session, 'audit', { mode: 'audit', policy: auditing.policy }, auditing, (started) =>
    recordPosture(session, started, { name: 'audit', expected: 'AUDIT', attempt: null, attemptExpected: succeeds }),
  );
  const enforcing = await arrangeAll(session, 'enforce', wanted);
  const asked: Asked = { mode: 'enforce', policy: enforcing.policy };
  const enforced = await phaseWith(session, 'enforce', asked, enforcing, async (started) => {
    await recordPosture(session, started, { name: 'enforce', expected: 'ENFORCE', attempt: null, attemptExpected: refused });
    if (started.comingUp.kind === 'announced') await session.options.plant?.(session.guest);
  });
  recordObservations(session, enforcing, { free, audited, enforced }, byErrno);
  if (session.wants('exec')) recordExecEvent(session, enforced);
}

/** A program that may run is told as well, as an exec event. */
function recordExecEvent(session: GuestSession, phase: Phase): void {
  if ('missing' in phase || !session.agent.rules.has('deny_exec')) return;
  const pid = phase.turns.find(({ scenario }) => scenario.name === 'execve')?.neighbour?.pid;
  const told = phase.events.some((event) => event['type'] === 'exec' && event['pid'] === pid);
  session.claim('exec', 'a program that may run', {
    check: 'exec event',
    blames: 'EVENT_MISSING',
    holds: told,
    expected: 'an exec event of its process',
    actual: told ? 'told' : 'nothing was told',
  });
}

/** A denied file and a long name, and a policy about them alone. */
async function proveOwnRecords(session: GuestSession): Promise<void> {
  const lacking = (['deny_path', 'deny_ip'] as const).filter((rule) => !session.agent.rules.has(rule));
  if (lacking.length > 0) {
    session.notOffered('records', recordsScenario, `it has no ${lacking.join(', ')} rules`);
    return;
  }
  const folder = folderOf('enforce', 'records');
  const secret = `${folder}/secret`;
  const longName = `${folder}/${'long-name-'.repeat(20)}`;
  await makeFolder(session.guest, folder);
  await arrange(session.guest, [
    ['write', secret, 'Secret words'],
    ['copy', probePaths.quiet, longName, '755'],
  ]);
  const policy = policyText(1, [{ deny_path: [secret], deny_ip: ['127.0.0.2'] }], session.agent.rules);
  await session.phase('records', async () => {
    const started = await session.runner.start({ mode: 'enforce', policy });
    if (started.comingUp.kind === 'announced') await proveRecords(session, started, { secret, longName });
    else recordNotUp(session, 'records', started.comingUp);
    if (started.pid !== null) await session.end(started, 'records');
  });
}

const sigint = 2;
const sigterm = 15;

/** On the LSM path an attempt is denied anyway; the signal comes on top of it. */
const signalWays = [
  { signal: 'term', expected: { kind: 'signalled', signal: sigterm }, action: 'TERM' },
  { signal: 'int', expected: { kind: 'signalled', signal: sigint }, action: 'INT' },
] as const;

async function proveSignals(session: GuestSession): Promise<void> {
  const free = await session.phase('signal controls', async () =>
    attemptScenarios(session, await arrangeAll(session, 'signal-free', essentialClasses)),
  );
  await proveSignalWays(session, signalWays, free, {});
  await proveEscalation(session);
}

async function proveRestarts(session: GuestSession): Promise<void> {
  if (!session.agent.rules.has('deny_path')) {
    session.notOffered('restart', 'a restart without a gap', 'it has no deny_path rules');
    return;
  }
  const folder = folderOf('enforce', 'restart');
  const held = `${folder}/held`;
  const added = `${folder}/added`;
  await makeFolder(session.guest, folder);
  await arrange(session.guest, [
    ['write', held, 'Secret words'],
    ['write', added, 'Secret words'],
  ]);
  const { rules } = session.agent;
  const files = {
    held,
    added,
    first: policyText(1, [{ deny_path: [held] }], rules),
    second: policyText(2, [{ deny_path: [held, added] }], rules),
  };
  const asked: Asked = { mode: 'enforce', policy: files.first };
  await proveRestart(session, asked, files);
}

/** The rows of the posture table that need the BPF LSM; those without it are `prove-fallback`. */
async function proveRows(session: GuestSession): Promise<void> {
  await arrangeRows(session);
  await proveAnnouncement(session);
  const { fallback, auditFallback } = session.agent;
  const optIn: Row = {
    name: 'the signal fallback asked for where the LSM works',
    asked: { fallback: 'signal', ...(auditFallback ? { gate: 'audit-fallback' } : {}) },
    expected: 'ENFORCE',
    attempt: refused,
  };
  if (fallback) await tryRow(session, optIn, {});
  else session.notOffered('posture', optIn.name, 'it has no signal fallback');
  const unread: Row = {
    name: 'a policy nobody can read',
    asked: {},
    expected: 'DEGRADED',
    attempt: succeeds,
    policy: 'version=1\n[deny_ip]\nnonsense\n',
  };
  if (session.agent.prepare.length === 0) await tryRow(session, unread, {});
  else session.notOffered('posture', unread.name, 'it reads its policy in a step of its own');
  const btf = session.agent.overrides.has('btf') ? await btfWithoutHook(session) : null;
  if (btf === null || !session.agent.rules.has('deny_ip')) {
    session.notOffered(
      'posture',
      'a hook is missing',
      'it has no deny_ip rules, or does not heed AEGIS_BTF_VMLINUX_PATH',
    );
    return;
  }
  const env = { AEGIS_BTF_VMLINUX_PATH: btf };
  const closed: Row = { name: 'a hook is missing: fail-closed', asked: {}, expected: 'DEGRADED', attempt: succeeds };
  await tryRow(session, closed, env);
  const audits: Row = {
    name: 'a hook is missing: audit-fallback',
    asked: { gate: 'audit-fallback' },
    expected: 'AUDIT_FALLBACK',
    attempt: succeeds,
  };
  if (auditFallback) await tryRow(session, audits, env);
  else session.notOffered('posture', audits.name, 'it has no audit fallback');
}

/** From the moment it says ENFORCE nothing denied gets through. */
async function proveAnnouncement(session: GuestSession): Promise<void> {
  const scenario = 'enforcement is announced when it is true';
  const secret = '/t/posture-row/secret';
  const promise = session.runner.nextPromise();
  const about = { class: 'posture', environment: session.environment, scenario } as const;
  if (promise === null) {
    session.notOffered('posture', scenario, 'its readiness is no plain text to wait for');
    return;
  }
  await session.phase(scenario, async () => {
    const policy = policyText(1, [{ deny_path: [secret] }], session.agent.rules);
    const watch = await watchOpens(session, secret, promise);
    const started = await session.runner.start({ mode: 'enforce', policy });
    await runAttempt(session.guest, ['open', secret, 'r']);
    const { announced, openedAfter, deniedAfter } = await watch.finish();
    session.record({
      kind: 'watch',
      ...about,
      blames: 'POSTURE_DISHONEST',
      check: 'announcement',
      announced,
      opened: openedAfter,
      denied: deniedAfter,
    });
    await session.end(started, scenario);
  });
}
