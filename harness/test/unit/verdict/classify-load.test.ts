// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ProgramEvidence } from '../../../model/evidence.js';
import { loadedEvidence } from '../../fixtures/evidence-load.js';
import { classifyLoad } from '../../../verdict/classify-load.js';

const facts = { btf: { sha256: 'aa', size: 1 } };

function evidence(parts: Partial<ProgramEvidence>): ProgramEvidence {
  return { ...loadedEvidence('p'), stage: 'prog', errno: 22, log: '', logBytes: 0, stats: null, ...parts };
}

const log = (line: string): string =>
  `0: (b7) r0 = 0\n${line}\nprocessed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n`;

describe('classifyLoad', () => {
  it.each([
    ['VERIFIER_REJECTED', { log: log('R0 !read_ok') }],
    ['VERIFIER_REJECTED', { log: log('Unreleased reference id=2 alloc_insn=0') }],
    ['HELPER_UNSUPPORTED', { log: log('unknown func bpf_get_current_task_btf#158') }],
    ['HELPER_UNSUPPORTED', { log: log('invalid func unknown#193') }],
    ['HELPER_UNSUPPORTED', { log: log('program of this type cannot use helper bpf_ima_file_hash#193') }],
    ['HELPER_UNSUPPORTED', { log: log('helper call is not allowed in probe') }],
    ['CORE_RELOCATION', { log: log('invalid func unknown#195896080') }],
    ['CORE_RELOCATION', { log: log('failed to resolve CO-RE relocation <byte_off> [9] struct s.f (0:1 @ offset 4)') }],
    ['CORE_RELOCATION', { stage: 'prepare', libbpf: ["prog 'p': relo #3: no matching targets found"] } as const],
    [
      'HELPER_UNSUPPORTED',
      {
        stage: 'prepare',
        errno: 3,
        libbpf: [
          "extern (func ksym) 'bpf_x': not found in kernel or module BTFs",
          "failed to load object '/tmp/x.bpf.o'",
        ],
      } as const,
    ],
    ['LOAD_FAILED', { stage: 'map', errno: 131, libbpf: ['guest: the loader was killed by signal 9'] } as const],
    ['VERIFIER_REJECTED', { log: log('cannot call GPL-restricted function from non-GPL compatible program') }],
    ['MAP_UNSUPPORTED', { log: log("BPF map 'm' is referenced but wasn't created"), missingMaps: ['m'] }],
    ['MAP_UNSUPPORTED', { stage: 'map', missingMaps: ['m'] } as const],
    [
      'HOOK_MISSING',
      { stage: 'prepare', errno: 3, attachPoint: { name: 'bpf_lsm_file_mmap', exists: false, others: [] } } as const,
    ],
    ['PROG_TYPE_UNSUPPORTED', { progTypeSupported: false }],
    ['OBJECT_INVALID', { stage: 'open', errno: 8 } as const],
    ['LOAD_FAILED', { errno: 1 }],
    [
      'LOAD_FAILED',
      { stage: 'prepare', errno: 3, attachPoint: { name: 'bpf_lsm_x', exists: true, others: [] } } as const,
    ],
  ])('%s: %o', (code, parts) => {
    expect(classifyLoad(evidence(parts as Partial<ProgramEvidence>), facts).code).toBe(code);
  });

  it('is BTF_MISSING only when the kernel really has none', () => {
    const parts = evidence({ stage: 'prepare', errno: 3 });
    expect(classifyLoad(parts, { btf: null }).code).toBe('BTF_MISSING');
    expect(classifyLoad(parts, facts).code).toBe('LOAD_FAILED');
  });

  it('judges by evidence, not by words in a path or a source comment', () => {
    const misleading = evidence({
      log: '; /src/unknown func bpf_x#1/BTF/core.c: helper map hook\n0: (b7) r0 = 0\nR1 !read_ok\n',
      libbpf: ["prog 'CO-RE_hook': BPF program load failed: Invalid argument"],
    });
    expect(classifyLoad(misleading, facts)).toMatchObject({ code: 'VERIFIER_REJECTED', decidingLine: 'R1 !read_ok' });
  });

  it('does not call a hook missing when the verifier had something to say', () => {
    const parts = evidence({ log: log('R1 !read_ok'), attachPoint: { name: 'bpf_lsm_x', exists: false, others: [] } });
    expect(classifyLoad(parts, facts).code).toBe('VERIFIER_REJECTED');
  });

  it('names the map and the errno it rests on', () => {
    const parts = evidence({ stage: 'map', errno: 22, missingMaps: ['storage'] });
    expect(classifyLoad(parts, facts).decidingLine).toBe('BPF_MAP_CREATE storage: EINVAL');
  });
});
