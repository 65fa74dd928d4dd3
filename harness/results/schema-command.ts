import { z } from 'zod';
import { count } from './schema-scalars.js';
import { verdict } from './schema-verdict.js';

export const commandReport = z.strictObject({
  argv: z.array(z.string()),
  end: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('exited'), status: count }),
    z.strictObject({ kind: z.literal('signalled'), signal: count }),
    z.strictObject({ kind: z.literal('timed-out') }),
    z.strictObject({ kind: z.literal('not-started'), errno: count }),
  ]),
  verdict,
  detail: z.string(),
  tail: z.array(z.string()),
  stdout: z.string(),
  stderr: z.string(),
  ms: count,
});
