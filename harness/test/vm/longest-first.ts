// SPDX-License-Identifier: Apache-2.0
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { dearestFiles } from './dearest-files.js';

const rank = ({ moduleId }: TestSpecification): number => {
  const at = dearestFiles.findIndex((name) => moduleId.endsWith(`/vm/${name}.test.ts`));
  return at === -1 ? dearestFiles.length : at;
};

/** So that none of the long ones begins when the others have ended; then as vitest has it: by what it took last time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
