// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { loaderNames, mapTypes } from '../model/needs.js';

const u32 = z.number().int().min(0).max(0xffff_ffff);

const mapShape = z
  .strictObject({
    type: z.enum(mapTypes),
    keySize: u32.describe('bytes'),
    valueSize: u32.describe('bytes'),
    maxEntries: u32,
    flags: u32.default(0).describe('as in bpf(2): 1 is BPF_F_NO_PREALLOC'),
  })
  .describe('a map, as BPF_MAP_CREATE takes it');

const pinPath = z
  .string()
  .regex(/^\/sys\/fs\/bpf(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/, 'not a path below /sys/fs/bpf: /sys/fs/bpf/mine/events');

/** Names in lines of the protocol have no spaces in them. */
const symbol = z.string().regex(/^[A-Za-z0-9_.]{1,127}$/, 'not a name of a program or function');
const place = z
  .string()
  .regex(/^[A-Za-z0-9_.]+(\/[A-Za-z0-9_.]+)?$/, 'neither a function, a hook, nor a tracepoint as category/name');

const attachTarget = z
  .strictObject({
    object: z.string().min(1).describe('the object of the other program, relative to this file'),
    program: symbol.describe('the other program: it is loaded first'),
    function: symbol.exactOptional().describe('the function of it; without this, the program itself'),
  })
  .describe('a function of another BPF program, for freplace, fentry and fexit');

const programNeeds = z.strictObject({
  autoload: z.boolean().exactOptional().describe('false: as SEC("?..."), loaded alone and not with the object'),
  attach: z
    .union([place, attachTarget], {
      error:
        'neither a function, a hook, a tracepoint as category/name, nor {object, program, function} of another program',
    })
    .exactOptional()
    .describe(
      'the function, LSM hook or tracepoint (category/name) that it is attached to, in place of what its section says; or the program that it replaces or traces a function of',
    ),
});

const mapNeeds = z.strictObject({
  maxEntries: u32.min(1).exactOptional().describe('in place of what the object says'),
  inner: z
    .union([z.string().min(1), mapShape], { error: 'neither the name of a map of the object nor {type, keySize, ...}' })
    .exactOptional()
    .describe('what the inner maps of a map of maps are like: a map of the object, or a description'),
  pinned: z
    .union([pinPath, z.strictObject({ path: pinPath, existing: mapShape.exactOptional() })], {
      error: 'neither a path below /sys/fs/bpf nor {path, existing}',
    })
    .exactOptional()
    .describe('where it is pinned; `existing` is the map that another program has left there before'),
});

const variable = z
  .union([z.number().int(), z.boolean(), z.string(), z.strictObject({ hex: z.string().regex(/^([0-9a-f]{2})+$/i) })], {
    error: 'neither a whole number, true, false, a string, nor {"hex": "00ff"}',
  })
  .describe('a value for a global variable; a string fills an array of characters');

/** `objects` of matrix.config.json: what objects need of their loader and do not say themselves. */
export const objectNeedsSchema = z.strictObject({
  path: z.string().min(1).describe('the object, or a pattern for several, relative to this file'),
  loader: z
    .enum(loaderNames)
    .default('libbpf')
    .describe('ebpf-go asks the kernel for maps as cilium/ebpf does (docs/libbpf.md)'),
  programs: z.record(z.string(), programNeeds).default({}).describe('by name or pattern (`*`, `?`)'),
  maps: z.record(z.string(), mapNeeds).default({}).describe('by name'),
  rodata: z
    .record(z.string(), variable)
    .default({})
    .describe('values of global variables before the load: `const volatile` ones, and those of .data and .bss'),
});

export type ObjectNeedsConfig = z.output<typeof objectNeedsSchema>;
export type AttachTargetConfig = z.output<typeof attachTarget>;
export type MapNeedsConfig = z.output<typeof mapNeeds>;
export type VariableConfig = z.output<typeof variable>;
