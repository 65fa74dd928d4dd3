// SPDX-License-Identifier: Apache-2.0
import type { MatrixConfig } from '../config/file.js';
import { defaultStatLimits, type StatLimits } from '../model/manifest.js';

/** How much the verifier may have to do more than before, as the configuration has it. */
export function limitsOf({ veristat }: MatrixConfig): StatLimits {
  return { ...defaultStatLimits, ...veristat };
}
