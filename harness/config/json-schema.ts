import { z } from 'zod';
import type { AgentConventions } from '../model/agent-conventions.js';
import { configSchema } from './file.js';

/**
 * The JSON schema of matrix.config.json, for editors: what may be written, so fields with a default are optional. With
 * more contracts than one it is any of theirs.
 */
export function configJsonSchema(conventions: readonly [AgentConventions, ...AgentConventions[]]): unknown {
  const [first, ...others] = conventions;
  const schemas = [configSchema(first), ...others.map(configSchema)];
  return z.toJSONSchema(schemas.length === 1 ? configSchema(first) : z.union(schemas), { io: 'input' });
}
