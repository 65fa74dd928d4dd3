// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { z } from 'zod';
import type { Expectation } from '../model/expectation.js';
import { programCodes } from '../model/verdict.js';
import type { AgentChoice } from './agent.js';
import { kernelRange } from './kernel-range.js';

const pattern = z.string().min(1, 'an empty pattern');
const reason = z
  .string()
  .refine((text) => text.trim() !== '', 'a reason, for whoever reads the report')
  .describe('why; every report shows it');
const kernels = z
  .string()
  .refine(
    (text) => kernelRange(text) !== null,
    'not a range of kernels: ">=5.15 <6.8", "6.1, 6.12", "6.x", or the id of a kernel',
  )
  .describe('on which kernels: a comma is any of, a space all of; left out, on every kernel');

const fields = {
  object: pattern.default('*').describe('pattern for the names of objects'),
  program: pattern.describe('pattern for the names of programs'),
  kernels: kernels.exactOptional(),
  reason,
};

const noCode = z.never('only what "fails" has a code').optional();
const code = z
  .enum(programCodes, { error: `none of the codes that a program fails with: ${programCodes.join(', ')}` })
  .describe('with this code (docs/failure-codes.md)');

const entry = z.discriminatedUnion('expect', [
  z.strictObject({
    ...fields,
    code: noCode,
    expect: z.literal('optional').describe('its failure does not fail the run'),
  }),
  z.strictObject({
    ...fields,
    code: noCode,
    expect: z.literal('required').describe('it must load, SEC("?...") or not'),
  }),
  z.strictObject({
    ...fields,
    expect: z.literal('fails').describe('it must fail; that it does not, or not like this, fails the run'),
    code: code.exactOptional(),
  }),
]);

/** `expectations` of matrix.config.json. */
export const expectationsSchema = z
  .array(entry)
  .describe('programs that are optional, required or expected to fail; of several entries that match, the last holds');

/** What was left out filled in. */
export function expectationsOf(entries: z.output<typeof expectationsSchema>): readonly Expectation[] {
  return entries.map((one) => ({
    object: one.object,
    program: one.program,
    kernels: one.kernels ?? null,
    expect: one.expect,
    code: one.code ?? null,
    reason: one.reason,
  }));
}

/**
 * What is known of our own object, where an agent of the configuration is ours: no program of it can be attached to a hook where
 * the kernel cannot do that, and the agent enforces by signals there. Nothing is known of objects of others.
 */
export function expectedOfOwn({
  config,
  conventions: [{ own, ownHookPrograms }],
}: AgentChoice): readonly Expectation[] {
  if (config.agent !== undefined) return [];
  return ownHookPrograms.map((program) => ({
    object: basename(own.object, '.bpf.o'),
    program,
    kernels: null,
    expect: 'fails',
    code: 'ATTACH_FAILED',
    reason: 'this kernel has no ftrace direct calls, and attaches no program to a hook',
    cause: 'no-direct-calls',
  }));
}
