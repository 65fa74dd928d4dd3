// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';

/** What the tests boot: built from the sources at hand, kernels in the cache. Fails loudly when it cannot be had. */
export default function setup(): void {
  execFileSync('scripts/bootstrap', ['test'], { stdio: 'inherit' });
  execFileSync('node', ['dist/harness/cli/main.js', 'kernels', 'fetch', ...kernels], { stdio: 'inherit' });
}

const kernels = ['5.10', '6.1', '6.12', '6.16', '6.17', '6.18', '7.2', '6.1/arm64', '6.12/arm64'];
