import { basename } from 'node:path';
import type { ProgramReport, RanKernel } from '../model/report.js';
import type { ObjectIdentity } from '../model/subject.js';

/**
 * The columns of `veristat -o csv`, in its order: `veristat -C` wants the same in both files. A number that is not known
 * is 0, as veristat prints it; `prog_size` (instructions after relocation) and `mem_peak` never are.
 */
const columns: readonly (readonly [name: string, value: (file: string, program: ProgramReport) => string | number])[] =
  [
    ['file_name', (file) => file],
    ['prog_name', (_, { name }) => name],
    ['verdict', (_, { load }) => (load.kind === 'loaded' ? 'success' : 'failure')],
    ['duration', (_, { stats }) => stats?.verificationTime ?? 0],
    ['total_insns', (_, { stats }) => stats?.insns ?? 0],
    ['total_states', (_, { stats }) => stats?.totalStates ?? 0],
    ['peak_states', (_, { stats }) => stats?.peakStates ?? 0],
    ['max_states_per_insn', (_, { stats }) => stats?.maxStatesPerInsn ?? 0],
    ['max_mark_read_len', (_, { stats }) => stats?.markRead ?? 0],
    ['prog_size', () => 0],
    ['prog_size_jited', (_, { stats }) => stats?.jitedSize ?? 0],
    ['prog_type', (_, { type }) => (/^\d+$/.test(type) ? 'unspec' : type)],
    ['attach_type', (_, { section }) => attachType(section)],
    ['stack_depth', (_, { stats }) => stats?.stackDepth ?? 0],
    ['mem_peak', () => 0],
  ];

/** A row a program, of all objects. */
export function veristatCsv(objects: readonly ObjectIdentity[], kernel: RanKernel): string {
  const rows = kernel.objects.flatMap(({ object, programs }) => {
    const file = fileName(objects, object);
    return programs.map((program) => columns.map(([, value]) => plain(String(value(file, program)))).join(','));
  });
  return [columns.map(([name]) => name).join(','), ...rows, ''].join('\n');
}

/** As veristat has it; where several objects share a file name, the name that each has in the run. */
function fileName(objects: readonly ObjectIdentity[], object: string): string {
  const files = objects.map(({ file }) => basename(file));
  const file = basename(objects.find(({ name }) => name === object)?.file ?? object);
  return files.filter((other) => other === file).length > 1 ? `${object}.bpf.o` : file;
}

/** veristat knows no quotes. */
function plain(text: string): string {
  return text.replace(/[,\r\n]/g, '_');
}

/**
 * The attach type that libbpf expects for a section, by libbpf's name. A type without one has the number 0, and that is
 * what veristat shows of it: cgroup_inet_ingress.
 */
function attachType(section: string): string {
  const prefix = /^\??([^/]+)/.exec(section)?.[1] ?? '';
  return attachTypes[prefix] ?? 'cgroup_inet_ingress';
}

const attachTypes: Readonly<Record<string, string>> = {
  lsm: 'lsm_mac',
  'lsm.s': 'lsm_mac',
  lsm_cgroup: 'lsm_cgroup',
  fentry: 'trace_fentry',
  'fentry.s': 'trace_fentry',
  fexit: 'trace_fexit',
  'fexit.s': 'trace_fexit',
  fmod_ret: 'modify_return',
  'fmod_ret.s': 'modify_return',
  tp_btf: 'trace_raw_tp',
  iter: 'trace_iter',
  'iter.s': 'trace_iter',
  xdp: 'xdp',
  'xdp.frags': 'xdp',
};
