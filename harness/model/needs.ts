// SPDX-License-Identifier: Apache-2.0
/** What an object needs of its loader and does not say itself; plain data, stored with the evidence. */

/** Whose way of asking the kernel for maps is taken: libbpf's, or that of cilium/ebpf. */
export const loaderNames = ['libbpf', 'ebpf-go'] as const;
export type LoaderName = (typeof loaderNames)[number];

/** Types that a map which the configuration describes may have, as libbpf names them. */
export const mapTypes = [
  'hash',
  'array',
  'prog_array',
  'perf_event_array',
  'percpu_hash',
  'percpu_array',
  'stack_trace',
  'cgroup_array',
  'lru_hash',
  'lru_percpu_hash',
  'lpm_trie',
  'devmap',
  'sockmap',
  'cpumap',
  'xskmap',
  'sockhash',
  'reuseport_sockarray',
  'queue',
  'stack',
  'devmap_hash',
  'ringbuf',
  'bloom_filter',
  'user_ringbuf',
] as const;

/** What BPF_MAP_CREATE is asked for. Sizes in bytes, `flags` as in bpf(2). */
export interface MapShape {
  readonly type: (typeof mapTypes)[number];
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
}

/** A program of another object, loaded before, of which a function is replaced (freplace) or traced (fentry, fexit). */
export interface AttachTarget {
  /** The file, as the configuration has it. */
  readonly object: string;
  /** Of the file, hex. */
  readonly sha256: string;
  readonly program: string;
  /** The program's own name stands for the whole of it. */
  readonly function: string;
}

/** Null where the object's own word counts. */
export interface ProgramNeeds {
  readonly name: string;
  readonly autoload: boolean | null;
  /** Where it is attached: a function, an LSM hook, a tracepoint; or a function of another program. */
  readonly attach: string | AttachTarget | null;
}

export interface MapNeeds {
  readonly name: string;
  readonly maxEntries: number | null;
  /** What its inner maps are like; or the name of a map of the object that they are like. */
  readonly inner: MapShape | string | null;
  /** Below /sys/fs/bpf; `existing` is what another program has pinned there before. */
  readonly pinned: { readonly path: string; readonly existing: MapShape | null } | null;
}

export interface VariableNeeds {
  readonly name: string;
  /** Of the object, `.rodata`. */
  readonly section: string;
  /** Bytes within the section. */
  readonly offset: number;
  /** As the configuration has it, for people. */
  readonly value: string;
  /** The bytes, lower-case hex. */
  readonly hex: string;
}

export interface ObjectNeeds {
  readonly loader: LoaderName;
  readonly programs: readonly ProgramNeeds[];
  readonly maps: readonly MapNeeds[];
  readonly variables: readonly VariableNeeds[];
}

export const mapAttributes = ['key_size', 'value_size', 'max_entries'] as const;

/** An attribute of a map for which the two loaders ask the kernel differently, on this machine. */
export interface MapFixup {
  readonly map: string;
  readonly attribute: (typeof mapAttributes)[number];
  readonly libbpf: number;
  readonly ebpfGo: number;
}

/** Sentences that say what was given, one each: `map counts: max_entries 16`. */
export function describeNeeds({ programs, maps, variables }: ObjectNeeds): readonly string[] {
  return [
    ...programs.flatMap(({ name, autoload, attach }) => [
      ...(autoload === null ? [] : [`${name}: autoload ${autoload ? 'on' : 'off'}`]),
      ...(attach === null ? [] : [`${name}: attached to ${describePlace(attach)}`]),
    ]),
    ...maps.flatMap(({ name, maxEntries, inner, pinned }) => [
      ...(maxEntries === null ? [] : [`map ${name}: max_entries ${maxEntries}`]),
      ...(inner === null
        ? []
        : [`map ${name}: inner maps like ${typeof inner === 'string' ? inner : describeShape(inner)}`]),
      ...(pinned === null ? [] : [`map ${name}: pinned at ${pinned.path}${existing(pinned.existing)}`]),
    ]),
    ...variables.map(({ name, value }) => `${name} = ${value}`),
  ];
}

const describePlace = (attach: string | AttachTarget): string =>
  typeof attach === 'string' ? attach : `function ${attach.function} of program ${attach.program} of ${attach.object}`;

const existing = (shape: MapShape | null): string =>
  shape === null ? '' : `, where there is one: ${describeShape(shape)}`;

function describeShape({ type, keySize, valueSize, maxEntries, flags }: MapShape): string {
  const sizes = `key_size ${keySize}, value_size ${valueSize}, max_entries ${maxEntries}`;
  return `${type} (${sizes}${flags === 0 ? '' : `, map_flags ${flags}`})`;
}
