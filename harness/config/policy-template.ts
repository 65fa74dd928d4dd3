// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../model/agent.js';
import type { PolicyNode, PolicyPiece } from '../model/dialect.js';

/*
 * The template by which a policy is written (docs/dialect.md). A line with {{deny_path}} is there once for each item,
 * {{list deny_path}} are all items in quotes, {{flag deny_bpf}} is true or false, {{version}} the number of the policy. Lines
 * between {{#deny_path}} and {{/deny_path}} are there only when the policy has such rules, after {{^deny_path}} only when not.
 */

/** What is wrong with a template, and in which line, from 1. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(
    readonly line: number,
    why: string,
  ) {
    super(`line ${line}: ${why}`);
  }
}

interface OpenBlock {
  readonly rule: RuleKind;
  readonly without: boolean;
  readonly line: number;
  readonly body: PolicyNode[];
}

/** @throws TemplateError */
export function parsePolicyTemplate(text: string, known: readonly RuleKind[]): readonly PolicyNode[] {
  const top: PolicyNode[] = [];
  const open: OpenBlock[] = [];
  const lines = text.replace(/\n$/, '').split('\n');
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    const mark = /^\s*\{\{\s*([#^/])\s*([^{}]*?)\s*\}\}\s*$/.exec(content);
    if (mark === null) {
      (open.at(-1)?.body ?? top).push({ kind: 'line', pieces: piecesOf(content, line, known) });
      continue;
    }
    const [, sign = '', name = ''] = mark;
    const rule = ruleNamed(name, line, known);
    if (sign !== '/') open.push({ rule, without: sign === '^', line, body: [] });
    else closeBlock(open, top, rule, line);
  }
  const last = open.at(-1);
  if (last !== undefined) throw new TemplateError(last.line, `{{#${last.rule}}} has no {{/${last.rule}}}`);
  return top;
}

function closeBlock(open: OpenBlock[], top: PolicyNode[], rule: RuleKind, line: number): void {
  const block = open.pop();
  if (block?.rule !== rule) {
    const begun = block === undefined ? 'nothing is open' : `{{#${block.rule}}} of line ${block.line} is open`;
    throw new TemplateError(line, `{{/${rule}}} ends nothing: ${begun}`);
  }
  const { without, body } = block;
  (open.at(-1)?.body ?? top).push({ kind: 'block', rule, without, body });
}

function piecesOf(content: string, line: number, known: readonly RuleKind[]): readonly PolicyPiece[] {
  // Text and what stands in braces, by turns.
  const pieces = content.split(/\{\{(.*?)\}\}/).flatMap((part, index): readonly PolicyPiece[] => {
    if (index % 2 === 1) return [pieceOf(part.trim(), line, known)];
    if (part.includes('{{')) throw new TemplateError(line, '{{ has no }}');
    return part === '' ? [] : [{ kind: 'text', text: part }];
  });
  const items = new Set(pieces.flatMap((piece) => (piece.kind === 'item' ? [piece.rule] : [])));
  if (items.size > 1) throw new TemplateError(line, `one line repeats ${[...items].join(' and ')}; it can repeat one`);
  return pieces;
}

function pieceOf(name: string, line: number, known: readonly RuleKind[]): PolicyPiece {
  if (name === 'version') return { kind: 'version' };
  const [, how = '', rule = ''] = /^(?:(list|flag)\s+)?(.*)$/.exec(name) ?? [];
  const kind = how === 'list' || how === 'flag' ? how : 'item';
  if (/^[#^/]/.test(rule)) throw new TemplateError(line, `{{${name}}} stands in a line of its own`);
  return { kind, rule: ruleNamed(rule, line, known) };
}

function ruleNamed(name: string, line: number, known: readonly RuleKind[]): RuleKind {
  const found = known.find((kind) => kind === name);
  if (found !== undefined) return found;
  throw new TemplateError(line, `{{${name}}} is no kind of rule; there are version, ${known.join(', ')}`);
}

/** The contract's way to write a policy, with other names of its sections and lines in place of those without items. */
export function sectionsTemplate(
  known: readonly RuleKind[],
  names: Readonly<Partial<Record<RuleKind, string>>>,
  flags: Readonly<Partial<Record<RuleKind, string>>>,
): readonly PolicyNode[] {
  const text = (one: string): PolicyNode => ({ kind: 'line', pieces: [{ kind: 'text', text: one }] });
  const block = (rule: RuleKind, body: readonly PolicyNode[]): PolicyNode => ({
    kind: 'block',
    rule,
    without: false,
    body,
  });
  const flagged = known.flatMap((rule) => (flags[rule] === undefined ? [] : [block(rule, [text(flags[rule])])]));
  const sections = known
    .filter((rule) => flags[rule] === undefined)
    .map((rule) => block(rule, [text(`[${names[rule] ?? rule}]`), { kind: 'line', pieces: [{ kind: 'item', rule }] }]));
  const version: PolicyNode = { kind: 'line', pieces: [{ kind: 'text', text: 'version=' }, { kind: 'version' }] };
  return [version, ...flagged, ...sections];
}
