import type { CheckCode, CheckOutcome, CheckReport, Environment } from '../model/check.js';
import type { OracleSnapshot, PostureEvidence, RawEvent, RuntimeState } from '../model/scenario-evidence.js';
import { describeExpected, meets, describeOutcome } from './describe-outcome.js';

/** Offsets in agent_config, 48 bytes (the contract's Object section). */
const auditOnlyOffset = 0;
const signalFallbackOffset = 44;

const pass: CheckOutcome = { kind: 'pass' };
const notTold: CheckOutcome = {
  kind: 'not-offered',
  by: 'kernel',
  detail: 'this kernel does not say at which hook a link is (5.13 and newer do)',
};

/** One row of the posture table: what the agent says, beside what the kernel says and what an attempt comes to. */
export function judgePosture(evidence: PostureEvidence): readonly CheckReport[] {
  const { class: name, environment, scenario, attempt } = evidence;
  const line = (check: string, outcome: CheckOutcome, attempt: string | null = null): CheckReport => ({
    class: name,
    environment,
    scenario,
    check,
    attempt,
    outcome,
  });
  const up = judgeComingUp(evidence);
  if (up.kind === 'fail') return [line('start', up)];
  return [
    line('start', up),
    line('state', judgeState(evidence)),
    line('report', judgeReport(evidence)),
    line('announcement', judgeAnnouncement(evidence)),
    ...(attempt === null ? [] : [line('attempt', judgeAttempt(evidence), attempt.words)]),
    line('live', judgeLive(evidence)),
    line('reported hooks', judgeReportedHooks(evidence)),
    line('agent_config', judgeConfig(evidence)),
  ];
}

/** DEGRADED ends with exit status 1 and a report; everything else stays. */
function judgeComingUp({ comingUp, expected, claim }: PostureEvidence): CheckOutcome {
  if (comingUp.kind === 'silent') {
    return failed('AGENT_HUNG', 'a state is announced', `nothing within ${comingUp.ms / 1000} s`);
  }
  if (comingUp.kind === 'announced') return pass;
  if (expected === 'DEGRADED' && comingUp.status === 1) return pass;
  const words = [...comingUp.words, ...reportLine(claim.report)];
  if (comingUp.status === null) return failed('AGENT_DIED', 'it announces a state', comingUp.end, words);
  const wanted = expected === 'DEGRADED' ? 'exit 1' : expected;
  return failed('POSTURE_DISHONEST', wanted, `it gave up: ${comingUp.end}`, words);
}

function judgeState({ claim, expected, comingUp }: PostureEvidence): CheckOutcome {
  const { report } = claim;
  if (report.kind === 'bad') return failed('POSTURE_DISHONEST', `a report that says ${expected}`, report.why);
  const said = report.value['runtime_state'];
  if (said !== expected) return failed('POSTURE_DISHONEST', expected, String(said), reportLine(report));
  if (expected === 'DEGRADED' && comingUp.kind !== 'ended') {
    return failed('POSTURE_DISHONEST', 'exit 1', 'it goes on running', reportLine(report));
  }
  return pass;
}

/** What the report says in several places must say the same, whatever it says. */
function judgeReport({ claim, expected, snapshot, environment }: PostureEvidence): CheckOutcome {
  if (claim.report.kind === 'bad') return failed('POSTURE_DISHONEST', 'a report', claim.report.why);
  const wrong = [
    ...contradictions(claim.report.value, expected),
    ...lsmContradictions(claim.report.value, snapshot, environment),
  ];
  return wrong.length === 0
    ? pass
    : failed('POSTURE_DISHONEST', 'a report without a contradiction', wrong.join('; '), reportLine(claim.report));
}

/** What the report says of the LSM is what the kernel says, or what the override has told the agent. */
function lsmContradictions(report: RawEvent, { lsm }: OracleSnapshot, environment: Environment): readonly string[] {
  const has = environment !== 'lsm-override' && (lsm?.includes('bpf') ?? false);
  return report['lsm_enabled'] === has
    ? []
    : [`lsm_enabled is ${String(report['lsm_enabled'])}, and should be ${String(has)}`];
}

function contradictions(report: RawEvent, expected: RuntimeState): readonly string[] {
  const blockers = report['enforce_blockers'];
  if (!Array.isArray(blockers)) return ['enforce_blockers is no list'];
  const wrong: string[] = [];
  if (report['schema_version'] !== 1) wrong.push('schema_version is not 1');
  if (report['enforce_capable'] !== (blockers.length === 0)) {
    wrong.push(`enforce_capable is ${String(report['enforce_capable'])} with ${blockers.length} blockers`);
  }
  wrong.push(...missingFields(report));
  if (expected === 'ENFORCE') wrong.push(...enforceContradictions(report));
  if ((expected === 'DEGRADED' || expected === 'AUDIT_FALLBACK') && report['enforce_capable'] !== false) {
    wrong.push(`${expected} with enforce_capable`);
  }
  if (expected === 'ENFORCE_SIGNAL') wrong.push(...signalContradictions(report, blockers));
  if ((expected === 'AUDIT' || expected === 'AUDIT_FALLBACK') && report['audit_only'] !== true) {
    wrong.push(`${expected} without audit_only`);
  }
  return wrong;
}

const reportFields = [
  'kernel_version',
  'capability',
  'lsm_enabled',
  'hooks',
  'requirements',
  'requirements_met',
  'policy',
];

function missingFields(report: RawEvent): readonly string[] {
  return reportFields.filter((field) => report[field] === undefined).map((field) => `there is no ${field}`);
}

function enforceContradictions(report: RawEvent): readonly string[] {
  const wanted = { enforce_capable: true, audit_only: false, lsm_enabled: true, capability: 'Full' } as const;
  return Object.entries(wanted)
    .filter(([field, value]) => report[field] !== value)
    .map(([field]) => `ENFORCE with ${field} ${JSON.stringify(report[field])}`);
}

function signalContradictions(report: RawEvent, blockers: readonly unknown[]): readonly string[] {
  const wrong: string[] = [];
  if (report['audit_only'] !== false) wrong.push('ENFORCE_SIGNAL with audit_only');
  if (report['enforce_capable'] !== false) wrong.push('ENFORCE_SIGNAL with enforce_capable');
  if (!blockers.includes('BPF_LSM_DISABLED')) wrong.push('ENFORCE_SIGNAL without BPF_LSM_DISABLED');
  return wrong;
}

/** An announced state is told as an event too, by agents whose readiness is one. */
function judgeAnnouncement({ claim, expected }: PostureEvidence): CheckOutcome {
  if (claim.announced === null) return pass;
  // A state that is taken back was announced before it was true.
  const told = [...claim.earlier, claim.announced];
  if (told.every((state) => state === expected)) return pass;
  return failed('POSTURE_DISHONEST', `${expected}, and nothing else`, told.join(', then '));
}

/** A state that enforces is proved by an attempt, and so is one that does not. */
function judgeAttempt({ attempt, attemptExpected, expected }: PostureEvidence): CheckOutcome {
  if (attempt === null || meets(attempt.outcome, attemptExpected)) return pass;
  const enforces = expected === 'ENFORCE' || expected === 'ENFORCE_SIGNAL';
  if (attempt.outcome.kind === 'signalled' && attemptExpected.kind === 'signalled') {
    return failed('WRONG_SIGNAL', describeExpected(attemptExpected), describeOutcome(attempt.outcome));
  }
  const code: CheckCode = enforces ? 'ENFORCEMENT_LEAK' : expected === 'DEGRADED' ? 'FALSE_BLOCK' : 'AUDIT_DENIED';
  return failed(code, describeExpected(attemptExpected), describeOutcome(attempt.outcome));
}

/** An agent that claims to enforce has live what the kernel offers to enforce by. */
function judgeLive({ claim, snapshot, hooks, tracepoints, comingUp }: PostureEvidence): CheckOutcome {
  const state = claim.report.kind === 'read' ? claim.report.value['runtime_state'] : null;
  if (comingUp.kind === 'ended') return judgeNothingLeft(snapshot);
  if (state === 'ENFORCE') return judgeLiveHooks(snapshot, hooks);
  if (state !== 'ENFORCE_SIGNAL') return pass;
  if (hasLive(snapshot)) {
    return failed('POSTURE_DISHONEST', 'only tracepoints are attached', `live LSM hooks: ${liveWords(snapshot)}`);
  }
  const missing = tracepoints.filter((name) => !snapshot.tracepoints.includes(name));
  if (missing.length === 0) return pass;
  return failed('SILENT_DOWNGRADE', 'every fallback tracepoint is live', `not live: ${missing.join(', ')}`);
}

/** Whoever gives up takes its hooks along. */
function judgeNothingLeft(snapshot: OracleSnapshot): CheckOutcome {
  if (!hasLive(snapshot)) return pass;
  const left = `still live: ${liveWords(snapshot)}`;
  return failed('POSTURE_DISHONEST', 'nothing is left of an agent that gave up', left);
}

const hasLive = ({ live, unplaced }: OracleSnapshot): boolean => live.length + unplaced > 0;

function liveWords({ live, unplaced }: OracleSnapshot): string {
  return [...live, ...(unplaced === 0 ? [] : [`${unplaced} of which the kernel does not say the hook`])].join(', ');
}

function judgeLiveHooks(snapshot: OracleSnapshot, hooks: readonly string[]): CheckOutcome {
  if (snapshot.lsm?.includes('bpf') !== true) {
    const list = snapshot.lsm?.join(',') ?? 'none';
    return failed('SILENT_DOWNGRADE', 'bpf in the LSM list', `the list is ${list}, and no LSM program is ever called`);
  }
  if (!hasLive(snapshot)) {
    return failed('SILENT_DOWNGRADE', 'every hook the kernel offers is live', 'claims ENFORCE; not one hook is live');
  }
  const missing = hooks.filter((hook) => (snapshot.offered?.includes(hook) ?? true) && !snapshot.live.includes(hook));
  if (missing.length === 0) return pass;
  // Links whose hook nobody knows may be at these, if they are as many.
  if (missing.length <= snapshot.unplaced) return notTold;
  const words = snapshot.unplaced === 0 ? 'not live' : `at most ${snapshot.unplaced} live of`;
  return failed(
    'SILENT_DOWNGRADE',
    'every hook the kernel offers is live',
    `claims ENFORCE; ${words}: ${missing.join(', ')}`,
  );
}

/** `hooks` of the report, hook by hook, against live links. */
function judgeReportedHooks({ claim, snapshot, comingUp }: PostureEvidence): CheckOutcome {
  if (claim.report.kind === 'bad' || comingUp.kind !== 'announced') return pass;
  const said = claim.report.value['hooks'];
  if (typeof said !== 'object' || said === null) {
    return failed('POSTURE_DISHONEST', 'hooks in the report', `hooks is ${JSON.stringify(said)}`);
  }
  if (snapshot.unplaced > 0) return judgeCount(Object.values(said), snapshot);
  const silent = snapshot.live.filter((hook) => !(`lsm_${hook}` in said)).map((hook) => `${hook}: live, and not told`);
  const lies = Object.entries(said)
    .filter(([key, value]) => (value === 'attached') !== snapshot.live.includes(key.replace(/^lsm_/, '')))
    .map(([key, value]) => `${key}: says ${JSON.stringify(value)}, ${value === 'attached' ? 'not live' : 'live'}`);
  const wrong = [...lies, ...silent];
  return wrong.length === 0 ? pass : failed('SILENT_DOWNGRADE', 'hooks as the kernel has them', wrong.join('; '));
}

/** Where the kernel does not say which hooks are live, it still says how many. */
function judgeCount(said: readonly unknown[], { live, unplaced }: OracleSnapshot): CheckOutcome {
  const claimed = said.filter((value) => value === 'attached').length;
  const links = live.length + unplaced;
  if (claimed <= links) return notTold;
  return failed('SILENT_DOWNGRADE', `${claimed} live LSM links, as told`, `${links} are live`);
}

/** What the programs in the kernel were told to do. */
function judgeConfig({ snapshot, comingUp, expected }: PostureEvidence): CheckOutcome {
  if (comingUp.kind !== 'announced') return pass;
  const { config } = snapshot;
  if (config === null) {
    return { kind: 'not-offered', by: 'agent', detail: 'it has no array map agent_config' };
  }
  if (config.length !== 48) return failed('POSTURE_DISHONEST', '48 bytes', `${config.length} bytes`);
  const audits = config[auditOnlyOffset] === 1;
  const signals = config[signalFallbackOffset] === 1;
  const wanted = {
    audits: expected === 'AUDIT' || expected === 'AUDIT_FALLBACK',
    signals: expected === 'ENFORCE_SIGNAL',
  };
  if (audits === wanted.audits && signals === wanted.signals) return pass;
  const words = (one: typeof wanted): string =>
    `audit_only=${Number(one.audits)} signal_fallback_enforce=${Number(one.signals)}`;
  return failed('POSTURE_DISHONEST', words(wanted), words({ audits, signals }));
}

function failed(code: CheckCode, expected: string, actual: string, evidence: readonly string[] = []): CheckOutcome {
  return { kind: 'fail', code, expected, actual, evidence };
}

function reportLine(report: PostureEvidence['claim']['report']): readonly string[] {
  return report.kind === 'bad' ? [report.why] : [`report: ${JSON.stringify(report.value).slice(0, 600)}`];
}
