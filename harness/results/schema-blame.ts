// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { count } from './schema-scalars.js';

const line = {
  function: z.string(),
  file: z.string(),
  line: count,
  text: z.string(),
  before: count,
  now: count,
  share: z.number(),
  changed: z.boolean(),
};

export const blame = z.strictObject({
  before: count,
  now: count,
  lines: z.array(z.strictObject(line)),
  exact: z.boolean(),
});

export const blamedPlace = z.strictObject({ kernel: z.string(), item: z.string(), ...line });
