// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../../model/agent.js';
import { assertNever } from '../../model/assert-never.js';
import type { PolicyDialect, PolicyNode, PolicyPiece } from '../../model/dialect.js';
import type { PolicyRules, PolicyWriter } from '../contract.js';

/** Writes policies as the agent wants them; for a command, what the command reads. */
export function dialectPolicy(writer: PolicyWriter, { writing, cgroups, malformed }: PolicyDialect): PolicyWriter {
  const spelled = (parts: readonly PolicyRules[]): readonly PolicyRules[] =>
    writing.kind === 'command' ? parts : parts.map((part) => withCgroups(part, cgroups));
  if (writing.kind !== 'template') {
    return {
      write: (version, parts, offered) => writer.write(version, spelled(parts), offered),
      malformed: malformed ?? writer.malformed,
    };
  }
  const { nodes } = writing;
  return {
    write: (version, parts, offered) => renderPolicy(nodes, { version, rules: merged(spelled(parts), offered) }),
    malformed: malformed ?? renderPolicy(nodes, { version: 1, rules: new Map([['deny_ip', ['nonsense']]]) }),
  };
}

/** A cgroup by its id stays one. */
function withCgroups(part: PolicyRules, cgroups: string): PolicyRules {
  const { allow_cgroup: paths } = part;
  if (paths === undefined) return part;
  return { ...part, allow_cgroup: paths.map((path) => (/^\d+$/.test(path) ? path : `${cgroups}${path}`)) };
}

/** Each item once; a kind without items is a flag that is set. */
function merged(
  parts: readonly PolicyRules[],
  offered: ReadonlySet<RuleKind>,
): ReadonlyMap<RuleKind, readonly string[]> {
  const rules = new Map<RuleKind, readonly string[]>();
  for (const part of parts) {
    for (const [kind, items] of Object.entries(part) as [RuleKind, readonly string[]][]) {
      if (offered.has(kind)) rules.set(kind, [...new Set([...(rules.get(kind) ?? []), ...items])]);
    }
  }
  return rules;
}

interface PolicyContent {
  readonly version: number;
  readonly rules: ReadonlyMap<RuleKind, readonly string[]>;
}

function renderPolicy(nodes: readonly PolicyNode[], content: PolicyContent): string {
  return nodes
    .flatMap((node) => linesOf(node, content))
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(node: PolicyNode, content: PolicyContent): readonly string[] {
  if (node.kind === 'block') {
    if (content.rules.has(node.rule) === node.without) return [];
    return node.body.flatMap((inner) => linesOf(inner, content));
  }
  const repeated = node.pieces.find((piece) => piece.kind === 'item');
  const items = repeated === undefined ? [''] : (content.rules.get(repeated.rule) ?? []);
  return items.map((item) => node.pieces.map((piece) => textOf(piece, item, content)).join(''));
}

function textOf(piece: PolicyPiece, item: string, { version, rules }: PolicyContent): string {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'version':
      return String(version);
    case 'item':
      return item;
    case 'list':
      return (rules.get(piece.rule) ?? []).map((one) => JSON.stringify(one)).join(', ');
    case 'flag':
      return String(rules.has(piece.rule));
    default:
      return assertNever(piece);
  }
}
