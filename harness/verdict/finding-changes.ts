// SPDX-License-Identifier: Apache-2.0
import { defaultContract, machineLabel } from '../contracts/registry.js';
import type { Finding, FoldedCount } from '../model/finding.js';
import type { ManifestChange } from '../model/manifest.js';

/** The findings of a kernel with what changed beside its baseline because of them, and what is left of the changes. */
export interface FoldedChanges {
  readonly findings: readonly Finding[];
  readonly rest: readonly ManifestChange[];
}

/** A scenario that is another than in the baseline changed because of the finding that its checks are put down to. */
export function foldChanges(findings: readonly Finding[], changes: readonly ManifestChange[]): FoldedChanges {
  const owners = new Map(findings.flatMap((finding) => itemsOf(finding).map((item) => [item, finding] as const)));
  const ownerOf = (change: ManifestChange): Finding | undefined =>
    isScenario(change.kind) ? owners.get(change.item) : undefined;
  return {
    findings: findings.map((finding) =>
      withCounts(
        finding,
        changes.filter((change) => ownerOf(change) === finding),
      ),
    ),
    rest: changes.filter((change) => ownerOf(change) === undefined),
  };
}

function isScenario(kind: ManifestChange['kind']): kind is 'SCENARIO_CHANGED' | 'HOOK_LOST' {
  return kind === 'SCENARIO_CHANGED' || kind === 'HOOK_LOST';
}

/** As a manifest names a scenario. */
function itemsOf({ contract, refs }: Finding): readonly string[] {
  return refs.map(({ environment, class: name, scenario }) => {
    const machine = machineLabel({ contract: contract ?? defaultContract.name, environment });
    return `${machine}: ${name}: ${scenario}`;
  });
}

function withCounts(finding: Finding, changes: readonly ManifestChange[]): Finding {
  const counted = (['SCENARIO_CHANGED', 'HOOK_LOST'] as const).flatMap((code): readonly FoldedCount[] => {
    const count = changes.filter(({ kind }) => kind === code).length;
    return count === 0 ? [] : [{ code, count }];
  });
  return counted.length === 0 ? finding : { ...finding, folded: [...finding.folded, ...counted] };
}
