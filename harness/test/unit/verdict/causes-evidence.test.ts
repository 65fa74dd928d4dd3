// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KernelSymbol, KernelType, MapRequest } from '../../../model/evidence.js';
import { callChainOf } from '../../../verdict/call-chain.js';
import { causeOf } from '../../../verdict/causes.js';
import { type Cause, type CauseCase, nothingKnown } from '../../../verdict/causes-case.js';

const cause = (more: Pick<CauseCase, 'code'> & Partial<CauseCase>): Cause | null =>
  causeOf({ ...nothingKnown, decidingLine: '', ...more });

describe('a map that was refused', () => {
  const usual: MapRequest = { type: 'hash', keySize: 4, valueSize: 4, maxEntries: 1, flags: 0, hasInner: false };
  const refused = (
    asked: Partial<MapRequest> | null,
    release = '6.12.1',
    loader = nothingKnown.loader,
  ): Cause | null => {
    const map = { map: 'm', errno: 22, asked: asked === null ? null : { ...usual, ...asked } };
    return cause({ code: 'MAP_UNSUPPORTED', missingMaps: [map], release, loader });
  };

  it.each([
    [{ type: 'ringbuf', keySize: 0, maxEntries: 4096 }, 'a ringbuf with value_size 4, and the kernel answers EINVAL'],
    [{ type: 'ringbuf', valueSize: 0, maxEntries: 4096 }, 'key_size 4'],
    [{ type: 'ringbuf', keySize: 0, valueSize: 0, maxEntries: 5000 }, 'max_entries 5000'],
    [{ type: 'user_ringbuf', keySize: 0, valueSize: 0, maxEntries: 12288 }, 'max_entries 12288'],
    [{ type: 'array', keySize: 8 }, 'key_size 8'],
    [{ type: 'hash', maxEntries: 0 }, 'max_entries 0'],
    [{ type: 'perf_event_array', valueSize: 8 }, 'value_size 8'],
    [{ type: 'queue' }, 'key_size 4'],
    [{ type: 'lpm_trie', keySize: 8 }, 'map_flags 0'],
    [{ type: 'task_storage', flags: 1 }, 'max_entries 1'],
    [{ type: 'stack_trace', valueSize: 4 }, 'value_size 4'],
  ])('%j', (asked, words) => {
    expect(refused(asked)).toMatchObject({ id: 'map-attributes' });
    expect(refused(asked)?.explanation).toContain(words);
  });

  describe('says what another loader does, where the kernel would take that', () => {
    const ring = { type: 'ringbuf', keySize: 0, valueSize: 0, maxEntries: 4096 };
    const differs = { map: 'm', attribute: 'value_size', libbpf: 4, ebpfGo: 0 } as const;
    const rounded = { map: 'm', attribute: 'max_entries', libbpf: 8192, ebpfGo: 5000 } as const;

    it.each([
      ['libbpf', { valueSize: 4 }, differs, 'cilium/ebpf drops that before', '"loader": "ebpf-go" in'],
      ['ebpf-go', { maxEntries: 5000 }, rounded, 'libbpf makes it 8192 before', 'leave "loader": "ebpf-go" out'],
    ] as const)('%s', (name, asked, fixup, explanation, hint) => {
      const found = refused({ ...ring, ...asked }, '6.12.1', { name, fixups: [fixup] });
      expect(found?.explanation).toContain(explanation);
      expect(found?.hint).toContain(hint);
    });

    it.each([
      ['of another map', { ...differs, map: 'n' }],
      ['of another attribute', { ...differs, attribute: 'key_size' }],
      ['that does not help', { ...differs, ebpfGo: 8 }],
    ] as const)('and nothing of a change %s', (_, fixup) => {
      const found = refused({ ...ring, valueSize: 4 }, '6.12.1', { name: 'libbpf', fixups: [fixup] });
      expect(found?.explanation).toMatch(/neither keys nor values\.$/);
    });
  });

  it('needs its inner map', () => {
    expect(refused({ type: 'hash_of_maps' })?.id).toBe('missing-inner-map');
    expect(refused({ type: 'hash_of_maps', hasInner: true })).toBeNull();
  });

  it('has no cause where all its attributes are as they should be, or are not known', () => {
    expect(refused({})).toBeNull();
    expect(refused({ type: 'sockhash', valueSize: 3 })).toBeNull();
    expect(refused(null)).toBeNull();
    const asked = { ...usual, type: 'ringbuf' };
    expect(cause({ code: 'MAP_UNSUPPORTED', missingMaps: [{ map: 'm', errno: 1, asked }] })).toBeNull();
  });

  it('is of a type that the kernel lacks before anything else', () => {
    expect(refused({ type: 'cgrp_storage' }, '6.1.0')?.id).toBe('unknown-map-type');
  });
});

describe('a probe that could not be put on', () => {
  const symbol: KernelSymbol = {
    name: 'f_start',
    symbols: [],
    traceable: false,
    blacklisted: false,
    inBtf: false,
    near: [],
  };
  const of = (more: Partial<KernelSymbol>): string =>
    cause({ code: 'ATTACH_FAILED', errno: 22, symbol: { ...symbol, ...more } })?.explanation ?? 'none';
  const own = { name: 'f_start', type: 't' };

  it.each([
    [{}, 'This kernel has no function f_start: it is not in /proc/kallsyms.'],
    [{ inBtf: true }, "in this kernel's BTF and has no symbol of its own: the compiler has put it into its callers"],
    [{ symbols: [{ name: 'f_start.isra.0', type: 't' }] }, 'the compiler left f_start.isra.0'],
    [{ symbols: [own] }, 'it is not a place to probe'],
    [{ symbols: [own], blacklisted: true }, 'keeps kprobes away from it'],
    [{ symbols: [own, own] }, '2 functions of the name f_start'],
    [{ symbols: [own], traceable: true }, 'none'],
    [{ symbols: [own], traceable: null }, 'none'],
    [{ symbols: [{ name: 'f_start', type: 'd' }] }, 'no function f_start'],
    [{ near: ['__f_start', 'f_end', 'other'] }, 'The nearest names that it has: __f_start.'],
  ])('%j', (more, words) => {
    expect(of(more)).toContain(words);
  });
});

describe('a kernel without ftrace direct calls', () => {
  const refused = {
    code: 'ATTACH_FAILED',
    errno: 524,
    section: 'lsm/file_open',
    directCalls: 'n',
    release: '6.1.0-57-cloud-arm64',
    machine: 'aarch64',
  } as const;

  it('attaches nothing to a function, and says so by its configuration', () => {
    expect(cause(refused)).toMatchObject({
      id: 'no-direct-calls',
      explanation: expect.stringMatching(
        /^The program loads, and 6\.1\.0-57-cloud-arm64 \(aarch64\) was built/,
      ) as unknown,
    });
    expect(cause({ ...refused, section: '?fexit/vfs_read' })?.id).toBe('no-direct-calls');
  });

  it.each([
    ['another errno', { errno: 22 }],
    ['a kernel with them', { directCalls: 'y' }],
    ['a configuration that nobody knows', { directCalls: null }],
    ['a tracepoint, which needs none', { section: 'tp/sched/sched_process_exec' }],
  ])('is not the cause with %s', (_, more) => {
    expect(cause({ ...refused, ...more })).toBeNull();
  });
});

describe('what the kernel has instead', () => {
  const inode: KernelType = {
    name: 'inode',
    exists: true,
    members: [
      { name: 'i_ctime_sec', type: 'time64_t' },
      { name: 'i_mode', type: 'umode_t' },
    ],
    near: [],
  };
  const relocation = (field: string, kernelTypes: readonly KernelType[]): string =>
    cause({
      code: 'CORE_RELOCATION',
      decidingLine: `failed to resolve CO-RE relocation <byte_off> [8] ${field} (0:0 @ offset 0)`,
      kernelTypes,
    })?.explanation ?? '';

  it('members with a like name', () => {
    expect(relocation('struct inode.i_ctime.tv_sec', [inode])).toContain('it has i_ctime_sec (time64_t).');
    expect(relocation('struct inode.zzz', [inode])).toContain('no member with a name like it among its 2');
  });

  it('of the last type on the way', () => {
    const time: KernelType = {
      name: 'timespec64',
      exists: true,
      members: [{ name: 'tv_nsec', type: 'long' }],
      near: [],
    };
    const known = { ...inode, members: [{ name: 'i_ctime', type: 'struct timespec64' }] };
    expect(relocation('struct inode.i_ctime.tv_usec', [known, time])).toContain(
      'Its timespec64 has no tv_usec; it has tv_nsec',
    );
  });

  it('types with a like name', () => {
    const gone = { name: 'inod', exists: false, members: [], near: ['inode', 'x'] };
    expect(relocation('struct inod.x', [gone])).toContain('It has no type inod; the nearest names that it has: inode.');
  });

  it('and asks for what the relocation is about', () => {
    const hint = (line: string): string | null | undefined =>
      cause({ code: 'CORE_RELOCATION', decidingLine: line })?.hint;
    expect(hint('failed to resolve CO-RE relocation <byte_off> [8] struct s.f (0:0 @ offset 0)')).toContain(
      'field_exists',
    );
    expect(hint('failed to resolve CO-RE relocation <type_size> [8] struct s')).toContain('type_exists');
    expect(hint('failed to resolve CO-RE relocation <enumval_value> [8] enum e::V = 1')).toContain('enum_value_exists');
    expect(hint('invalid func unknown#195896080')).toContain('Ask whether it is there');
  });

  it('nothing where the guest could not look', () => {
    expect(relocation('struct inode.zzz', [])).toBe("This kernel's BTF has no match for struct inode.zzz.");
  });

  const absent = 'struct_ops init_kern: struct bpf_struct_ops_sched_ext_ops is not found in kernel BTF';
  it('tables of struct_ops', () => {
    const type = {
      name: 'bpf_struct_ops_sched_ext_ops',
      exists: false,
      members: [],
      near: ['bpf_struct_ops_tcp_congestion_ops'],
    };
    const found = cause({ code: 'HOOK_MISSING', libbpf: [absent], kernelTypes: [type] });
    expect(found).toMatchObject({ id: 'missing-struct-ops' });
    expect(found?.explanation).toContain('no struct_ops of type sched_ext_ops');
    expect(found?.explanation).toContain('It has tcp_congestion_ops.');
    expect(cause({ code: 'HOOK_MISSING', libbpf: [absent], kernelTypes: [] })).toBeNull();
  });

  it('functions and tracepoints, where not all are listed', () => {
    const missing = (name: string, others: readonly string[]): string =>
      cause({ code: 'HOOK_MISSING', attachPoint: { name, exists: false, others } })?.explanation ?? '';
    expect(missing('vfs_raed', ['vfs_read', 'vfs_readlink'])).toContain('that it has: vfs_read.');
    expect(missing('btf_trace_sched_process_exce', ['sched_process_exec'])).toContain(
      'that it has: sched_process_exec.',
    );
    expect(missing('syscalls/sys_enter_no_such_call', ['syscalls/sys_enter_io_cancel'])).not.toContain('nearest');
  });
});

describe('a program that is attached to another', () => {
  const failed = (line: string, section = 'freplace'): Cause | null =>
    cause({ code: 'LOAD_FAILED', section, decidingLine: line, libbpf: [line] });

  it('whose target does not load, has no such function, or could not be asked', () => {
    const of = "prog 'p': attach target: ";
    const unloaded = failed(`${of}program 'entry' of t.bpf.o does not load: Permission denied`);
    expect(unloaded?.explanation).toContain('program entry of t.bpf.o, which is loaded first, and which this kernel');
    expect(unloaded?.explanation).toContain('Permission denied');
    const absent = failed(`${of}no function 'f' in program 'entry' of t.bpf.o: No such file or directory`);
    expect(absent?.explanation).toContain('function f of program entry of t.bpf.o, and the BTF');
    const unknown = failed(`${of}no function 'f' in program 'entry' of t.bpf.o: Invalid argument`);
    expect([unknown?.id, unknown?.hint]).toEqual(['attach-target', null]);
  });

  it('and was given none', () => {
    const none = "prog 'p': no BTF-based attach target is specified, use bpf_program__set_attach_target()";
    expect(failed(none)?.id).toBe('attach-target');
    expect(failed("prog 'p': attach program FD is not set", '?freplace/main')?.id).toBe('attach-target');
    expect(failed(none, 'fentry')).toBeNull();
  });
});

describe('an object that libbpf does not open', () => {
  const opened = (line: string, more: Partial<CauseCase> = {}): Cause | null =>
    cause({ code: 'OBJECT_INVALID', libbpf: [line], ...more });
  const unresolved = [
    {
      symbol: 'sum_of',
      section: 'xdp',
      insn: 3,
      line: { file: 'a.bpf.c', line: 7, column: 2, text: '\treturn sum_of();' },
    },
  ];

  it('for its maps', () => {
    expect(opened("elf: legacy map definitions in 'maps' section are not supported by libbpf v1.0+")?.id).toBe(
      'legacy-maps',
    );
  });

  it('for a function that nobody defines, with its line', () => {
    const line = "failed to find BTF for extern 'sum_of' [8] section: -2";
    expect(opened(line, { unresolved })).toMatchObject({
      id: 'undefined-extern',
      source: { file: 'a.bpf.c', line: 7, text: 'return sum_of();' },
    });
    expect(opened(line)).toBeNull();
  });

  it('for what is not known has no cause', () => {
    expect(opened('elf: file is not a BPF object', { unresolved })).toBeNull();
  });
});

describe('a chain of calls', () => {
  const insn = (code: number, dst: number, src: number, off: number, imm: number): number[] => [
    code,
    dst | (src << 4),
    ...new Uint8Array(new Int16Array([off]).buffer),
    ...new Uint8Array(new Int32Array([imm]).buffer),
  ];
  const exit = insn(0x95, 0, 0, 0, 0);
  // 0: two calls and exit; 3: uses 40 bytes; 6: 320 bytes by a pointer.
  const program = Uint8Array.from([
    ...insn(0x85, 0, 1, 0, 2),
    ...insn(0x85, 0, 1, 0, 3),
    ...exit,
    ...insn(0x7b, 10, 1, -40, 0),
    ...exit,
    ...insn(0xbf, 1, 10, 0, 0),
    ...insn(0x07, 1, 0, 0, -320),
    ...exit,
  ]);

  it('is the one that adds up to what the verifier says', () => {
    expect(callChainOf(program, 2, 352)).toEqual([
      { start: 0, call: null, bytes: 0 },
      { start: 5, call: 1, bytes: 320 },
    ]);
    expect(callChainOf(program, 2, 96)).toMatchObject([{ start: 0 }, { start: 3, call: 0, bytes: 40 }]);
  });

  it('is none where none adds up', () => {
    expect(callChainOf(program, 2, 640)).toBeNull();
    expect(callChainOf(program, 3, 352)).toBeNull();
    expect(callChainOf(new Uint8Array(), 2, 640)).toBeNull();
  });
});

it('a program type that the kernel lacks, with its age where it is the reason', () => {
  const of = (type: string, release: string): string =>
    cause({ code: 'PROG_TYPE_UNSUPPORTED', type, release })?.explanation ?? '';
  expect(of('netfilter', '6.1.0')).toContain('type netfilter, not even a trivial one; it came with 6.4.');
  expect(of('netfilter', '6.12.0')).not.toContain('came with');
  expect(of('lirc_mode2', '6.1.0')).not.toContain('came with');
});
