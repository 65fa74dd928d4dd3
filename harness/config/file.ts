import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from '../model/errors.js';
import { describeIssue } from './describe-issue.js';
import { agentSchema } from './agent-schema.js';

/** The configuration file that is read when none is named. */
export const defaultConfigFile = 'matrix.config.json';

const uri = z.string().regex(/^(https?|file):\/\/?./, 'an archive URI: http://, https:// or file:');
const path = z.string().min(1);
const statLimit = z
  .strictObject({ percent: z.number().min(0), floor: z.number().min(0) })
  .describe('a growth of more than both is a regression');
const statLimits = z.strictObject({ insns: statLimit.exactOptional(), states: statLimit.exactOptional() });

/** matrix.config.json; docs/matrix.config.schema.json is made of it. */
export const configSchema = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  /** The agent to prove; our own where there is none. */
  agent: agentSchema.optional().describe('the agent to prove, instead of our own'),
  /** Where kernels come from; the environment (BPF_MATRIX_...) wins over it. */
  archives: z
    .strictObject({
      debianArchive: uri.optional(),
      debianSecurityArchive: uri.optional(),
      ubuntuArchive: uri.optional(),
      debianKeyring: path.optional(),
      ubuntuKeyring: path.optional(),
    })
    .optional()
    .describe('where kernels come from'),
  /** docs/manifest.md. */
  veristat: statLimits
    .extend({ programs: z.record(z.string(), statLimits).exactOptional() })
    .optional()
    .describe('how much more work the verifier may have than in the baseline'),
  /** docs/watch.md. */
  watch: z
    .strictObject({
      build: z.array(z.string()).min(1).describe('the command that makes the object, run in the folder of this file'),
      sources: z.array(path).min(1).describe('files and folders whose change starts it'),
    })
    .optional()
    .describe('how `watch` makes the object anew'),
});

export type MatrixConfig = z.output<typeof configSchema>;

/**
 * Reads a configuration file. `file` null looks for matrix.config.json in the working folder and is content without.
 * @throws UsageError naming the file and the place in it.
 */
export async function readConfig(file: string | null): Promise<MatrixConfig> {
  const text = await readText(file);
  if (text === null) return {};
  const name = file ?? defaultConfigFile;
  const result = configSchema.safeParse(parse(name, text));
  if (result.success) return result.data;
  throw new UsageError({
    message: `${name}: ${describeIssue(result.error.issues)}`,
    next: 'docs/configuration.md lists every field',
    cause: result.error,
  });
}

async function readText(file: string | null): Promise<string | null> {
  try {
    return await readFile(file ?? defaultConfigFile, 'utf8');
  } catch (error) {
    if (file === null && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UsageError({
      message: `configuration ${file ?? defaultConfigFile} cannot be read: ${(error as Error).message}`,
      next: 'name an existing file with --config, or leave it out',
      cause: error,
    });
  }
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError({ message: `${name} is not JSON: ${(error as Error).message}`, cause: error });
  }
}
