// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../../model/agent.js';
import type { PolicyRules, PolicyWriter } from '../contract.js';

/** Sections of the policy file and flags in it, in the order of the contract (docs/agent.md has the grammar). */
export const ruleKinds = [
  'deny_path',
  'deny_inode',
  'allow_cgroup',
  'deny_ip',
  'deny_cidr',
  'deny_ip_port',
  'deny_port',
  'deny_exec',
  'deny_ptrace',
  'deny_module_load',
  'deny_bpf',
] as const satisfies readonly RuleKind[];

export const aegisPolicy: PolicyWriter = { write: policyText, malformed: 'version=1\n[deny_ip]\nnonsense\n' };

/** A policy file: each item once, sections in the order of the contract, and those of the agent's own kinds after them. */
export function policyText(version: number, parts: readonly PolicyRules[], offered: ReadonlySet<RuleKind>): string {
  const others = [...offered].filter((kind) => !ruleKinds.some((known) => known === kind));
  const sections = [...ruleKinds, ...others]
    .filter((kind) => offered.has(kind) && parts.some((part) => part[kind] !== undefined))
    .map((kind) => {
      const items = new Set(parts.flatMap((part) => part[kind] ?? []));
      return [`[${kind}]`, ...items].join('\n');
    });
  return [`version=${version}`, ...sections, ''].join('\n');
}
