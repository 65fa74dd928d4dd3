// SPDX-License-Identifier: Apache-2.0
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, so that none of them begins when the others have ended. `scripts/test --times` measures. */
const longest = ['snapshots', 'matrix', 'agent-posture', 'faults', 'baseline', 'agent-enforce'];

const rank = ({ moduleId }: TestSpecification): number => {
  const at = longest.findIndex((name) => moduleId.endsWith(`/vm/${name}.test.ts`));
  return at === -1 ? longest.length : at;
};

/** Otherwise as vitest has it: what failed last time, then by the time that it took last. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
