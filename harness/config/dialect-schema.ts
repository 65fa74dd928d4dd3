// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { AgentConventions } from '../model/agent-conventions.js';
import { denialErrnos, type DialectVocabulary, type ReportVocabulary } from '../model/dialect.js';
import { ownRulesSchema } from './own-rule-schema.js';
import { configHostPath, configPattern } from './schema-values.js';

/* `agent.dialect` of matrix.config.json (docs/dialect.md). What is left out is as the contract has it. */

const word = z.union([z.string().min(1), z.number(), z.boolean()], {
  error: 'neither a text, a number, true nor false',
});
const words = z.union([word, z.array(word).min(1, 'a list without a word')], {
  error: 'neither a text, a number, true or false, nor a list of these',
});
const fieldPath = z.string().min(1).describe('a dotted path: process.pid is pid of the object process');
const form = z.union([z.string().min(1), z.record(fieldPath, word)], {
  error: 'neither the type as the agent has it, nor an object of fields with their values',
});
const forms = z.union([form, z.array(form).min(1)], {
  error: 'neither a type, an object of fields, nor a list of these',
});
const lineText = z.string().regex(/^[^\n]+$/, 'not a text of one line');
const stream = z.enum(['stdout', 'stderr']);

type Named<Value extends z.ZodType> = z.ZodDefault<z.ZodRecord<z.ZodString, Value>>;

/** An object whose keys are some of these. A key that is none is named, with all there are. */
function named<Value extends z.ZodType>(what: string, names: readonly string[], value: Value): Named<Value> {
  return z
    .partialRecord(z.enum(names), value, {
      error: ({ keys }) =>
        Array.isArray(keys)
          ? `'${keys.join(', ')}' is not ${what} of the contract; there are ${names.join(', ')}`
          : undefined,
    })
    .default({}) as unknown as Named<Value>;
}

function lackable(names: readonly string[]) {
  return z
    .array(z.enum(names, { error: `not a field that may be lacking; there are ${names.join(', ')}` }))
    .default([])
    .describe('fields that it does not have: not asked for, and reported as not offered');
}

function eventsSchema({ eventFields, types, stateField }: DialectVocabulary) {
  const fields = Object.keys(eventFields);
  const translated = fields.filter((field) => field !== 'type' && field !== stateField);
  return z.strictObject({
    stream: stream.default('stdout').describe('where it writes its events'),
    fields: named('a field', fields, fieldPath).describe('where it has the fields of an event'),
    types: named('a type', types, forms).describe(
      'how it names types of events; an object names fields and their values',
    ),
    values: named('a field with words', translated, z.record(z.string(), words)).describe(
      'its words for values of a field, by the word of the contract: {"action": {"BLOCK": "denied"}}',
    ),
    lacks: lackable(fields.filter((field) => eventFields[field] !== null)),
    ignore: z.array(form).default([]).describe('events of its own business'),
    text: z.array(configPattern).default([]).describe('lines on that stream that are no events: regular expressions'),
  });
}

function reportSchema({ fields, hooksField, stateField, hookPrefix, attached }: ReportVocabulary) {
  const translated = fields.filter((field) => field !== hooksField && field !== stateField);
  const object = z.strictObject({
    fields: named('a field', fields, fieldPath).describe('where it has the fields of the report'),
    values: named('a field with words', translated, z.record(z.string(), words)).describe(
      'its words for values of a field, by the word of the contract',
    ),
    attached: z
      .union([word, z.array(word).min(1)])
      .default([attached, true])
      .describe('what stands for an attached hook'),
    detached: z
      .union([word, z.array(word)])
      .default([false])
      .describe('what stands for one that is not'),
    hookPrefix: z.string().default(hookPrefix).describe('what stands before the name of a hook'),
    lacks: lackable(fields),
  });
  return z.union([z.literal('none'), object], { error: 'neither "none" nor an object' });
}

const byKind = z.record(z.string(), z.string().min(1)).default({});

function policySchema() {
  const template = z
    .union([configHostPath, z.array(z.string()).min(1, 'a template without a line')], {
      error: 'neither the path of a template nor a list of its lines',
    })
    .describe('the policy as it wants it, with {{deny_path}} and so on: a file, or its lines');
  return z
    .strictObject({
      sections: byKind.describe('what its sections are called, by the kind of rule'),
      flags: byKind.describe('the line that stands for a kind without items'),
      template: template.optional(),
      command: z
        .union([configHostPath, z.array(z.string()).min(1, 'a command needs at least a program')], {
          error: 'neither the path of a program nor a list of it and its arguments',
        })
        .optional()
        .describe('a program of this host, with its arguments, that turns a policy on stdin into its own on stdout'),
      cgroups: z.string().default('').describe('put before the path of a cgroup: /sys/fs/cgroup'),
      malformed: z.string().min(1).optional().describe('a policy that it must refuse'),
    })
    .superRefine(({ sections, flags, template: lines, command }, context) => {
      const ways = [
        ...(Object.keys(sections).length + Object.keys(flags).length > 0 ? ['sections and flags'] : []),
        ...(lines === undefined ? [] : ['template']),
        ...(command === undefined ? [] : ['command']),
      ];
      if (ways.length > 1)
        context.addIssue({ code: 'custom', message: `${ways.join(' and ')} exclude each other; keep one` });
    });
}

/** All of it, for a contract whose agents have a choice. */
export function dialectSchema(conventions: AgentConventions, vocabulary: DialectVocabulary) {
  const { states, report } = vocabulary;
  const object = z.strictObject({
    denial: z.enum(denialErrnos).default('EPERM').describe('the errno of its denials'),
    states: named('a state', states, words).describe('what it calls the states of the contract'),
    announcements: z
      .strictObject({ stream: stream.default('stderr'), lines: named('a state', states, lineText) })
      .optional()
      .describe('texts in its output by which it announces states, besides its events'),
    events: eventsSchema(vocabulary).prefault({}).describe('how its events differ'),
    report: (report === null
      ? z.never('the contract has no capability report').optional()
      : reportSchema(report).prefault({})
    ).describe('how its capability report differs; "none" for an agent without'),
    policy: policySchema().prefault({}).describe('how it wants a policy written'),
    rules: ownRulesSchema(conventions.rules),
  });
  return object.superRefine(({ policy, rules }, context) => {
    const known = [...conventions.rules, ...Object.keys(rules)];
    for (const key of ['sections', 'flags'] as const) {
      const unknown = Object.keys(policy[key]).find((name) => !known.includes(name));
      if (unknown === undefined) continue;
      const message = `'${unknown}' is not a kind of rule of the contract, nor of dialect.rules; there are ${known.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['policy', key], message });
    }
  });
}

export type DialectConfig = z.output<ReturnType<typeof dialectSchema>>;
