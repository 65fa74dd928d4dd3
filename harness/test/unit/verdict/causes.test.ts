// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { MapEvidence } from '../../../model/evidence.js';
import { causeOf, causePage } from '../../../verdict/causes.js';
import { type CauseCase, nothingKnown } from '../../../verdict/causes-case.js';
import { verifierTrailOf } from '../../../verdict/verifier-trail.js';

const map = (type: string): MapEvidence => ({
  map: 'm',
  errno: 22,
  asked: { type, keySize: 4, valueSize: 4, maxEntries: type.endsWith('_storage') ? 0 : 1, flags: 1, hasInner: false },
});

function rejection(decidingLine: string, more: Partial<CauseCase> = {}): CauseCase {
  return {
    ...nothingKnown,
    code: 'VERIFIER_REJECTED',
    decidingLine,
    marks: verifierTrailOf(`7: (85) call something#1\n${decidingLine}\n`),
    type: 'lsm',
    section: 'lsm/file_open',
    release: '6.1.0-56-cloud-amd64',
    ...more,
  };
}

const idOf = (rejection: CauseCase): string | null => causeOf(rejection)?.id ?? null;
const helper = { code: 'HELPER_UNSUPPORTED' } as const;

describe('causeOf', () => {
  it.each([
    ['lsm-return-range', 'At program exit the register R0 has smin=0 smax=4294967295 should have been in [-4095, 0]'],
    ['lsm-return-range', 'At program exit the register R0 has unknown scalar value should have been in [-4095, 0]'],
    ['unreleased-reference', 'Unreleased reference id=2 alloc_insn=6'],
    ['unreleased-reference', 'BPF_EXIT instruction in main prog would lead to reference leak'],
    ['missing-null-check', "R0 invalid mem access 'map_value_or_null'"],
    ['missing-null-check', "R1 invalid mem access 'ringbuf_mem_or_null'"],
    ['missing-null-check', 'R1 type=map_value_or_null expected=fp, pkt, pkt_meta, map_key, map_value'],
    ['missing-null-check', 'R0 pointer arithmetic on map_value_or_null prohibited, null-check it first'],
    ['unbounded-access', 'R0 unbounded memory access, make sure to bounds check any such access'],
    ['unbounded-access', "R2 min value is negative, either use unsigned or 'var &= const'"],
    ['uninitialised-stack', 'invalid indirect read from stack R2 off -8+1 size 8'],
    ['uninitialised-stack', 'invalid read from stack R2 off -8+1 size 8'],
    ['uninitialised-stack', 'invalid read from stack off -16+0 size 8'],
    ['uninitialised-register', 'R5 !read_ok'],
    ['instruction-limit', 'BPF program is too large. Processed 1000001 insn'],
    ['infinite-loop', 'infinite loop detected at insn 3'],
    ['stack-limit', 'combined stack size of 2 calls is 640. Too large'],
  ])('%s: %s', (id, line) => {
    expect(idOf(rejection(line))).toBe(id);
  });

  it.each([
    "R1 invalid mem access 'scalar'",
    'R0 min value is outside of the allowed memory range',
    'The sequence of 8193 jumps is too complex.',
    'cannot call GPL-restricted function from non-GPL compatible program',
    '; R5 !read_ok',
  ])('is unknown without a pattern: %s', (line) => {
    expect(causeOf(rejection(line))).toBeNull();
  });

  it('looks at the neighbours of the deciding line', () => {
    const verdictLines = [
      'invalid access to map value, value_size=64 off=60 size=8',
      'R0 max value is outside of the allowed memory range',
    ];
    expect(idOf(rejection(verdictLines[0]!, { verdictLines }))).toBe('unbounded-access');
  });

  it('calls a return range an LSM matter for LSM programs alone', () => {
    const line = 'At program exit the register R0 has value (0x2; 0x0) should have been in (0x0; 0x1)';
    expect(idOf(rejection(line, { type: 'cgroup_skb' }))).toBe('return-range');
  });

  it('puts the numbers of the log into the words', () => {
    const line = 'combined stack size of 2 calls is 640. Too large';
    expect(causeOf(rejection(line))?.explanation).toContain('need 640 bytes');
    expect(causePage('stack-limit')).toBe('docs/rejections/stack-limit.md');
  });

  it('rests on the code as well: an unread line of another failure is no cause', () => {
    expect(causeOf(rejection('R5 !read_ok', { code: 'LOAD_FAILED' }))).toBeNull();
  });
});

describe('what a kernel lacks', () => {
  it.each([
    ['invalid func unknown#193', 'helper 193; it came with 5.18'],
    ['invalid func unknown#158', 'helper 158; it came with 5.11'],
    ['invalid func unknown#9999', 'helper 9999; no kernel up to 7.2 has it'],
  ])('%s: %s', (line, words) => {
    const cause = causeOf(rejection(line, helper));
    expect(cause?.id).toBe('unknown-helper');
    expect(cause?.explanation).toContain(words);
  });

  it.each([
    'unknown func bpf_redirect#23',
    'program of this type cannot use helper bpf_redirect#23',
    'helper call is not allowed in probe',
  ])('a helper that exists is not allowed: %s', (line) => {
    expect(idOf(rejection(line, helper))).toBe('helper-not-allowed');
  });

  it('a kfunc, with its release where it is known', () => {
    const line = (name: string): string => `extern (func ksym) '${name}': not found in kernel or module BTFs`;
    expect(causeOf(rejection(line('bpf_path_d_path'), helper))?.explanation).toContain('it came with 6.12');
    expect(causeOf(rejection(line('bpf_mine'), helper))?.explanation).toBe('This kernel has no kfunc bpf_mine.');
    expect(causeOf(rejection("extern (var ksym) 'x': not found in kernel BTF", helper))).toBeNull();
  });

  it('a field, or that there is one', () => {
    const code = 'CORE_RELOCATION';
    const told = 'failed to resolve CO-RE relocation <byte_off> [6] struct task_struct___lost.gone (0:0 @ offset 0)';
    expect(causeOf(rejection(told, { code }))?.explanation).toContain('match for struct task_struct___lost.gone.');
    expect(causeOf(rejection('invalid func unknown#195896080', { code }))?.explanation).toContain('a field or type');
  });

  it.each([
    ['cgrp_storage', '6.1.0', 'it came with 6.2'],
    ['33', '6.1.0', 'it came with 6.9'],
    ['9999', '7.2.1', 'no kernel up to 7.2 has it'],
    ['cgrp_storage', '6.12.1', null],
    ['34', '6.12.1', null],
    ['hash', '5.10.0', null],
  ])('a map of type %s on %s: %s', (type, release, words) => {
    const cause = causeOf(
      rejection('BPF_MAP_CREATE m: EINVAL', { code: 'MAP_UNSUPPORTED', missingMaps: [map(type)], release }),
    );
    if (words === null) expect(cause).toBeNull();
    else expect(cause?.explanation).toContain(words);
  });

  it('a hook, with the names that are like it', () => {
    const others = ['mmap_file', 'socket_connect', 'socket_bind', 'verify_prog'];
    const missing = (name: string): string =>
      causeOf(rejection('', { code: 'HOOK_MISSING', attachPoint: { name, exists: false, others } }))?.explanation ?? '';
    expect(missing('bpf_lsm_file_mmap')).toContain('that it has: mmap_file.');
    expect(missing('bpf_lsm_socket_conect')).toContain('that it has: socket_connect.');
    expect(missing('bpf_lsm_verify_prog')).not.toContain('nearest');
    expect(missing('bpf_lsm_zzz')).toBe('This kernel has no bpf_lsm_zzz.');
    expect(missing('syscalls/sys_enter_x')).toBe('This kernel has no syscalls/sys_enter_x.');
  });
});
