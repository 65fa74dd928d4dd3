import { constants } from 'node:os';
import { z } from 'zod';
import { enforceSignals, ruleKinds, overrides } from '../model/agent.js';
import { placeholders, unknownPlaceholder } from './placeholders.js';
import { durationOf } from './values.js';

/**
 * `agent` of matrix.config.json: another team's agent. What is left out is what our own contract says, so that an
 * agent that keeps the contract needs a name, an object and a binary.
 */

const word = z.string().superRefine((text, context) => {
  const unknown = unknownPlaceholder(text);
  if (unknown === null) return;
  const known = placeholders.map((name) => `{${name}}`).join(', ');
  context.addIssue({ code: 'custom', message: `unknown placeholder ${unknown}; there are ${known}` });
});

const hostPath = z.string().min(1, 'an empty path').describe('a path on this host, relative to this file');
const guestPath = z
  .string()
  .regex(/^(\/[^/\0]+)+$/, 'not an absolute path in the guest')
  .refine((path) => !/\/\.{1,2}(\/|$)/.test(path), 'a path in the guest without . and ..');

const command = z
  .array(word)
  .min(1, 'a command needs at least one word')
  .superRefine(([first = ''], context) => {
    if (/^[/{]/.test(first)) return;
    context.addIssue({
      code: 'custom',
      path: [0],
      message: `'${first}' is not a path in the guest, where there is no search path; write {binary} or /path`,
    });
  });

const pattern = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      new RegExp(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });

const duration = z
  .string()
  .refine((text) => durationOf(text) !== null, 'not a time above 0 and up to a day: 30s, 500ms, 2m');

const signalName = z
  .string()
  .regex(/^SIG[A-Z0-9]+$/, 'not the name of a signal: SIGHUP')
  .refine((name) => name in constants.signals, 'no signal of Linux has this name');

const spelled = <const T extends readonly string[]>(values: T) => z.partialRecord(z.enum(values), z.string());

export const agentSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, 'not a name: up to 64 letters, digits, spaces and . _ -')
    .describe('what reports call it'),
  object: hostPath.describe('the BPF object it loads, relative to this file; loaded program by program as well'),
  binary: hostPath.describe('the agent, a program for x86-64, relative to this file'),
  libraries: z
    .union([z.literal('auto'), z.array(hostPath)], { error: 'neither "auto" nor a list of paths' })
    .default('auto')
    .describe('libraries besides those its loader finds here: opened at run time, or out of its sight'),
  folder: guestPath.default('/agent').describe('folder of its own in the guest: {folder}'),
  files: z.record(guestPath, hostPath).default({}).describe('more files: path in the guest to path on this host'),
  prepare: z.array(command).default([]).describe('commands that must exit 0 before each start'),
  run: command
    .default([
      '{binary}',
      'run',
      '{mode}',
      '--enforce-signal={signal}',
      '--enforce-fallback={fallback}',
      '--enforce-gate-mode={gate}',
      '--kill-escalation-threshold={threshold}',
      '--kill-escalation-window-seconds={window}',
      '--policy',
      '{policy}',
    ])
    .describe('its command line; a word that comes out empty is left out'),
  env: z
    .record(z.string().regex(/^[^=\0]+$/, 'not the name of a variable'), word)
    .default({})
    .describe('its environment, besides AEGIS_BPF_OBJ={object} and AEGIS_CAPABILITIES_REPORT_PATH={report}'),
  spelling: z
    .strictObject({
      mode: spelled(['enforce', 'audit']).default({}),
      signal: spelled(enforceSignals).default({}),
      fallback: spelled(['signal', 'off']).default({}),
      gate: spelled(['fail-closed', 'audit-fallback']).default({}),
    })
    .prefault({})
    .describe(
      'what {mode}, {signal}, {fallback} and {gate} become; mode is --enforce or --audit where nothing is said',
    ),
  ready: z
    .strictObject({
      stream: z.enum(['stdout', 'stderr']).default('stdout'),
      pattern: pattern.default('"type":"state_change"'),
    })
    .prefault({})
    .describe('the line that tells that a state has been announced; the pattern is a regular expression'),
  deadlines: z
    .strictObject({ ready: duration.default('60s'), stop: duration.default('20s') })
    .prefault({})
    .describe('until it must have announced a state, and have ended after SIGTERM'),
  report: guestPath.optional().describe('its capability report in the guest; default capabilities.json in its folder'),
  rules: z
    .array(z.enum(ruleKinds))
    .default([...ruleKinds])
    .describe('sections of the policy it supports; the others are reported as not offered'),
  signals: z
    .array(z.enum(enforceSignals))
    .default([...enforceSignals])
    .describe('values of {signal} it knows'),
  fallback: z.boolean().default(true).describe('does it know the signal fallback'),
  auditFallback: z.boolean().default(true).describe('does it know the gate mode audit-fallback'),
  overrides: z
    .array(z.enum(overrides))
    .default([...overrides])
    .describe('which overrides of the contract it reads: lsm is AEGIS_LSM_PATH, btf is AEGIS_BTF_VMLINUX_PATH'),
  hooks: z
    .union(
      [
        z.literal('object'),
        z.array(z.string().regex(/^[a-z][a-z0-9_]*$/, 'not the bare name of an LSM hook: file_open')),
      ],
      {
        error: 'neither "object" nor a list of LSM hooks',
      },
    )
    .default('object')
    .describe('LSM hooks that are live when it claims ENFORCE: every lsm/<hook> of its object, or these'),
  takeover: z
    .array(word)
    .min(1, 'no words; null for an agent that cannot take over')
    .nullable()
    .default(null)
    .describe('words added to run to take over from a running agent without a gap; null when it cannot'),
  reload: signalName
    .nullable()
    .default(null)
    .describe('the signal that makes it read its policy again; null without one'),
});

/** As written, with everything left out that has a default. */
export type AgentInput = z.input<typeof agentSchema>;
export type AgentConfig = z.output<typeof agentSchema>;
