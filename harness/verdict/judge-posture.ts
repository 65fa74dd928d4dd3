// SPDX-License-Identifier: Apache-2.0
import type { Contract, StateMeaning } from '../contracts/contract.js';
import type { CheckCode, CheckOutcome, CheckReport } from '../model/check.js';
import { describeFields, describeJsonValue } from '../model/describe-value.js';
import type { PostureEvidence, RawEvent } from '../model/scenario-evidence.js';
import { describeExpected, describeOutcome, outcomeMeets } from '../model/describe-outcome.js';
import { judgeLive, judgeReportedHooks } from './judge-live.js';

const pass: CheckOutcome = { kind: 'pass' };

/** One start of the agent: its claims, beside what the kernel has and what an attempt comes to. */
export function judgePosture(evidence: PostureEvidence, contract: Contract): readonly CheckReport[] {
  const { class: name, environment, scenario, attempt } = evidence;
  const line = (check: string, outcome: CheckOutcome, operation: string | null = null): CheckReport => ({
    class: name,
    environment,
    scenario,
    check,
    attempt: operation,
    outcome,
  });
  const meaning = meaningOf(evidence.expected, contract);
  const up = judgeComingUp(evidence, meaning);
  if (up.kind === 'fail')
    return [line('start', up), ...judgeUntrue(evidence, contract).map((one) => line('announcement', one))];
  const { report, configMap } = contract;
  return [
    line('start', up),
    ...(report === null
      ? []
      : [
          line(
            'state',
            ofReport(evidence, report.stateField, () => judgeState(evidence, report, meaning)),
          ),
          line(
            'report',
            ofReport(evidence, null, () => judgeReport(evidence, report)),
          ),
        ]),
    line('announcement', judgeAnnouncement(evidence, contract)),
    ...(meaning.warning === null ? [] : [line('warning', judgeWarning(evidence, meaning.warning))]),
    ...(attempt === null ? [] : [line('attempt', judgeAttempt(evidence, meaning), attempt.operation)]),
    line('live', judgeLive(evidence, contract)),
    ...(report === null
      ? []
      : [
          line(
            'reported hooks',
            ofReport(evidence, report.hooksField, () => judgeHooks(evidence, report)),
          ),
        ]),
    ...(configMap === null ? [] : [line(configMap.name, judgeConfig(evidence, configMap))]),
  ];
}

/** Whoever announces that it enforces and ends before it is ready has announced what was not true. */
function judgeUntrue({ claim, comingUp }: PostureEvidence, { states }: Contract): readonly CheckOutcome[] {
  if (claim.announced === null || comingUp.kind !== 'ended') return [];
  const announced = [...claim.earlier, claim.announced];
  if (!announced.some((state) => Object.hasOwn(states, state) && states[state]?.enforces === true)) return [];
  const actual = `it announced ${announced.join(', then ')}, and ended before it was ready: ${comingUp.end}`;
  return [failed('POSTURE_DISHONEST', 'a state is announced when it is true', actual)];
}

const noReport: CheckOutcome = { kind: 'not-offered', by: 'agent', detail: 'it writes no capability report' };

/** A check of the report, or of one of its fields, that not every agent has. */
function ofReport({ claim }: PostureEvidence, field: string | null, judge: () => CheckOutcome): CheckOutcome {
  if (claim.report === null) return noReport;
  if (field === null || claim.report.kind === 'bad' || claim.report.lacks?.includes(field) !== true) return judge();
  return { kind: 'not-offered', by: 'agent', detail: `its capability report has no ${field}` };
}

function meaningOf(state: string, { name, states }: Contract): StateMeaning {
  const meaning = Object.hasOwn(states, state) ? states[state] : undefined;
  if (meaning === undefined) throw new Error(`verdict: the contract ${name} has no state ${state}`);
  return meaning;
}

type Reader = NonNullable<Contract['report']>;

/** A state that gives up ends with its exit status and a report; everything else stays. */
function judgeComingUp({ comingUp, expected, claim }: PostureEvidence, { exit }: StateMeaning): CheckOutcome {
  if (comingUp.kind === 'silent') {
    return failed('AGENT_HUNG', 'a state is announced', `nothing within ${comingUp.ms / 1000} s`);
  }
  if (comingUp.kind === 'announced') return pass;
  if (exit !== null && comingUp.status === exit) return pass;
  const lines = [...comingUp.output, ...reportLine(claim.report)];
  if (comingUp.status === null) return failed('AGENT_DIED', 'it announces a state', comingUp.end, lines);
  const wanted = exit === null ? expected : `exit ${exit}`;
  return failed('POSTURE_DISHONEST', wanted, `it gave up: ${comingUp.end}`, lines);
}

function judgeState(evidence: PostureEvidence, reader: Reader, { exit }: StateMeaning): CheckOutcome {
  const { claim, expected, comingUp } = evidence;
  const report = readOf(claim.report);
  if (typeof report === 'string') return failed('POSTURE_DISHONEST', `a report that says ${expected}`, report);
  const claimed = reader.stateOf(report);
  if (claimed !== expected) {
    return failed(
      'POSTURE_DISHONEST',
      expected,
      typeof claimed === 'string' ? claimed : describeJsonValue(claimed),
      reportLine(claim.report),
    );
  }
  if (exit !== null && comingUp.kind !== 'ended') {
    return failed('POSTURE_DISHONEST', `exit ${exit}`, 'it goes on running', reportLine(claim.report));
  }
  return pass;
}

/** Fields of the report must agree with each other, and with the machine. */
function judgeReport({ claim, expected, snapshot, environment }: PostureEvidence, reader: Reader): CheckOutcome {
  const report = readOf(claim.report);
  if (typeof report === 'string') return failed('POSTURE_DISHONEST', 'a report', report);
  // The override makes the agent believe that it is missing.
  const bpfLsm = environment !== 'lsm-override' && (snapshot.lsm?.includes('bpf') ?? false);
  const { untranslated = [], lacks = [] } = claim.report?.kind === 'read' ? claim.report : {};
  const wrong = [...untranslated, ...reader.contradictions(report, expected, { bpfLsm }, new Set(lacks))];
  return wrong.length === 0
    ? pass
    : failed('POSTURE_DISHONEST', 'a report without a contradiction', wrong.join('; '), reportLine(claim.report));
}

/** An announced state is an event too, for agents whose readiness is one. */
function judgeAnnouncement({ claim, expected }: PostureEvidence, { name, states }: Contract): CheckOutcome {
  if (claim.announced === null) return pass;
  // A state that is taken back was announced before it was true.
  const announced = [...claim.earlier, claim.announced];
  if (announced.every((state) => state === expected)) return pass;
  const unknown = new Set(announced.filter((state) => !Object.hasOwn(states, state)));
  const evidence = [...unknown].map(
    (state) => `"${state}" is no state of the contract ${name}: agent.dialect.states has what an agent calls each`,
  );
  return failed('POSTURE_DISHONEST', `${expected}, and nothing else`, announced.join(', then '), evidence);
}

/** Whoever gives up says so where a person looks. */
function judgeWarning({ comingUp }: PostureEvidence, warning: string): CheckOutcome {
  const lines = comingUp.kind === 'ended' ? comingUp.output : [];
  if (lines.some((line) => new RegExp(warning).test(line))) return pass;
  return failed('POSTURE_DISHONEST', `a warning on stderr: /${warning}/`, lines.join(' ') || 'nothing on stderr');
}

/** A state that enforces is proved by an attempt, and so is one that does not. */
function judgeAttempt({ attempt, attemptExpected }: PostureEvidence, { enforces, exit }: StateMeaning): CheckOutcome {
  if (attempt === null || outcomeMeets(attempt.outcome, attemptExpected)) return pass;
  if (attempt.outcome.kind === 'signalled' && attemptExpected.kind === 'signalled') {
    return failed('WRONG_SIGNAL', describeExpected(attemptExpected), describeOutcome(attempt.outcome));
  }
  const code: CheckCode = enforces ? 'ENFORCEMENT_LEAK' : exit === null ? 'AUDIT_DENIED' : 'FALSE_BLOCK';
  return failed(code, describeExpected(attemptExpected), describeOutcome(attempt.outcome));
}

function judgeHooks({ claim, comingUp, snapshot }: PostureEvidence, reader: Reader): CheckOutcome {
  const report = readOf(claim.report);
  if (typeof report === 'string' || comingUp.kind !== 'announced') return pass;
  return judgeReportedHooks(report, snapshot, reader);
}

/** What the programs in the kernel are set to do. */
function judgeConfig(
  { snapshot, comingUp, expected }: PostureEvidence,
  { name, fault }: NonNullable<Contract['configMap']>,
): CheckOutcome {
  if (comingUp.kind !== 'announced') return pass;
  if (snapshot.config === null) return { kind: 'not-offered', by: 'agent', detail: `it has no array map ${name}` };
  const wrong = fault(Buffer.from(snapshot.config, 'hex'), expected);
  return wrong === null ? pass : failed('POSTURE_DISHONEST', wrong.expected, wrong.actual);
}

function failed(code: CheckCode, expected: string, actual: string, evidence: readonly string[] = []): CheckOutcome {
  return { kind: 'fail', code, expected, actual, evidence };
}

/** The report, or why there is none. */
function readOf(report: PostureEvidence['claim']['report']): RawEvent | string {
  if (report === null) return 'there is no capability report';
  return report.kind === 'bad' ? report.why : report.value;
}

function reportLine(report: PostureEvidence['claim']['report']): readonly string[] {
  if (report === null) return [];
  return report.kind === 'bad' ? [report.why] : [`report: ${describeFields(shortFields(report.value))}`];
}

/** What of a report fits on a line; all of it is kept with the start. */
function shortFields(report: RawEvent): RawEvent {
  return Object.fromEntries(
    Object.entries(report).filter(([, value]) => Array.isArray(value) || typeof value !== 'object' || value === null),
  );
}
