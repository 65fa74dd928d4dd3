import { z } from 'zod';
import { configSchema } from './file.js';

/** The JSON schema of matrix.config.json, for editors: what may be written, so fields with a default are optional. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: 'input' });
}
