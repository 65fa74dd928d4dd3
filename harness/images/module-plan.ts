// SPDX-License-Identifier: Apache-2.0
import { invocation } from '../model/invocation.js';
import { readFile } from 'node:fs/promises';
import { type LoadableModule, moduleClosure } from '../kernels/closure.js';
import { extraModules, type ModuleTree, readModuleTree } from '../kernels/modules.js';
import { InfraError } from '../model/errors.js';
import { howToGetModules } from './missing-modules.js';
import type { ReadyKernel } from '../model/kernel.js';

/** What goes into an image besides the guest. */
export interface ModulePlan {
  /** Loaded by the guest before it looks for its port, in this order. */
  readonly boot: readonly LoadableModule[];
  /** There for scenarios, in loading order; none that is already in `boot`. */
  readonly extra: readonly LoadableModule[];
  /** Names of modules in `boot` that are not there, and of which nothing says that they are not built in. */
  readonly assumed: readonly string[];
  /** What is missing and can be done without, one line each. */
  readonly notes: readonly string[];
}

/** The build option behind each module that a guest cannot do without. */
const optionOf: Readonly<Record<string, string>> = {
  virtio: 'CONFIG_VIRTIO',
  virtio_ring: 'CONFIG_VIRTIO',
  virtio_pci_legacy_dev: 'CONFIG_VIRTIO_PCI_LIB_LEGACY',
  virtio_pci_modern_dev: 'CONFIG_VIRTIO_PCI_LIB',
  virtio_pci: 'CONFIG_VIRTIO_PCI',
  virtio_console: 'CONFIG_VIRTIO_CONSOLE',
  overlay: 'CONFIG_OVERLAY_FS',
  dummy: 'CONFIG_DUMMY',
  sch_ingress: 'CONFIG_NET_SCH_INGRESS',
  cls_bpf: 'CONFIG_NET_CLS_BPF',
};

/** The two drivers the guest's port hangs on; whatever else they need on this kernel, they depend on. */
const needed = ['virtio_pci', 'virtio_console'] as const;

/** What is known of a kernel's build. */
interface Evidence {
  readonly kernel: ReadyKernel;
  readonly tree: ModuleTree | null;
  readonly config: ReadonlyMap<string, string> | null;
}

/**
 * Finds out which modules this kernel needs, by its own modules, modules.builtin and configuration.
 * @throws InfraError IMAGE_BUILD, with the evidence, when a needed driver is neither built in nor there as a module.
 */
export async function planModules(kernel: ReadyKernel, signal?: AbortSignal): Promise<ModulePlan> {
  const { modules: folder, config } = kernel.files;
  const evidence: Evidence = {
    kernel,
    tree: folder === null ? null : await readModuleTree(folder),
    config: config === null ? null : parseKernelConfig(await readFile(config, 'utf8')),
  };
  const boot = await bootModules(evidence, signal);
  const names = new Set(boot.modules.map((module) => module.name));
  const extra = await scenarioModules(evidence, names, signal);
  const { modules, assumed } = boot;
  return { boot: modules, assumed, extra: extra.modules, notes: [...boot.notes, ...extra.notes] };
}

interface Part {
  readonly modules: readonly LoadableModule[];
  readonly notes: readonly string[];
}

const noTree: ModuleTree = { files: new Map(), builtin: null };

async function bootModules(evidence: Evidence, signal?: AbortSignal): Promise<Part & Pick<ModulePlan, 'assumed'>> {
  const { modules, missing } = await closure(evidence, needed, () => false, signal);
  for (const { name, neededBy } of missing) {
    if (neededBy !== null) throw withoutModule(evidence, `module ${neededBy} needs ${name}, which is not there`);
    assertUnknown(evidence, name);
  }
  const assumed = missing.map(({ name }) => name);
  const why = 'neither configuration nor modules are known; taken to be built in';
  return { modules, assumed, notes: assumed.map((name) => `${name}: ${why}`) };
}

/** A needed driver without a file is built in, unless something says that it is not: a reason not to boot at all. */
function assertUnknown(evidence: Evidence, name: string): void {
  const option = optionOf[name] ?? name;
  const value = evidence.config?.get(option);
  if (evidence.config !== null) {
    throw withoutModule(evidence, `${option} is ${value ?? 'not set'} in its configuration and there is no ${name}.ko`);
  }
  if (evidence.tree?.builtin) {
    throw withoutModule(evidence, `${name} is neither in modules.builtin nor among its modules`);
  }
}

async function scenarioModules(evidence: Evidence, loaded: ReadonlySet<string>, signal?: AbortSignal): Promise<Part> {
  const modules = new Map<string, LoadableModule>();
  const notes: string[] = [];
  for (const name of extraModules) {
    const part = await closure(evidence, [name], (other) => loaded.has(other) || modules.has(other), signal);
    const lost = part.missing.map((other) => other.name).join(', ');
    if (lost === '') for (const module of part.modules) modules.set(module.name, module);
    else notes.push(`${name}: not available, ${lost} is neither built in nor there as a module`);
  }
  return { modules: [...modules.values()], notes };
}

async function closure(
  evidence: Evidence,
  wanted: readonly string[],
  isThere: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<Awaited<ReturnType<typeof moduleClosure>>> {
  try {
    const builtin = (name: string): boolean => isBuiltin(evidence, name) || isThere(name);
    return await moduleClosure(evidence.tree ?? noTree, wanted, builtin, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw unbuildable(evidence, (error as Error).message, error);
  }
}

function isBuiltin({ tree, config }: Evidence, name: string): boolean {
  const option = optionOf[name];
  return (tree?.builtin?.has(name) ?? false) || (option !== undefined && config?.get(option) === 'y');
}

/** A module that a guest cannot do without is not there. */
function withoutModule(evidence: Evidence, detail: string): InfraError {
  return new InfraError('IMAGE_BUILD', {
    message: unbuildableMessage(evidence, detail),
    next: howToGetModules(evidence.kernel.identity),
  });
}

/** Its modules are there, and cannot be loaded. */
function unbuildable(evidence: Evidence, detail: string, cause: unknown): InfraError {
  const { id, source } = evidence.kernel.identity;
  return new InfraError('IMAGE_BUILD', {
    message: unbuildableMessage(evidence, detail),
    next:
      source === 'file'
        ? howToGetModules(evidence.kernel.identity)
        : `Run \`${invocation} kernels fetch ${id}\` after removing its cache entry, and report this if it stays.`,
    cause,
  });
}

function unbuildableMessage({ kernel }: Evidence, detail: string): string {
  const from = kernel.files.modules ?? kernel.files.config ?? kernel.files.image;
  return `image: ${kernel.identity.id}: ${detail} (${from})`;
}

/** Options of a kernel's `.config`: `y`, `m` or a value; options that are not set are not in it. */
function parseKernelConfig(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']));
}
