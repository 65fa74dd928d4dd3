// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import type { RuleKind, Upload } from '../model/agent.js';
import type { AgentConventions } from '../model/agent-conventions.js';
import type {
  Dialect,
  DialectForm,
  DialectWord,
  DialectWords,
  PolicyDialect,
  PolicyNode,
  ReportDialect,
} from '../model/dialect.js';
import { UsageError } from '../model/errors.js';
import type { OwnRule } from '../model/own-rule.js';
import type { DialectConfig } from './dialect-schema.js';
import { readHostFile, readProgram } from './host-files.js';
import { readOwnRules } from './own-rule-schema.js';
import { parsePolicyTemplate, sectionsTemplate, TemplateError } from './policy-template.js';

/** A dialect, and what has to be in the guest for it. */
export interface ReadDialect {
  readonly dialect: Dialect;
  readonly uploads: readonly Upload[];
}

/** Whose dialect it is. */
interface DialectSource {
  /** Of the configuration file. */
  readonly folder: string;
  /** How errors name it: `matrix.config.json: agent.dialect`. */
  readonly place: string;
  /** Of the agent, in the guest. */
  readonly guestFolder: string;
  readonly conventions: AgentConventions;
}

interface WritingSource extends DialectSource {
  /** Kinds of rule of the contract and of the dialect. */
  readonly known: readonly RuleKind[];
}

/** Reads a dialect with its template or its command. Throws UsageError. */
export async function readDialect(config: DialectConfig, source: DialectSource): Promise<ReadDialect> {
  const { announcements, events } = config;
  const rules = readOwnRules(config.rules);
  const known = [...source.conventions.rules, ...rules.map(({ kind }) => kind)];
  const { writing, uploads } = await readWriting(config.policy, { ...source, known });
  checkWritten(writing, rules, source);
  const typeField = events.fields['type'] ?? 'type';
  const dialect: Dialect = {
    denial: config.denial,
    states: wordsOf(config.states),
    announcements: announcements ?? null,
    events: {
      stream: events.stream,
      fields: events.fields,
      types: mapValues(events.types, (forms) =>
        listOf<string | DialectForm>(forms).map((form) => formOf(form, typeField)),
      ),
      values: mapValues(events.values, wordsOf),
      lacks: events.lacks,
      ignore: events.ignore.map((form) => formOf(form, typeField)),
      text: events.text.map((pattern) => new RegExp(pattern)),
    },
    report: reportOf(config.report),
    policy: { writing, cgroups: config.policy.cgroups, malformed: config.policy.malformed ?? null },
    rules,
  };
  return { dialect, uploads };
}

function reportOf(config: DialectConfig['report']): ReportDialect | null {
  if (config === undefined || config === 'none') return null;
  const { fields, values, attached, detached, hookPrefix, lacks } = config;
  return {
    fields,
    values: mapValues(values, wordsOf),
    attached: listOf(attached),
    detached: listOf(detached),
    hookPrefix,
    lacks,
  };
}

/** A rule that no template mentions would never reach the agent. */
function checkWritten(writing: PolicyDialect['writing'], rules: readonly OwnRule[], { place }: DialectSource): void {
  if (writing.kind !== 'template') return;
  const written = new Set(writing.nodes.flatMap(itemsOfNode));
  const lost = rules.find(({ kind }) => !written.has(kind));
  if (lost === undefined) return;
  throw new UsageError({
    message: `${place}.policy: it has no items of ${lost.kind}, which ${place}.rules declares`,
    next: `write {{${lost.kind}}} or {{list ${lost.kind}}} where they belong`,
  });
}

function itemsOfNode(node: PolicyNode): readonly RuleKind[] {
  if (node.kind === 'block') return node.without ? [] : node.body.flatMap(itemsOfNode);
  return node.pieces.flatMap((piece) => (piece.kind === 'item' || piece.kind === 'list' ? [piece.rule] : []));
}

interface Writing {
  readonly writing: PolicyDialect['writing'];
  readonly uploads: readonly Upload[];
}

async function readWriting(policy: DialectConfig['policy'], source: WritingSource): Promise<Writing> {
  const { template, command, sections, flags } = policy;
  if (template !== undefined) {
    return { writing: { kind: 'template', nodes: await readTemplate(template, source) }, uploads: [] };
  }
  if (command !== undefined) {
    const path = `${source.guestFolder}/dialect-policy`;
    const place = `${source.place}.policy.command`;
    const [program = '', ...args] = listOf(command);
    const { uploads } = await readProgram(resolve(source.folder, program), { place, path, libraries: [] });
    return { writing: { kind: 'command', argv: [path, ...args] }, uploads };
  }
  if (Object.keys(sections).length + Object.keys(flags).length === 0) {
    return { writing: { kind: 'contract' }, uploads: [] };
  }
  return {
    writing: { kind: 'template', nodes: sectionsTemplate(source.known, sections, flags) },
    uploads: [],
  };
}

async function readTemplate(template: string | readonly string[], { folder, place, known }: WritingSource) {
  const at = `${place}.policy.template`;
  const inFile = typeof template === 'string';
  const file = inFile ? resolve(folder, template) : null;
  const text =
    file === null ? (template as readonly string[]).join('\n') : (await readHostFile(file, at)).bytes.toString();
  try {
    return parsePolicyTemplate(text, known);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UsageError({
      message: `${at}: ${file === null ? '' : `${file}: `}${error.message}`,
      next: 'docs/dialect.md has what a template may say',
      cause: error,
    });
  }
}

function listOf<Value>(value: Value | readonly Value[]): readonly Value[] {
  // isArray() does not know read-only lists.
  return (Array.isArray as (one: unknown) => one is readonly Value[])(value) ? value : [value];
}

function wordsOf(words: Readonly<Record<string, DialectWord | readonly DialectWord[]>>): DialectWords {
  return mapValues(words, (own) => listOf(own));
}

function formOf(form: string | DialectForm, typeField: string): DialectForm {
  return typeof form === 'string' ? { [typeField]: form } : form;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
