// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { z } from 'zod';
import type { AgentConventions } from '../model/agent-conventions.js';
import type { Override } from '../model/agent.js';
import { probedOperations } from '../model/operations.js';
import { targetNames } from '../target.js';
import { dialectSchema } from './dialect-schema.js';
import { placeholdersOf, unknownPlaceholder } from './placeholders.js';
import { configHostPath, configPattern } from './schema-values.js';
import { durationOf } from './values.js';

const guestPath = z
  .string()
  .regex(/^(\/[^/\0]+)+$/, 'not an absolute path in the guest')
  .refine((path) => !/\/\.{1,2}(\/|$)/.test(path), 'a path in the guest without . and ..');

const duration = z
  .string()
  .refine((text) => durationOf(text) !== null, 'not a time above 0 and up to a day: 30s, 500ms, 2m');

const signalName = z
  .string()
  .regex(/^SIG[A-Z0-9]+$/, 'not the name of a signal: SIGHUP')
  .refine((name) => name in constants.signals, 'no signal of Linux has this name');

const hooks = z
  .union(
    [
      z.literal('object'),
      z.array(z.string().regex(/^[a-z][a-z0-9_]*$/, 'not the bare name of an LSM hook: file_open')),
    ],
    { error: 'neither "object" nor a list of LSM hooks' },
  )
  .default('object')
  .describe('LSM hooks that are live when it claims to enforce by them: every lsm/<hook> of its object, or these');

const libraries = z.union([z.literal('auto'), z.array(configHostPath)], {
  error: 'neither "auto" nor a list of paths',
});

/** What differs where an agent is built for another architecture. */
const builds = z.partialRecord(
  z.enum(targetNames, { error: `none of the architectures: ${targetNames.join(', ')}` }),
  z.strictObject({
    binary: configHostPath.describe('the agent, built for this architecture'),
    object: configHostPath.exactOptional().describe('the object that it loads'),
    libraries: libraries.exactOptional(),
    files: z.record(guestPath, configHostPath).exactOptional().describe('files in place of others, and more files'),
  }),
);

/** Fields that an agent of any contract has. */
const generic = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, 'not a name: up to 64 letters, digits, spaces and . _ -')
    .describe('what reports call it'),
  object: configHostPath.describe('the BPF object it loads, relative to this file; loaded program by program as well'),
  binary: configHostPath.describe("the agent, a program for the guests' architecture, relative to this file"),
  libraries: libraries
    .default('auto')
    .describe('libraries besides those its loader finds here: opened at run time, or out of its sight'),
  builds: builds
    .default({})
    .describe('the same agent for kernels of other architectures; what is left out is as it is for the first'),
  folder: guestPath.default('/agent').describe('folder of its own in the guest: {folder}'),
  files: z.record(guestPath, configHostPath).default({}).describe('more files: path in the guest to path on this host'),
  deadlines: z
    .strictObject({ ready: duration.default('60s'), stop: duration.default('20s') })
    .prefault({})
    .describe('until it must have announced a state, and have ended after SIGTERM'),
  hooks,
  reload: signalName
    .nullable()
    .default(null)
    .describe('the signal that makes it read its policy again; null without one'),
};

/**
 * `agent` of matrix.config.json: another team's agent. What is left out has the default of its contract, so that an agent that
 * keeps the contract needs a name, an object and a binary.
 */
export function agentSchema(conventions: AgentConventions) {
  const { contract, env, rules, signals } = conventions;
  return z
    .strictObject({
      ...generic,
      contract: z.literal(contract).default(contract).describe('the contract that it keeps'),
      ...commandFields(conventions),
      env: z
        .record(z.string().regex(/^[^=\0]+$/, 'not the name of a variable'), argument(conventions))
        .default({})
        .describe(`its environment, besides ${list(Object.entries(env).map(([name, value]) => `${name}=${value}`))}`),
      spelling: spelling(conventions),
      enroll: enrollment(conventions),
      report: reportPath(conventions),
      dialect: dialect(conventions),
      operations: subset(probedOperations).describe(
        'operations that it claims to deny where a rule matches; the others are reported as not offered',
      ),
      rules: subset(rules).describe('sections of the policy it supports; the others are reported as not offered'),
      signals: subset(signals).describe('values of {signal} it knows'),
      overrides: overrides(conventions),
    })
    .extend(features(conventions));
}

/** Everything that is started, with the placeholders of the contract. */
function commandFields(conventions: AgentConventions) {
  const { run, ready } = conventions;
  const command = commandOf(conventions);
  return {
    prepare: z.array(command).default([]).describe('commands that must exit 0 before each start'),
    run: command.default([...run]).describe('its command line; an argument that comes out empty is left out'),
    ready: z
      .strictObject({
        stream: z.enum(['stdout', 'stderr']).default(ready.stream),
        pattern: configPattern.default(ready.pattern),
      })
      .prefault({})
      .describe('the line by which it announces a state; the pattern is a regular expression'),
    takeover: z
      .array(argument(conventions))
      .min(1, 'no arguments; null for an agent that cannot take over')
      .nullable()
      .default(null)
      .describe('arguments added to run to take over from a running agent without a gap; null when it cannot'),
  };
}

function argument(conventions: AgentConventions) {
  const known = placeholdersOf(conventions);
  return z.string().superRefine((text, context) => {
    const unknown = unknownPlaceholder(text, known);
    if (unknown === null) return;
    const names = known.map((name) => `{${name}}`).join(', ');
    context.addIssue({ code: 'custom', message: `unknown placeholder ${unknown}; there are ${names}` });
  });
}

function commandOf(conventions: AgentConventions) {
  return z
    .array(argument(conventions))
    .min(1, 'a command needs at least a program')
    .superRefine(([first = ''], context) => {
      if (/^[/{]/.test(first)) return;
      context.addIssue({
        code: 'custom',
        path: [0],
        message: `'${first}' is not a path in the guest, where there is no search path; write {binary} or /path`,
      });
    });
}

/** For each option with named values, what its values become. */
function spelling({ options }: AgentConventions) {
  const named = Object.entries(options).filter(([, { values }]) => values !== null);
  const fields = named.map(([name, { values }]) => [
    name,
    z.partialRecord(z.enum(values ?? []), z.string()).default({}),
  ]);
  const spelled = named.flatMap(([name, option]) => {
    const own = Object.values(option.spelling);
    return own.length === 0 ? [] : [`; ${name} is ${own.join(' or ')} where this is left out`];
  });
  const names = list(named.map(([name]) => `{${name}}`));
  type Fields = Record<string, z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodString>>>;
  return z
    .strictObject(Object.fromEntries(fields) as Fields)
    .prefault({})
    .describe(`what ${names} become${spelled.join('')}`);
}

function enrollment(conventions: AgentConventions) {
  const { enroll, contract } = conventions;
  if (enroll === null) return z.never(`agents of the contract ${contract} look at everybody`).optional();
  return commandOf(conventions)
    .default([...enroll])
    .describe('put before a command line that the agent is to look at, with all its descendants');
}

function dialect(conventions: AgentConventions) {
  const { vocabulary, contract } = conventions;
  const schema =
    vocabulary === null
      ? z.never(`an agent of the contract ${contract} has no dialect`)
      : dialectSchema(conventions, vocabulary);
  return schema.optional().describe('how it says what the contract has other words for (docs/dialect.md)');
}

function reportPath({ report, contract }: AgentConventions) {
  if (report === null) return z.never(`the contract ${contract} has no capability report`).optional();
  return guestPath.optional().describe(`its capability report in the guest; default ${report} in its folder`);
}

/** Some of these; all of them by default. */
function subset<const T extends string>(all: readonly T[]) {
  return z.array(z.enum(all)).default([...all]);
}

function overrides({ overrides: variables }: AgentConventions) {
  const known = Object.entries(variables).map(([name, variable]) => `${name} is ${variable}`);
  return subset(Object.keys(variables) as Override[]).describe(
    `which overrides of the contract it reads: ${known.join(', ')}`,
  );
}

/** A field for each ability that an agent of this contract may lack: true by default, and those that it has to claim. */
function features({ features: questions, optIn }: AgentConventions): object {
  const fields = (all: Readonly<Record<string, string>>, unsaid: boolean) =>
    Object.entries(all).map(([name, question]) => [name, z.boolean().default(unsaid).describe(question)] as const);
  return Object.fromEntries([...fields(questions, true), ...fields(optIn, false)]);
}

function list(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

export type AgentSchema = ReturnType<typeof agentSchema>;
export type AgentConfig = z.output<AgentSchema>;
