// SPDX-License-Identifier: Apache-2.0
import type { EventSubject } from '../contracts/contract.js';
import type { OwnRuleKind } from '../model/agent.js';
import type { CheckClass } from '../model/check.js';
import type { OwnRule, OwnRuleOperation, RuleSubject } from '../model/own-rule.js';
import { deniedScenario, fileEvent, netEvent, plainAttempt, ruleEvent, scenarioClass } from './language.js';
import { firstDeniedPort, freePort, ownRuleAttempts, type OwnRuleTarget } from './own-rule-attempts.js';
import { probePaths } from './probe.js';
import type { Attempt, ClassContent, Denial, ScenarioClass } from './scenario.js';

/*
 * Kinds of rule that an agent declares itself (docs/dialect.md). Each operation that such a rule claims to deny is attempted
 * once for each subject of its items, and beside it by another process, on another file, to another address or port, with
 * all other subjects as a rule has them: what is let through differs from what is denied by that subject alone.
 */

/** Ports beside the usual ones at which a server has to answer. */
export function ownRulePorts(rules: readonly OwnRule[]): readonly number[] {
  return rules.flatMap((_, index) => firstDeniedPort + numberOf(index));
}

/** Classes with the attempts of these rules, those alone. */
export function ownRuleClasses(rules: readonly OwnRule[]): readonly ScenarioClass[] {
  const names = new Set(rules.flatMap(({ denies }) => denies.map((operation) => ownRuleAttempts[operation].class)));
  return [...names].map((name) => scenarioClass(name, (t) => contentOf(name, t, rules)));
}

/** The kind of rule that a scenario of these classes is about; null for another scenario. */
export function ownRuleOf(scenario: string): OwnRuleKind | null {
  const kind = /^(deny_\w+): /.exec(scenario)?.[1];
  return kind === undefined ? null : (kind as OwnRuleKind);
}

/** From 1: 0 is no port of its own, and no address of a host. */
const numberOf = (index: number): number => index + 1;

/** One attempt that a rule matches, with the one beside it. */
interface Case {
  readonly rule: OwnRule;
  readonly operation: OwnRuleOperation;
  readonly differs: RuleSubject;
  readonly denied: OwnRuleTarget;
  readonly beside: OwnRuleTarget;
}

function contentOf(name: CheckClass, t: string, rules: readonly OwnRule[]): ClassContent {
  const cases = rules
    .flatMap((rule, index) => casesOf(rule, numberOf(index), t))
    .filter(({ operation }) => ownRuleAttempts[operation].class === name);
  const files = cases.flatMap(({ denied, beside }) => [denied.path, beside.path]);
  return {
    // Programs, so that they can be executed as well.
    arrange: files.map((path) => ['copy', probePaths.quiet, path, '755'] as const),
    inodes: files,
    rules: () =>
      Object.fromEntries(rules.map(({ kind }) => [kind, itemsOf(cases.filter((one) => one.rule.kind === kind))])),
    scenarios: cases.map(scenarioOf),
  };
}

function casesOf(rule: OwnRule, n: number, t: string): readonly Case[] {
  return rule.denies.flatMap((operation) =>
    rule.subjects.map((differs): Case => {
      const path = `${t}/${rule.kind}-${operation}-${differs}`;
      const denied = targetOf(rule, { operation, n, path, free: false });
      const free = targetOf(rule, { operation, n, path: `${path}-beside`, free: true });
      // Files are never shared: some operations leave nothing of theirs.
      return { rule, operation, differs, denied, beside: { ...denied, path: free.path, [differs]: free[differs] } };
    }),
  );
}

interface TargetParts {
  readonly operation: OwnRuleOperation;
  readonly n: number;
  readonly path: string;
  readonly free: boolean;
}

function targetOf({ subjects }: OwnRule, { operation, n, path, free }: TargetParts): OwnRuleTarget {
  const { ports, socket } = ownRuleAttempts[operation];
  const pair = ports?.[subjects.includes('port') ? 'named' : 'unnamed'] ?? [0, 0];
  const port = pair[free ? 1 : 0];
  const isOwn = port !== 0 && port !== freePort;
  return {
    comm: subjects.includes('comm') ? `${free ? 'spared' : 'barred'}-${n}` : null,
    path,
    ip: subjects.includes('ip') ? `127.0.${free ? 8 : 7}.${n}` : socket === 'bind' ? '127.0.0.1' : '127.0.0.5',
    port: String(isOwn ? port + n : port),
  };
}

/** The denied attempts; and those that the free ones would be, were they not different in one subject. */
function itemsOf(cases: readonly Case[]): readonly string[] {
  return cases.flatMap(({ rule, denied, beside, differs }) =>
    [denied, { ...beside, [differs]: denied[differs] }].map((target) => itemOf(rule, target)),
  );
}

function itemOf({ item, subjects }: OwnRule, target: OwnRuleTarget): string {
  return subjects.reduce((text, subject) => text.replaceAll(`{${subject}}`, target[subject] ?? ''), item);
}

function scenarioOf(one: Case): Denial {
  const { rule, operation, differs, denied, beside } = one;
  const which = rule.subjects.length === 1 ? '' : `, beside another ${differs}`;
  return deniedScenario(`${rule.kind}: ${operation}${which}`, {
    rules: [rule.kind],
    attempt: attemptOn(operation, denied),
    neighbour: attemptOn(operation, beside),
    event: eventOf(one),
    // Superseded releases come without their modules package.
    optional: operation === 'module',
  });
}

function attemptOn(operation: OwnRuleOperation, target: OwnRuleTarget): Attempt {
  return { ...plainAttempt(ownRuleAttempts[operation].on(target)), comm: target.comm };
}

function eventOf({ rule, operation, denied: { path, ip, port } }: Case): EventSubject | null {
  const { socket } = ownRuleAttempts[operation];
  if (rule.event === 'none') return null;
  if (rule.event === 'block') return ruleEvent;
  if (socket === undefined) return rule.subjects.includes('path') ? fileEvent(path) : ruleEvent;
  if (socket === 'bind') return netEvent(socket, port === '0' ? {} : { local_port: Number(port) });
  const to =
    socket === 'connect' || socket === 'sendmsg' ? { remote_port: Number(port) } : { local_port: Number(port) };
  return netEvent(socket, { family: 'ipv4', remote_ip: ip, ...to });
}
