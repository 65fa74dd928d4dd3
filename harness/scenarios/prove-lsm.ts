import { attempt, arrange } from './attempts.js';
import type { Bench } from './bench.js';
import { denialClasses, essentialClasses } from './classes/index.js';
import { arrangeAll, folderOf, makeFolder, phaseWith, recordNotUp, type Phase, takeTurns } from './denials.js';
import { proveEscalation } from './escalation.js';
import { recordLooks, type Means } from './looks.js';
import { policyText } from './policy.js';
import { probePaths } from './probe.js';
import { arrangeRows, btfWithoutHook, recordPosture, refused, type Row, succeeds, tryRow } from './posture.js';
import { proveRecords, scenario as recordsScenario } from './records.js';
import { proveRestart, watchOpens } from './restart.js';
import { proveSignalWays } from './signals.js';
import type { Asked } from './subject.js';

const byErrno: Means = { expected: refused, action: 'BLOCK' };

/** Everything that is proved where `bpf` is in the LSM list. */
export async function proveWithLsm(bench: Bench): Promise<void> {
  const wanted = denialClasses.filter(({ class: name }) => bench.wants(name));
  if (wanted.length > 0) await proveDenials(bench, wanted);
  if (bench.wants('records')) await proveOwnRecords(bench);
  if (bench.wants('signal')) await proveSignals(bench);
  if (bench.wants('restart')) await proveRestarts(bench);
  if (bench.wants('posture')) await proveRows(bench);
}

/** Without the subject, with one that only audits, with one that enforces. */
async function proveDenials(bench: Bench, wanted: typeof denialClasses): Promise<void> {
  const free = await bench.phase('controls', async () => takeTurns(bench, await arrangeAll(bench, 'free', wanted)));
  const auditing = await arrangeAll(bench, 'audit', wanted);
  const audited = await phaseWith(bench, 'audit', { mode: 'audit', policy: auditing.policy }, auditing, (started) =>
    recordPosture(bench, started, { name: 'audit', expected: 'AUDIT', deed: null, deedExpected: succeeds }),
  );
  const enforcing = await arrangeAll(bench, 'enforce', wanted);
  const asked: Asked = { mode: 'enforce', policy: enforcing.policy };
  const enforced = await phaseWith(bench, 'enforce', asked, enforcing, async (started) => {
    await recordPosture(bench, started, { name: 'enforce', expected: 'ENFORCE', deed: null, deedExpected: refused });
    if (started.comingUp.kind === 'announced') await bench.options.plant?.(bench.guest);
  });
  recordLooks(bench, enforcing, { free, audited, enforced }, byErrno);
  if (bench.wants('exec')) recordExecEvent(bench, enforced);
}

/** A program that may run is told as well, as an exec event. */
function recordExecEvent(bench: Bench, phase: Phase): void {
  if ('missing' in phase || !bench.agent.rules.has('deny_exec')) return;
  const pid = phase.turns.find(({ scenario }) => scenario.name === 'execve')?.neighbour?.pid;
  const told = phase.events.some((event) => event['type'] === 'exec' && event['pid'] === pid);
  bench.claim('exec', 'a program that may run', {
    leg: 'exec event',
    blames: 'EVENT_MISSING',
    holds: told,
    expected: 'an exec event of its process',
    actual: told ? 'told' : 'nothing was told',
  });
}

/** A denied file and a long name, and a policy about them alone. */
async function proveOwnRecords(bench: Bench): Promise<void> {
  const lacking = (['deny_path', 'deny_ip'] as const).filter((rule) => !bench.agent.rules.has(rule));
  if (lacking.length > 0) {
    bench.notOffered('records', recordsScenario, `it has no ${lacking.join(', ')} rules`);
    return;
  }
  const folder = folderOf('enforce', 'records');
  const secret = `${folder}/secret`;
  const longName = `${folder}/${'long-name-'.repeat(20)}`;
  await makeFolder(bench.guest, folder);
  await arrange(bench.guest, [
    ['write', secret, 'Secret words'],
    ['copy', probePaths.quiet, longName, '755'],
  ]);
  const policy = policyText(1, [{ deny_path: [secret], deny_ip: ['127.0.0.2'] }], bench.agent.rules);
  await bench.phase('records', async () => {
    const started = await bench.subject.start({ mode: 'enforce', policy });
    if (started.comingUp.kind === 'announced') await proveRecords(bench, started, { secret, longName });
    else recordNotUp(bench, 'records', started.comingUp);
    if (started.pid !== null) await bench.end(started, 'records');
  });
}

const sigint = 2;
const sigterm = 15;

/** On the LSM path a deed is denied anyway; the signal comes on top of it. */
const signalWays = [
  { signal: 'term', expected: { kind: 'signalled', signal: sigterm }, action: 'TERM' },
  { signal: 'int', expected: { kind: 'signalled', signal: sigint }, action: 'INT' },
] as const;

async function proveSignals(bench: Bench): Promise<void> {
  const free = await bench.phase('signal controls', async () =>
    takeTurns(bench, await arrangeAll(bench, 'signal-free', essentialClasses)),
  );
  await proveSignalWays(bench, signalWays, free, {});
  await proveEscalation(bench);
}

async function proveRestarts(bench: Bench): Promise<void> {
  if (!bench.agent.rules.has('deny_path')) {
    bench.notOffered('restart', 'a restart without a gap', 'it has no deny_path rules');
    return;
  }
  const folder = folderOf('enforce', 'restart');
  const held = `${folder}/held`;
  const added = `${folder}/added`;
  await makeFolder(bench.guest, folder);
  await arrange(bench.guest, [
    ['write', held, 'Secret words'],
    ['write', added, 'Secret words'],
  ]);
  const { rules } = bench.agent;
  const files = {
    held,
    added,
    first: policyText(1, [{ deny_path: [held] }], rules),
    second: policyText(2, [{ deny_path: [held, added] }], rules),
  };
  const asked: Asked = { mode: 'enforce', policy: files.first };
  await proveRestart(bench, asked, files);
}

/** The rows of the posture table that need the BPF LSM; those without it are `prove-fallback`. */
async function proveRows(bench: Bench): Promise<void> {
  await arrangeRows(bench);
  await proveAnnouncement(bench);
  const { fallback, auditFallback } = bench.agent;
  const optIn: Row = {
    name: 'the signal fallback asked for where the LSM works',
    asked: { fallback: 'signal', ...(auditFallback ? { gate: 'audit-fallback' } : {}) },
    expected: 'ENFORCE',
    deed: refused,
  };
  if (fallback) await tryRow(bench, optIn, {});
  else bench.notOffered('posture', optIn.name, 'it has no signal fallback');
  const unread: Row = {
    name: 'a policy nobody can read',
    asked: {},
    expected: 'DEGRADED',
    deed: succeeds,
    policy: 'version=1\n[deny_ip]\nnonsense\n',
  };
  if (bench.agent.prepare.length === 0) await tryRow(bench, unread, {});
  else bench.notOffered('posture', unread.name, 'it reads its policy in a step of its own');
  const btf = bench.agent.seams.has('btf') ? await btfWithoutHook(bench) : null;
  if (btf === null || !bench.agent.rules.has('deny_ip')) {
    bench.notOffered(
      'posture',
      'a hook is missing',
      'it has no deny_ip rules, or does not heed AEGIS_BTF_VMLINUX_PATH',
    );
    return;
  }
  const env = { AEGIS_BTF_VMLINUX_PATH: btf };
  const closed: Row = { name: 'a hook is missing: fail-closed', asked: {}, expected: 'DEGRADED', deed: succeeds };
  await tryRow(bench, closed, env);
  const audits: Row = {
    name: 'a hook is missing: audit-fallback',
    asked: { gate: 'audit-fallback' },
    expected: 'AUDIT_FALLBACK',
    deed: succeeds,
  };
  if (auditFallback) await tryRow(bench, audits, env);
  else bench.notOffered('posture', audits.name, 'it has no audit fallback');
}

/** From the moment it says ENFORCE nothing denied gets through. */
async function proveAnnouncement(bench: Bench): Promise<void> {
  const scenario = 'enforcement is announced when it is true';
  const secret = '/t/posture-row/secret';
  const promise = bench.subject.nextPromise();
  const about = { class: 'posture', setting: bench.setting, scenario } as const;
  if (promise === null) {
    bench.notOffered('posture', scenario, 'its readiness is no plain text to wait for');
    return;
  }
  await bench.phase(scenario, async () => {
    const policy = policyText(1, [{ deny_path: [secret] }], bench.agent.rules);
    const watch = await watchOpens(bench, secret, promise);
    const started = await bench.subject.start({ mode: 'enforce', policy });
    await attempt(bench.guest, ['open', secret, 'r']);
    const { announced, openedAfter, deniedAfter } = await watch.finish();
    bench.record({
      kind: 'watch',
      ...about,
      blames: 'POSTURE_DISHONEST',
      leg: 'announcement',
      announced,
      opened: openedAfter,
      denied: deniedAfter,
    });
    await bench.end(started, scenario);
  });
}
