// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/* Values that several parts of matrix.config.json have. */

export const configHostPath = z.string().min(1, 'an empty path').describe('a path on this host, relative to this file');

/** A regular expression. */
export const configPattern = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      new RegExp(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });
