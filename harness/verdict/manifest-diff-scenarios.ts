// SPDX-License-Identifier: Apache-2.0
import { defaultContract, machineLabel } from '../contracts/registry.js';
import {
  type Manifest,
  type ManifestChange,
  type ManifestPosture,
  type ManifestScenario,
  scenarioRanks,
} from '../model/manifest.js';
import { manifestChange, manifestNoRow, type Scope } from './manifest-change.js';

/** What the agent claimed and what was proved of it, per machine. */
export function scenarioChanges(base: Manifest, now: Manifest, scope: Scope): readonly ManifestChange[] {
  return [...postures(base, now, scope), ...scenarios(base, now, scope)];
}

function postures(base: Manifest, now: Manifest, scope: Scope): readonly ManifestChange[] {
  const word = (posture: string | null): string => posture ?? 'none';
  const known = now.postures.flatMap((row) => {
    const { posture } = row;
    const item = `${rowMachine(row)}: posture`;
    const old = base.postures.find((one) => rowMachine(one) === rowMachine(row));
    if (old === undefined) return [manifestNoRow(item, word(posture))];
    return old.posture === posture ? [] : [manifestChange('POSTURE_CHANGED', item, word(old.posture), word(posture))];
  });
  if (scope === 'part') return known;
  const gone = base.postures.filter((row) => !now.postures.some((one) => rowMachine(one) === rowMachine(row)));
  return [
    ...known,
    ...gone.map((row) =>
      manifestChange('POSTURE_CHANGED', `${rowMachine(row)}: posture`, word(row.posture), 'not asked'),
    ),
  ];
}

function scenarios(base: Manifest, now: Manifest, scope: Scope): readonly ManifestChange[] {
  const before = new Map(base.scenarios.map((row) => [nameOf(row), row.verdict]));
  const after = new Map(now.scenarios.map((row) => [nameOf(row), row.verdict]));
  const known = [...after].flatMap(([name, verdict]) => {
    const old = before.get(name);
    if (old === undefined) return [manifestNoRow(name, verdict)];
    return old === verdict ? [] : [changed(name, old, verdict)];
  });
  const gone = scope === 'part' ? [] : [...before].filter(([name]) => !after.has(name));
  return [...known, ...gone.map(([name, verdict]) => manifestChange('SCENARIO_CHANGED', name, verdict, 'not asked'))];
}

function nameOf({ class: name, scenario, ...row }: ManifestScenario): string {
  return `${rowMachine(row)}: ${name}: ${scenario}`;
}

function rowMachine({
  contract = defaultContract.name,
  environment,
}: Pick<ManifestPosture, 'contract' | 'environment'>) {
  return machineLabel({ contract, environment });
}

/** A failure with another code is news as well as a worse outcome is. */
function changed(name: string, before: string, now: string): ManifestChange {
  if (rank(now) < rank(before)) return manifestChange('GAINED', name, before, now);
  if (rank(before) < rank('not-offered') && now === 'gained') return manifestChange('GAINED', name, before, now);
  // The one thing that is a downgrade: a hook that is claimed and not live.
  const dead = now.includes('SILENT_DOWNGRADE') && !before.includes('SILENT_DOWNGRADE');
  return manifestChange(dead ? 'HOOK_LOST' : 'SCENARIO_CHANGED', name, before, now);
}

function rank(verdict: string): number {
  return scenarioRanks.findIndex((word) => verdict.startsWith(word));
}
