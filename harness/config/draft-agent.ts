// SPDX-License-Identifier: Apache-2.0
import type { AgentConventions } from '../model/agent-conventions.js';

/** What is known of an agent that nobody has configured yet. */
export interface FoundAgent {
  readonly name: string;
  /** Paths as they are to stand in the configuration. */
  readonly object: string;
  readonly binary: string;
  /** What it says to --help; null where it was not asked, or said nothing. */
  readonly help: string | null;
  /** The program itself, in which names of rules and variables are looked for. */
  readonly bytes: Buffer;
  /** Answers to the contract's questions, by feature; a feature that is not here was not asked for. */
  readonly features: Readonly<Record<string, boolean>>;
}

/** `agent` of matrix.config.json, and why it says what it says. */
export interface AgentDraft {
  readonly agent: Readonly<Record<string, unknown>>;
  /** What a person should look at, one line each. */
  readonly notes: readonly string[];
}

/**
 * The configuration of an agent as far as its help and its binary tell. What holds by default is left out, and what nobody
 * can know is a note, never a guess.
 */
export function draftAgent(found: FoundAgent, conventions: AgentConventions): AgentDraft {
  const { name, object, binary, help, features } = found;
  const command = commandOf(help, conventions);
  const rules = namedIn(found.bytes, conventions.rules);
  const overrides = Object.entries(conventions.overrides).filter(([, variable]) => found.bytes.includes(variable));
  const takeover = takeoverOf(help, conventions);
  const parts: readonly Part[] = [
    command,
    rulesPart(rules, conventions),
    overridesPart(
      overrides.map(([one]) => one),
      conventions,
    ),
    takeover === null ? nothing : { fields: { takeover }, notes: [] },
    { fields: Object.fromEntries(Object.entries(features).filter(([, has]) => !has)), notes: [] },
    reportPart(found.bytes, conventions),
    dialectPart(found.bytes, conventions),
  ];
  return {
    agent: { name, object, binary, ...Object.assign({}, ...parts.map(({ fields }) => fields)) } as AgentDraft['agent'],
    notes: parts.flatMap(({ notes }) => notes),
  };
}

interface Part {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

const nothing: Part = { fields: {}, notes: [] };

/** The contract's command line without the flags that the help does not know. */
function commandOf(help: string | null, conventions: AgentConventions): Part {
  const whole = conventions.run.join(' ');
  if (help === null) return { fields: {}, notes: [`run: not known, so the contract's: ${whole}`] };
  const groups = argumentGroups(conventions.run);
  const kept = groups.filter((group) => isMentioned(group, help, conventions));
  if (kept.length === groups.length) return nothing;
  const run = kept.flat();
  const left = groups.filter((group) => !kept.includes(group)).map((group) => group.join(' '));
  const signals = conventions.signals.length > 0 && !run.join(' ').includes('{signal}') ? { signals: [] } : {};
  return {
    fields: { run, ...signals },
    notes: [`run: its help does not know ${left.join(', ')}; write what it has instead, with the same placeholders`],
  };
}

/** A flag with the value after it is one group. */
function argumentGroups(run: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const word of run) {
    const before = groups.at(-1);
    const isValue = word.startsWith('{') && before?.length === 1 && /^--[^=]+$/.test(before[0] ?? '');
    if (isValue) before.push(word);
    else groups.push([word]);
  }
  return groups;
}

function isMentioned(group: readonly string[], help: string, { options }: AgentConventions): boolean {
  const [word = ''] = group;
  if (word === '{binary}') return true;
  const [, placeholder] = /^\{(\w+)\}$/.exec(word) ?? [];
  const spellings = placeholder === undefined ? [] : Object.values(options[placeholder]?.spelling ?? {});
  const names = placeholder === undefined ? [word.split('=')[0] ?? word] : spellings;
  return names.some((name) => hasWord(help, name));
}

/** `--policy` is not in `--policy-file`. */
function hasWord(text: string, word: string): boolean {
  const escaped = word.replaceAll(/[\\^$.|+(){}[\]*?]/g, '\\$&');
  return new RegExp(`(^|[^\\w-])${escaped}($|[^\\w-])`, 'm').test(text);
}

function namedIn<T extends string>(bytes: Buffer, names: readonly T[]): readonly T[] {
  return names.filter((name) => bytes.includes(name));
}

function rulesPart(rules: readonly string[], { rules: all }: AgentConventions): Part {
  if (rules.length === all.length) return nothing;
  if (rules.length > 0) return { fields: { rules }, notes: [`rules: those whose names are in the binary`] };
  const note = `rules: none of ${all.join(', ')} is named in the binary, so all of them are tried; write those that it has`;
  return all.length === 0 ? nothing : { fields: {}, notes: [note] };
}

function overridesPart(known: readonly string[], { overrides }: AgentConventions): Part {
  if (known.length === Object.keys(overrides).length) return nothing;
  const left = Object.entries(overrides)
    .filter(([name]) => !known.includes(name))
    .map(([, variable]) => variable);
  return { fields: { overrides: known }, notes: [`overrides: ${left.join(', ')} is not named in the binary`] };
}

function takeoverOf(help: string | null, { own }: AgentConventions): readonly string[] | null {
  const [flag] = own.takeover ?? [];
  return flag !== undefined && help !== null && hasWord(help, flag) ? own.takeover : null;
}

/** The variables by which it is told where things are. */
function reportPart(bytes: Buffer, { env }: AgentConventions): Part {
  const unknown = Object.keys(env).filter((variable) => !bytes.includes(variable));
  if (unknown.length === 0) return nothing;
  const note = `env: ${unknown.join(', ')} is not named in the binary; write under "env" by which variables it is told`;
  return { fields: {}, notes: [note] };
}

/** An agent in which no word of the contract's states is says them in words of its own. */
function dialectPart(bytes: Buffer, { vocabulary }: AgentConventions): Part {
  if (vocabulary === null || vocabulary.states.some((state) => bytes.includes(state))) return nothing;
  const note = `dialect: none of ${vocabulary.states.join(', ')} is named in the binary; write down its own words (docs/dialect.md)`;
  return { fields: {}, notes: [note] };
}
