// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import type { AttachVerdict, Explanation, LoadVerdict, RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, textOf, variant } from './matrix.js';

/** Objects that users brought and that were given a wrong explanation or none: what is true of them, kernel by kernel. */

const kernels = ['6.1', '6.12', '7.2'] as const;
type Kernel = (typeof kernels)[number];

interface Row {
  /** `bpf/variants/cases/<object>.bpf.c`. */
  readonly object: string;
  /** Null for the object that libbpf does not open. */
  readonly program: string | null;
  readonly step?: 'attach';
  /** `ok`, or the code, the cause and words of the explanation; in the order of the kernels. */
  readonly wanted: readonly Wanted[];
}
type Wanted = 'ok' | readonly [code: string, cause: string, ...words: readonly string[]];

const thrice = (wanted: Wanted): readonly Wanted[] => [wanted, wanted, wanted];
const laterThan61 = (wanted: Wanted): readonly Wanted[] => ['ok', wanted, wanted];
const range = (...words: readonly string[]): Wanted => ['VERIFIER_REJECTED', 'lsm-return-range', ...words];
const applied = (object: string, program: string): Row => ({ object, program, wanted: thrice('ok') });
const noTable: Wanted = ['HOOK_MISSING', 'missing-struct-ops', 'no struct_ops of type sched_ext_ops'];

const rows: readonly Row[] = [
  { object: 'return_positive', program: 'no_writers', wanted: laterThan61(range('anything from 0 to 1', 'w0 &= 1')) },
  { object: 'return_map_value', program: 'as_decided', wanted: laterThan61(range('from the value of map decided')) },
  {
    object: 'return_barrier_applied',
    program: 'as_decided',
    wanted: laterThan61(range('from the value of map decided')),
  },
  {
    object: 'return_barrier_applied',
    program: 'no_writers',
    wanted: laterThan61(range("a number of the program's own, 1")),
  },
  { object: 'struct_ops_member', program: 'set_bandwidth', wanted: [noTable, noTable, 'ok'] },
  {
    object: 'netfilter',
    program: 'accepts',
    wanted: [['PROG_TYPE_UNSUPPORTED', 'unknown-program-type', 'type netfilter', 'it came with 6.4'], 'ok', 'ok'],
  },
  {
    object: 'kfunc_weak_unguarded',
    program: 'reads_argument',
    wanted: [
      ['HELPER_UNSUPPORTED', 'unknown-kfunc', 'no kfunc bpf_copy_from_user_str; it came with 6.12', '__weak'],
      'ok',
      'ok',
    ],
  },
  { object: 'maps_legacy', program: null, wanted: thrice(['OBJECT_INVALID', 'legacy-maps', 'section "maps"']) },
  { object: 'extern_undefined', program: null, wanted: thrice(['OBJECT_INVALID', 'undefined-extern', 'sum_of']) },
  { object: 'no_btf', program: 'passes', wanted: thrice('ok') },
  {
    object: 'map_ringbuf_value',
    program: 'reports',
    wanted: thrice(['MAP_UNSUPPORTED', 'map-attributes', 'value_size 4', 'EINVAL', 'cilium/ebpf drops that']),
  },
  {
    object: 'map_outer_alone',
    program: 'on_exec',
    wanted: thrice(['MAP_UNSUPPORTED', 'missing-inner-map', 'outer is a hash_of_maps']),
  },
  {
    object: 'kprobe_inlined',
    program: 'on_account',
    step: 'attach',
    wanted: [
      ['ATTACH_FAILED', 'probe-target', 'no function blk_account_io_start: it is not in /proc/kallsyms'],
      ['ATTACH_FAILED', 'probe-target', 'in /proc/kallsyms, and it is not a place to probe', 'EINVAL'],
      ['ATTACH_FAILED', 'probe-target', 'in /proc/kallsyms, and it is not a place to probe', 'EINVAL'],
    ],
  },
  { object: 'kprobe_inlined', program: 'on_start', step: 'attach', wanted: thrice('ok') },
  {
    object: 'core_field_renamed',
    program: 'changed',
    wanted: laterThan61(['CORE_RELOCATION', 'core-relocation', 'has no i_ctime; it has i_ctime_sec']),
  },
  {
    object: 'hook_near',
    program: 'on_read',
    wanted: thrice(['HOOK_MISSING', 'missing-hook', 'that it has: vfs_read']),
  },
  { object: 'hook_near', program: 'on_exec', wanted: thrice(['HOOK_MISSING', 'missing-hook', 'sched_process_exec']) },
  {
    object: 'hook_near',
    program: 'on_openat',
    step: 'attach',
    wanted: thrice(['HOOK_MISSING', 'missing-hook', 'syscalls/sys_enter_openat']),
  },
  {
    object: 'hook_near',
    program: 'on_write',
    step: 'attach',
    wanted: thrice(['ATTACH_FAILED', 'probe-target', 'not in /proc/kallsyms', 'that it has: vfs_write']),
  },
  // What the hints ask for loads wherever it is asked for.
  ...['constant', 'clamped', 'negated', 'helped', 'called'].map((program) => applied('return_hints_applied', program)),
  ...['checked', 'bounded', 'read_through', 'asked_for', 'sleepable', 'inner_declared'].map((program) =>
    applied('flow_hints_applied', program),
  ),
];

let run: Finished;
let report: RunReport;
beforeAll(async () => {
  const objects = [...new Set(rows.map(({ object }) => object))];
  const named = objects.flatMap((object) => ['--object', variant(`cases/${object}`)]);
  run = await matrix(['--only', 'load', '--kernel', kernels.join(), ...named]);
  report = await reportOf(run);
}, 600_000);

function verdictOf({ object, program, step }: Row, kernel: Kernel): LoadVerdict | AttachVerdict {
  const found = objectOf(kernelOf(report, kernel), object);
  if (program === null) return found.whole;
  const judged = programOf(found, program);
  return step === 'attach' ? judged.attach : judged.load;
}

function whyOf(row: Row, kernel: Kernel): Explanation {
  const verdict = verdictOf(row, kernel);
  if (verdict.kind !== 'failed') throw new Error(`${row.object}/${row.program} on ${kernel} is ${verdict.kind}`);
  return verdict.why;
}

const whyAt = (object: string, kernel: Kernel, program?: string): Explanation => {
  const row = rows.find((one) => one.object === object && (program === undefined || one.program === program));
  if (row === undefined) throw new Error(`no row about ${object}`);
  return whyOf(row, kernel);
};

describe.each(rows)('$object $program', (row) => {
  it.each(kernels)('%s', (kernel) => {
    const wanted = row.wanted[kernels.indexOf(kernel)];
    const verdict = verdictOf(row, kernel);
    if (wanted === undefined || wanted === 'ok') {
      expect(['loaded', 'attached']).toContain(verdict.kind);
      return;
    }
    const [code, cause, ...words] = wanted;
    expect(verdict).toMatchObject({ kind: 'failed', code, why: { cause } });
    for (const part of words) expect(whyOf(row, kernel).explanation).toContain(part);
  });
});

describe('what stands beside the cause', () => {
  it.each([
    ['return_positive', 'no_writers', 'if (flags & O_WRONLY)'],
    ['return_map_value', 'as_decided', 'return decision ? *decision : 0;'],
    ['return_barrier_applied', 'as_decided', 'int condition = decision ? *decision : 0;'],
  ])('%s: the line that wrote R0, not the head of the function', (object, program, text) => {
    for (const kernel of ['6.12', '7.2'] as const) expect(whyAt(object, kernel, program).source?.text).toBe(text);
  });

  it('no hint that was applied is given again', () => {
    for (const kernel of ['6.12', '7.2'] as const) {
      const hints = ['as_decided', 'no_writers'].map(
        (program) => whyAt('return_barrier_applied', kernel, program).hint,
      );
      expect(hints[0]).toContain('test both ends');
      expect(hints[1]).toBe('An LSM program returns 0 to allow and a negative errno, such as -EPERM, to deny.');
    }
  });

  it("libbpf's own words, in the report and in a file", async () => {
    for (const kernel of kernels) {
      const why = whyAt('maps_legacy', kernel);
      const words = "legacy map definitions in 'maps' section are not supported by libbpf v1.0+";
      expect(why.decidingLine).toContain(words);
      expect(why.log).toBe(`logs/${kernel}/libbpf/maps_legacy.log`);
      expect(await textOf(run, why.log ?? '')).toContain(words);
    }
    expect(run.stdout).toContain('legacy map definitions');
    expect(run.stdout).not.toContain('no further evidence');
  });

  it('the line that uses what nobody defines', () => {
    const { source, decidingLine } = whyAt('extern_undefined', '6.12');
    expect(source).toMatchObject({ text: 'return sum_of(bytes, BYTES);' });
    expect(decidingLine).toContain("extern 'sum_of'");
  });

  it('that an object has no BTF, once', () => {
    expect(report.notices.filter((notice) => notice.includes('no_btf has no BTF'))).toHaveLength(1);
  });
});
