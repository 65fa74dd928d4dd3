// SPDX-License-Identifier: Apache-2.0
import { joinedBuilds } from '../model/builds.js';
import type { ObjectIdentity } from '../model/object.js';
import type { RunReport } from '../model/report.js';
import type { MatrixOptions } from './matrix.js';

/** Who was proved: one for each contract, with what it is on kernels of other architectures. */
export function agentIdentities({ agents, only }: MatrixOptions): Pick<RunReport, 'agent' | 'others'> {
  const all = only === 'none' ? [] : agents.map(({ identity }) => identity);
  const [agent = null, ...others] = joinedBuilds(
    all,
    ({ contract = '' }) => contract,
    ({ file, sha256, libraries, object }, architecture) => {
      return { file, sha256, libraries, ...(object === undefined ? {} : { object }), architecture };
    },
  );
  return { agent, others };
}

/** What was loaded: one for each name, with what it is on kernels of other architectures. */
export function objectIdentities({ objects }: MatrixOptions): readonly ObjectIdentity[] {
  return joinedBuilds(
    objects.map(({ identity }) => identity),
    ({ name }) => name,
    ({ file, sha256, size, compiler, sections }, architecture) => {
      return { file, sha256, size, compiler, sections, architecture };
    },
  );
}
