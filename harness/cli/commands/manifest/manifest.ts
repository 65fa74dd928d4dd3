// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { agentChoices, agentObject } from '../../../config/agent.js';
import { defaultConfigFile, readConfig } from '../../../config/file.js';
import { pinnedBuild } from '../../../config/libbpf.js';
import { readObjects } from '../../../config/objects.js';
import { conventions, defaultContract } from '../../../contracts/registry.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { UsageError } from '../../../model/errors.js';
import { ExitCode } from '../../../model/exit-code.js';
import type { Manifest } from '../../../model/manifest.js';
import { formatCount } from '../../../report/views/format.js';
import { readBaseline } from '../../../results/manifest.js';
import { type SectionDifference, sectionDifferences } from '../../../verdict/manifest-sections.js';
import type { ManifestFlags } from './flags.js';
import type { CliContext } from '../../context.js';

/** `manifest check`. */
export async function checkManifest(flags: ManifestFlags, { stdout }: CliContext): Promise<ExitCode> {
  const { lines, differ } = await checked(flags);
  stdout.write(lines.map((line) => `${line}\n`).join(''));
  return differ ? ExitCode.incompatible : ExitCode.ok;
}

async function checked(flags: ManifestFlags): Promise<{ readonly lines: readonly string[]; readonly differ: boolean }> {
  const config = await readConfig(flags.config ?? null, conventions);
  const configFile = flags.config ?? defaultConfigFile;
  const root = packageRoot();
  const places = { conventions, root, built: pinnedBuild(root).folder, configFile, folder: dirname(configFile) };
  const [object] = await readObjects([flags.object ?? agentObject(config, places)]);
  if (object === undefined) throw new Error('manifest: no object was read');
  const [choice] = agentChoices(config, conventions);
  const manifests = await manifestsIn(flags.baseline, choice.config.agent?.contract ?? choice.conventions[0].contract);
  const differences = sectionDifferences(object.identity, manifests);
  const about = `${flags.baseline}, ${formatCount(manifests.length, 'kernel')}, and ${object.identity.name}`;
  if (differences.length > 0) return { lines: [`FAIL: ${about} differ`, ...differences.map(lineOf)], differ: true };
  const sections = formatCount(object.identity.sections.length, 'section');
  return { lines: [`PASS: ${about} have the same ${sections}`], differ: false };
}

async function manifestsIn(folder: string, contract: string): Promise<readonly Manifest[]> {
  const all = [...((await readBaseline(folder)) ?? new Map<string, Manifest>()).values()];
  const manifests = all.filter((one) => (one.contract ?? defaultContract.name) === contract);
  if (manifests.length > 0) return manifests;
  throw new UsageError({
    message: `${folder}: there is no manifest there`,
    next: 'make them with a whole run and --update',
  });
}

function lineOf({ section, where, kernels }: SectionDifference): string {
  const which = kernels.join(', ');
  return where === 'object'
    ? `  MANIFEST_NO_BASELINE ${section}: in the object, not in the baseline of ${which}`
    : `  PROGRAM_DISAPPEARED ${section}: in the baseline of ${which}, not in the object`;
}
