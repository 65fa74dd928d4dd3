import { ruleKinds, type RuleKind } from '../model/agent.js';
import type { PolicyRules } from './language.js';

/** A policy file of the contract: the rules of several classes, each item once, sections in the contract's order. */
export function policyText(version: number, parts: readonly PolicyRules[], offered: ReadonlySet<RuleKind>): string {
  const sections = ruleKinds
    .filter((kind) => offered.has(kind) && parts.some((part) => part[kind] !== undefined))
    .map((kind) => {
      const items = new Set(parts.flatMap((part) => part[kind] ?? []));
      return [`[${kind}]`, ...items].join('\n');
    });
  return [`version=${version}`, ...sections, ''].join('\n');
}
