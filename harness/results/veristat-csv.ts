// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { identityOn } from '../model/builds.js';
import type { ProgramReport, RanKernel } from '../model/report.js';
import type { ObjectIdentity } from '../model/object.js';

/**
 * The columns that `veristat -o csv` has in 6.12, and first in 7.2. `veristat -C` refuses a file with a column that it does
 * not know, and what comes after these differs from release to release. A number that is not known is 0, as veristat
 * prints it.
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
  ];

/** A row a program, of all objects. */
export function veristatCsv(objects: readonly ObjectIdentity[], kernel: RanKernel): string {
  const rows = kernel.objects.flatMap(({ object, programs }) => {
    const file = fileName(
      objects.flatMap((one) => identityOn(one, kernel.id) ?? []),
      object,
    );
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
