// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import type { Upload } from '../model/agent.js';
import type { AgentConventions } from '../model/agent-conventions.js';
import type {
  Dialect,
  DialectForm,
  DialectWord,
  DialectWords,
  PolicyDialect,
  ReportDialect,
} from '../model/dialect.js';
import { UsageError } from '../model/errors.js';
import type { DialectConfig } from './dialect-schema.js';
import { readHostFile, readProgram } from './host-files.js';
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

/** Reads a dialect with its template or its command. Throws UsageError. */
export async function readDialect(config: DialectConfig, source: DialectSource): Promise<ReadDialect> {
  const { announcements, events } = config;
  const { writing, uploads } = await readWriting(config.policy, source);
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

interface Writing {
  readonly writing: PolicyDialect['writing'];
  readonly uploads: readonly Upload[];
}

async function readWriting(policy: DialectConfig['policy'], source: DialectSource): Promise<Writing> {
  const { template, command, sections, flags } = policy;
  const { rules } = source.conventions;
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
    writing: { kind: 'template', nodes: sectionsTemplate(rules, sections, flags) },
    uploads: [],
  };
}

async function readTemplate(template: string | readonly string[], { folder, place, conventions }: DialectSource) {
  const at = `${place}.policy.template`;
  const inFile = typeof template === 'string';
  const file = inFile ? resolve(folder, template) : null;
  const text =
    file === null ? (template as readonly string[]).join('\n') : (await readHostFile(file, at)).bytes.toString();
  try {
    return parsePolicyTemplate(text, conventions.rules);
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
