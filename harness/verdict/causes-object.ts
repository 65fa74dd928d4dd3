// SPDX-License-Identifier: Apache-2.0
import type { Cause, CauseCase } from './causes-case.js';
import { placedSource } from './source.js';

/** Why libbpf does not open an object, where it says so in words that are known. */

type Rule = (rejection: CauseCase, line: string) => Cause | null;

const rules: readonly Rule[] = [legacyMaps, undefinedExtern];

export function objectCause(rejection: CauseCase): Cause | null {
  for (const line of rejection.libbpf) {
    for (const rule of rules) {
      const cause = rule(rejection, line);
      if (cause !== null) return cause;
    }
  }
  return null;
}

function legacyMaps({ loader }: CauseCase, line: string): Cause | null {
  if (!/legacy map definitions in 'maps' section are not supported/.test(line)) return null;
  return {
    id: 'legacy-maps',
    explanation:
      'The object declares its maps in the section "maps", as was done before BTF. libbpf 1.0 and newer do not read that, cilium/ebpf still does.' +
      (loader.name === 'libbpf'
        ? ''
        : ' The guest opens every object with libbpf, "loader": "ebpf-go" or not, and cannot judge this one.'),
    hint: 'Declare each map with BTF: `struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } counters SEC(".maps");`.',
  };
}

function undefinedExtern({ unresolved }: CauseCase, line: string): Cause | null {
  const named = /\bextern(?: \([\w ]+\))? '([^']+)'/.exec(line)?.[1];
  const use = unresolved.find(({ symbol }) => (named === undefined ? line.includes(`'${symbol}'`) : symbol === named));
  if (use === undefined) return null;
  return {
    id: 'undefined-extern',
    explanation: `${use.symbol} is declared and used, and nothing in the object defines it.`,
    hint: `Define it in the object, or link the one that does with \`bpftool gen object\`; where it is a kfunc, declare it with __ksym.`,
    source: use.line === null ? null : placedSource(use.line),
  };
}
