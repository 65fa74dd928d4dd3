// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { OwnRuleKind, RuleKind } from '../model/agent.js';
import { type OwnRule, type OwnRuleOperation, ownRuleOperations, ruleSubjects } from '../model/own-rule.js';

/* `agent.dialect.rules` of matrix.config.json: kinds of rule that the contract does not have. */

const operationNames = Object.keys(ownRuleOperations) as OwnRuleOperation[];
const subjectList = ruleSubjects.map((subject) => `{${subject}}`).join(', ');

const ownRule = z
  .strictObject({
    item: z
      .string()
      .regex(/^[^\n]+$/, 'not a text of one line')
      .describe(`one item of it, with what it names: ${subjectList}`),
    denies: z
      .array(
        z.enum(operationNames, {
          error: `not an operation that a rule of one's own can deny; there are ${operationNames.join(', ')}`,
        }),
      )
      .min(1, 'a rule that denies nothing')
      .describe('operations that it claims to deny'),
    event: z
      .enum(['operation', 'block', 'none'])
      .default('operation')
      .describe('what reports a denial: the event of the operation, a block event whatever is attempted, or none'),
  })
  .superRefine(({ item, denies }, context) => {
    const named = placeholdersIn(item);
    const unknown = named.find((name) => !ruleSubjects.some((subject) => subject === name));
    const wrong =
      unknown === undefined
        ? `names nothing that tells what is denied from what is not; it has at least one of ${subjectList}`
        : `unknown placeholder {${unknown}}; there are ${subjectList}`;
    if (unknown !== undefined || named.length === 0) {
      context.addIssue({ code: 'custom', path: ['item'], message: wrong });
      return;
    }
    for (const [index, operation] of denies.entries()) {
      const known: readonly string[] = ownRuleOperations[operation];
      const stranger = named.find((name) => !known.includes(name));
      if (stranger === undefined) continue;
      const message = `${operation} is not about a {${stranger}}, which item names; it is about ${known.map((name) => `{${name}}`).join(', ')}`;
      context.addIssue({ code: 'custom', path: ['denies', index], message });
    }
  });

type OwnRulesConfig = Readonly<Record<string, z.output<typeof ownRule>>>;

export function ownRulesSchema(known: readonly RuleKind[]) {
  return z
    .record(z.string(), ownRule)
    .superRefine((rules, context) => {
      for (const name of Object.keys(rules)) {
        const message = nameFault(name, known);
        if (message !== null) context.addIssue({ code: 'custom', path: [name], message });
      }
    })
    .default({})
    .describe('kinds of rule that the contract does not have, by a name that begins with deny_');
}

function nameFault(name: string, known: readonly RuleKind[]): string | null {
  if (known.some((kind) => kind === name)) return 'a kind of rule of the contract: name it in agent.rules';
  return /^deny_[a-z0-9_]{1,40}$/.test(name)
    ? null
    : 'not a name for a kind of rule: deny_, small letters, digits and _';
}

export function readOwnRules(config: OwnRulesConfig): readonly OwnRule[] {
  return Object.entries(config).map(([name, { item, denies, event }]) => ({
    kind: name as OwnRuleKind,
    item,
    subjects: ruleSubjects.filter((subject) => placeholdersIn(item).includes(subject)),
    denies: [...new Set(denies)],
    event,
  }));
}

function placeholdersIn(item: string): readonly string[] {
  return [...item.matchAll(/\{(\w*)\}/g)].map(([, name = '']) => name);
}
