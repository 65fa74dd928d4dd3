// SPDX-License-Identifier: Apache-2.0
import type { LoadableModule } from '../kernels/closure.js';
import type { CpioEntry } from './cpio.js';
import type { ModulePlan } from './module-plan.js';

/** Where the guest mounts, and where uploads and modules go. */
const folders = ['boot', 'dev', 'modules', 'modules/boot', 'modules/extra', 'proc', 'root', 'run', 'sys', 'tmp'];

/** Everything in the image: the guest as /init, empty mount points, a console, the modules and the order of loading. */
export function imageContents(init: Uint8Array, plan: ModulePlan): CpioEntry[] {
  const boot = plan.boot.map((module, index) => moduleFile(`modules/boot/${bootName(module, index)}`, module));
  const extra = plan.extra.map((module) => moduleFile(`modules/extra/${module.name}.ko`, module));
  return [
    ...folders.map((path): CpioEntry => ({ kind: 'folder', path, mode: path === 'tmp' ? 0o1777 : 0o755 })),
    // Without it the kernel starts init with no standard streams: "unable to open an initial console".
    { kind: 'character', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
    { kind: 'file', path: 'init', mode: 0o755, data: init },
    listFile('modules/boot.list', boot),
    listFile('modules/extra.list', extra),
    ...boot,
    ...extra,
  ];
}

/** `00-virtio_ring.ko`: the number is the order of loading, for people who look into the image. */
function bootName(module: LoadableModule, index: number): string {
  return `${String(index).padStart(2, '0')}-${module.name}.ko`;
}

function moduleFile(path: string, module: LoadableModule): CpioEntry {
  return { kind: 'file', path, mode: 0o644, data: module.bytes };
}

/** Absolute paths, one a line, in the order of loading. */
function listFile(path: string, modules: readonly CpioEntry[]): CpioEntry {
  return { kind: 'file', path, mode: 0o644, data: Buffer.from(modules.map((module) => `/${module.path}\n`).join('')) };
}
