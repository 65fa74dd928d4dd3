// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { eachBuild, identityOn, isFor, joinedBuilds } from '../../../model/builds.js';
import type { AgentIdentity } from '../../../model/agent.js';
import { targetNamed, unnamedTarget } from '../../../target.js';

const arm = targetNamed('arm64') ?? unnamedTarget;
const x86: AgentIdentity = { name: 'a', file: 'a', sha256: '1', libraries: ['/l'], architecture: 'x86_64' };
const other: AgentIdentity = { ...x86, file: 'arm64/a', sha256: '2', libraries: [], architecture: 'arm64' };
const joined = joinedBuilds(
  [x86, other],
  ({ name }) => name,
  ({ file, sha256, libraries }, architecture) => ({ file, sha256, libraries, architecture }),
);

describe('what was built for several architectures', () => {
  it('is one identity, with what it is on the others', () => {
    const { file, sha256, libraries } = other;
    expect(joined).toEqual([{ ...x86, builds: [{ file, sha256, libraries, architecture: 'arm64' }] }]);
  });

  it('is on each kernel what is for its architecture', () => {
    const [one = x86] = joined;
    expect(identityOn(one, '6.12')).toEqual(x86);
    expect(identityOn(one, '6.12/arm64/rt')).toEqual(other);
    expect(identityOn(x86, '6.12/arm64')).toBeNull();
    expect(eachBuild(one)).toEqual([
      { build: x86, named: 'x86_64' },
      { build: other, named: 'arm64' },
    ]);
  });

  it('is for all where it names none, as in runs of before', () => {
    const any: AgentIdentity = { name: 'a', file: 'a', sha256: '1', libraries: [] };
    expect(isFor(any, arm)).toBe(true);
    expect(identityOn(any, '6.12/arm64')).toEqual(any);
    expect(eachBuild(x86)).toEqual([{ build: x86, named: null }]);
  });
});
