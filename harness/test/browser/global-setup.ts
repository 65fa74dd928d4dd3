// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';

/** The page as it is built from the sources at hand, and a browser to read it. Fails loudly where one cannot be had. */
export default function setup(): void {
  execFileSync('scripts/bootstrap', ['test'], { stdio: 'inherit' });
}
