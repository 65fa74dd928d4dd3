// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { type HistoryLine, historySchema } from '../model/history.js';
import { sessionOutcomes } from '../model/session-answer.js';
import { accelerator, count } from './schema-scalars.js';

const whole = z.number().int().nonnegative();
const named = z.object({ name: z.string(), sha256: z.string() });

const session = z.object({
  session: z.string(),
  inputs: z.string().nullable(),
  outcome: z.enum(sessionOutcomes),
  codes: z.array(z.string()),
  since: z.iso.datetime().nullable(),
  ms: count,
});

const kernel = z.object({
  id: z.string(),
  release: z.string().nullable(),
  image: z.string().nullable(),
  verdict: z.enum(['pass', 'fail', 'infra', 'unavailable']),
  code: z.string().nullable(),
  programs: z.object({ ok: whole, failed: whole }),
  checks: z.object({ pass: whole, failed: whole, unproved: whole }),
  ms: count,
  insns: z.array(whole.nullable()),
  sessions: z.array(session),
});

/** A line as it is read: what a later version of this schema adds is none of this one's business. */
export const historyLineSchema = z.object({
  schema: z.literal(historySchema),
  started: z.iso.datetime(),
  ms: count,
  exitCode: whole,
  tool: z.string(),
  host: z.object({
    cpu: z.string(),
    cpus: whole,
    accel: accelerator.nullable(),
    qemu: z.string().nullable(),
    node: z.string(),
  }),
  given: z.array(z.string()),
  jobs: whole,
  judge: z.string().nullable(),
  objects: z.array(named),
  agents: z.array(named),
  programs: z.array(z.string()),
  programsLeftOut: whole.optional(),
  kernels: z.array(kernel),
});

/** Bytes of a line with its end: forty kernels with a thousand programs have 0.4 MB. */
const longest = 2 ** 20;

/**
 * A line as text without its end, the cheapest programs left out as far as it would be too long. Throws where it is too long
 * without any.
 */
export function fittedLine(line: HistoryLine, most = longest): string {
  let kept = line;
  for (;;) {
    const text = JSON.stringify(kept);
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes <= most) return text;
    if (kept.programs.length === 0) throw new Error(`the line of this run has ${bytes} bytes, and may have ${most}`);
    kept = withDearest(line, Math.min(kept.programs.length - 1, Math.floor((kept.programs.length * most) / bytes)));
  }
}

/** With the programs that cost the verifier most. */
function withDearest(line: HistoryLine, most: number): HistoryLine {
  const costs = line.programs.map((_, at) => Math.max(0, ...line.kernels.map(({ insns }) => insns[at] ?? 0)));
  const order = costs.map((_, at) => at).sort((a, b) => (costs[b] ?? 0) - (costs[a] ?? 0));
  const kept = order.slice(0, most).sort((a, b) => a - b);
  return {
    ...line,
    programs: kept.map((at) => line.programs[at] ?? ''),
    programsLeftOut: line.programs.length - kept.length,
    kernels: line.kernels.map((one) => ({ ...one, insns: kept.map((at) => one.insns[at] ?? null) })),
  };
}
