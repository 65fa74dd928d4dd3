// SPDX-License-Identifier: Apache-2.0
import type { MapEvidence, MapRequest } from '../model/evidence.js';
import type { Cause, CauseCase, LoaderCase } from './causes-case.js';
import { errnoName } from '../model/errno.js';
import { isOlderThan, mapTypeAge, sinceRelease } from './kernel-additions.js';

/** Why a map could not be created: its type, or an attribute that no map of its type may have. */
export function mapCause({ missingMaps, release, loader }: CauseCase): Cause | null {
  for (const map of missingMaps) {
    const cause = map.asked === null ? null : (unknownType(map, map.asked, release) ?? refused(map, map.asked, loader));
    if (cause !== null) return cause;
  }
  return null;
}

function unknownType({ map }: MapEvidence, { type }: MapRequest, release: string): Cause | null {
  const age = mapTypeAge(type);
  if (age === null || !isOlderThan(release, age)) return null;
  return {
    id: 'unknown-map-type',
    explanation: `This kernel has no maps of type ${type}, which ${map} is${sinceRelease(age)}.`,
    hint: 'Use an older type, or turn the map off with bpf_map__set_autocreate() and keep its users out of the load.',
  };
}

/** EBADF: of the descriptor 0 that stands for no inner map. */
const attributeErrnos = ['EINVAL', 'EBADF'];

function refused({ map, errno }: MapEvidence, asked: MapRequest, loader: LoaderCase): Cause | null {
  // Other errnos are about rights and memory.
  if (!attributeErrnos.includes(errnoName(errno))) return null;
  if (/_of_maps$/.test(asked.type) && !asked.hasInner) return withoutInner(map, asked);
  const wrong = constraintsOf(asked.type).find(({ holds }) => !holds(asked));
  if (wrong === undefined) return null;
  const value = asked[wrong.attribute];
  const other = otherLoader(map, wrong, asked, loader);
  return {
    id: 'map-attributes',
    explanation: `Map ${map} is a ${asked.type} with ${attributeNames[wrong.attribute]} ${value}, and the kernel answers ${errnoName(errno)}: ${wrong.rule}.${other === null ? '' : ` ${other.explanation}`}`,
    hint: `${wrong.hint}${other === null ? '' : ` ${other.hint}`}`,
  };
}

/** What the other loader asks for, where the kernel would take that. */
function otherLoader(
  map: string,
  { attribute, holds }: Constraint,
  asked: MapRequest,
  { name, fixups }: LoaderCase,
): { readonly explanation: string; readonly hint: string } | null {
  const found = fixups.find((fixup) => fixup.map === map && fixup.attribute === attributeNames[attribute]);
  if (found === undefined) return null;
  const wanted = name === 'libbpf' ? found.ebpfGo : found.libbpf;
  if (!holds({ ...asked, [attribute]: wanted })) return null;
  const makes = wanted === 0 ? 'drops that' : `makes it ${wanted}`;
  return name === 'libbpf'
    ? {
        explanation: `cilium/ebpf ${makes} before it asks the kernel, libbpf does not.`,
        hint: 'For an object that is loaded by cilium/ebpf say "loader": "ebpf-go" in matrix.config.json.',
      }
    : {
        explanation: `libbpf ${makes} before it asks the kernel, cilium/ebpf does not.`,
        hint: 'For an object that is loaded by libbpf leave "loader": "ebpf-go" out of matrix.config.json.',
      };
}

function withoutInner(map: string, { type }: MapRequest): Cause {
  return {
    id: 'missing-inner-map',
    explanation: `Map ${map} is a ${type}, and the object does not say what its inner maps are like: its loader has to.`,
    hint: 'Declare the inner map with __array(values, struct { ... }), or give its descriptor with bpf_map__set_inner_map_fd() before the load; here the configuration gives it (`inner`, docs/configuration.md).',
  };
}

type Attribute = 'keySize' | 'valueSize' | 'maxEntries' | 'flags';
const attributeNames: Readonly<Record<Attribute, string>> = {
  keySize: 'key_size',
  valueSize: 'value_size',
  maxEntries: 'max_entries',
  flags: 'map_flags',
};

/** What the kernel wants of an attribute (the `*_alloc_check()` of kernel/bpf). */
interface Constraint {
  readonly attribute: Attribute;
  readonly holds: (asked: MapRequest) => boolean;
  readonly rule: string;
  readonly hint: string;
}

const pageSize = 4096;
const noPrealloc = 1;
const usualFrames = 127;

const zero = (attribute: 'keySize' | 'valueSize' | 'maxEntries', rule: string, hint: string): Constraint => {
  return { attribute, holds: (asked) => asked[attribute] === 0, rule, hint };
};
const four = (attribute: 'keySize' | 'valueSize', hint: string): Constraint => {
  return { attribute, holds: (asked) => asked[attribute] === 4, rule: 'it has to be 4', hint };
};
const some = (attribute: 'keySize' | 'valueSize' | 'maxEntries'): Constraint => ({
  attribute,
  holds: (asked) => asked[attribute] > 0,
  rule: 'it must not be 0',
  hint: `Give it one, with __uint(${attributeNames[attribute]}, ...) or __type(), or have its loader set it.`,
});

const ringbuf: readonly Constraint[] = [
  ...(['keySize', 'valueSize'] as const).map((attribute): Constraint => ({
    ...zero(attribute, 'a ring buffer has neither keys nor values', ''),
    hint: `Leave out __type(${attribute === 'keySize' ? 'key' : 'value'}, ...): what a record is like is a matter of the program and its reader.`,
  })),
  {
    attribute: 'maxEntries',
    holds: ({ maxEntries }) => maxEntries > 0 && maxEntries % pageSize === 0 && Number.isInteger(Math.log2(maxEntries)),
    rule: `its size in bytes has to be a power of two and a multiple of ${pageSize}`,
    hint: `Round it up to a power of two of at least ${pageSize}.`,
  },
];
const array = [four('keySize', 'Use a __u32 for the key.'), some('valueSize'), some('maxEntries')];
const hash = [some('keySize'), some('valueSize'), some('maxEntries')];
const descriptors = [
  four('keySize', 'Use a __u32 for the key.'),
  four('valueSize', 'Use a __u32 for the value, which is a descriptor.'),
  some('maxEntries'),
];
const queue = [zero('keySize', 'it has no keys', 'Leave out __type(key, ...).'), some('valueSize'), some('maxEntries')];
const stackTrace: readonly Constraint[] = [
  four('keySize', 'Use a __u32 for the key.'),
  {
    attribute: 'valueSize',
    holds: ({ valueSize }) => valueSize >= 8 && valueSize % 8 === 0 && valueSize <= usualFrames * 32,
    rule: `it has to be 8 bytes a frame (32 with BPF_F_STACK_BUILD_ID), and at most kernel.perf_event_max_stack frames, usually ${usualFrames}`,
    hint: `Give it __uint(value_size, ${usualFrames} * sizeof(__u64)).`,
  },
  some('maxEntries'),
];
const needsNoPrealloc: Constraint = {
  attribute: 'flags',
  holds: ({ flags }) => (flags & noPrealloc) !== 0,
  rule: 'it has to have BPF_F_NO_PREALLOC',
  hint: 'Add __uint(map_flags, BPF_F_NO_PREALLOC).',
};
const storage = [
  needsNoPrealloc,
  zero('maxEntries', 'it grows with the objects that it belongs to', 'Leave out __uint(max_entries, ...).'),
  four('keySize', 'Use an int for the key.'),
  some('valueSize'),
];

const constraints: Readonly<Record<string, readonly Constraint[]>> = {
  ringbuf,
  user_ringbuf: ringbuf,
  array,
  percpu_array: array,
  hash,
  percpu_hash: hash,
  lru_hash: hash,
  lru_percpu_hash: hash,
  perf_event_array: descriptors,
  prog_array: descriptors,
  array_of_maps: descriptors,
  queue,
  stack: queue,
  stack_trace: stackTrace,
  lpm_trie: [needsNoPrealloc, some('valueSize'), some('maxEntries')],
  sk_storage: storage,
  inode_storage: storage,
  task_storage: storage,
  cgrp_storage: storage,
};

const constraintsOf = (type: string): readonly Constraint[] => constraints[type] ?? [];
