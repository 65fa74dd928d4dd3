// SPDX-License-Identifier: Apache-2.0
import { identityOn } from '../../model/builds.js';
import { capabilityName } from '../../model/capability.js';
import type { GuestFacts } from '../../model/facts.js';
import type { KernelIdentity } from '../../model/kernel.js';
import type { BootReport, BrokenKernel, RanKernel, RunReport } from '../../model/report.js';
import type { ObjectIdentity } from '../../model/object.js';

type Property = readonly [name: string, value: string];
type Unsure = readonly [name: string, value: string | null | undefined];

/** All that a result on this kernel belongs to, as names and values; what is unknown is left out. */
export function identityProperties(kernel: RanKernel | BrokenKernel, report: RunReport): readonly Property[] {
  const agent = report.agent === null ? null : identityOn(report.agent, kernel.id);
  const all: readonly Unsure[] = [
    ['tool', `${report.tool.name} ${report.tool.version}`],
    ...ofKernel(kernel.identity),
    ...(kernel.facts === null ? [] : ofFacts(kernel.facts)),
    ...(kernel.boot === null ? [] : ofBoot(kernel.boot)),
    ['sessions.reused', reusedOf(kernel)],
    ...report.objects.flatMap((one) => identityOn(one, kernel.id) ?? []).flatMap(ofObject),
    ['loader.without-capabilities', lackedBy(report)],
    ['agent.name', agent?.name],
    ['agent.file', agent?.file],
    ['agent.sha256', agent?.sha256],
    ...report.others.flatMap((one) => identityOn(one, kernel.id) ?? []).flatMap(ofOtherAgent),
  ];
  return all.flatMap(([name, value]) => (value == null ? [] : [[name, value] as const]));
}

/** Null where every session was asked anew. */
function reusedOf({ reused }: RanKernel | BrokenKernel): string | null {
  if (reused === undefined) return null;
  const { sessions, of, since, inPart } = reused;
  const more = inPart === undefined ? '' : `, and ${inPart.sessions} but for ${inPart.anew.join(', ')}`;
  return `${sessions} of ${of}${more}, since ${since}`;
}

/** `libbpf 1.7.0`, as the guests name theirs; more than one where stored runs were merged, none where nothing booted. */
export function libbpfVersions({ kernels }: RunReport): readonly string[] {
  const versions = kernels.flatMap((kernel) =>
    kernel.status === 'unavailable' || kernel.facts === null ? [] : [`libbpf ${kernel.facts.libbpf}`],
  );
  return [...new Set(versions)];
}

/** Null for a loader with all capabilities. */
function lackedBy({ options }: RunReport): string | null {
  const { withoutCapabilities: names } = options;
  return names.length === 0 ? null : names.map(capabilityName).join(',');
}

function ofKernel(identity: KernelIdentity): readonly Unsure[] {
  return [
    ['kernel.source', identity.source],
    ['kernel.suite', identity.suite],
    ['kernel.package', identity.package],
    ['kernel.version', identity.version],
    ['kernel.lock', identity.lock],
    ['kernel.pinned-version', identity.pinnedVersion],
    ['kernel.image-sha256', identity.imageSha256],
    ...identity.artifacts.map((one): Unsure => [`artifact.${one.package}`, `${one.version} sha256:${one.sha256}`]),
  ];
}

function ofFacts(facts: GuestFacts): readonly Unsure[] {
  return [
    ['guest.release', facts.release],
    ['guest.build', facts.build],
    ['guest.lsm', facts.lsm?.join(',')],
    ['guest.btf-sha256', facts.btf?.sha256],
    ['guest.config-sha256', facts.config?.sha256],
    ['guest.libbpf', facts.libbpf],
  ];
}

function ofBoot(boot: BootReport): readonly Unsure[] {
  return [
    ['boot.qemu', boot.qemu],
    ['boot.accel', boot.accel],
    ['boot.start', boot.start],
    ['boot.cmdline', boot.cmdline],
    ['boot.initramfs-sha256', boot.initramfsSha256],
  ];
}

function ofOtherAgent({ name, file, sha256 }: RunReport['others'][number]): readonly Unsure[] {
  return [
    [`agent.${name}.file`, file],
    [`agent.${name}.sha256`, sha256],
  ];
}

function ofObject(object: ObjectIdentity): readonly Unsure[] {
  return [
    [`object.${object.name}.file`, object.file],
    [`object.${object.name}.sha256`, object.sha256],
    [`object.${object.name}.compiler`, object.compiler],
  ];
}
