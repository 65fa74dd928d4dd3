// SPDX-License-Identifier: Apache-2.0
import { appendFileSync } from 'node:fs';

/** For `scripts/test --times`: an agent was started. */
export function countAgent(): void {
  const file = process.env['BPF_MATRIX_TEST_BOOTS'];
  if (file !== undefined) appendFileSync(file, 'agent\n');
}
