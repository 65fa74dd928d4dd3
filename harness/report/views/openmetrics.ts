// SPDX-License-Identifier: Apache-2.0
import { type HistoryLine, reusedIn } from '../../model/history.js';
import { verdictKinds } from '../../model/verdict.js';

/**
 * OpenMetrics text, as `prometheus/OpenMetrics` specifies it (version 1.0): each family once with its type, unit and help, a
 * unit at the end of its name, and `# EOF` at the end.
 */

/** What is measured under one name. */
interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'info' | 'stateset';
  /** The name ends with it; null where it has none. */
  readonly unit: string | null;
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  /** Behind the name of the family: `_info`. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One run. */
export function openMetricsText(line: HistoryLine): string {
  const families = [...runFamilies(line), ...kernelFamilies(line), costFamily(line)];
  return `${families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(familyLines)
    .join('\n')}\n# EOF\n`;
}

function familyLines({ name, type, unit, help, samples }: Family): readonly string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === null ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${value}`),
  ];
}

function labelText(labels: Sample['labels']): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return texts.length === 0 ? '' : `{${texts.join(',')}}`;
}

/** In label values and help. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

const alone = (value: number): readonly Sample[] => [{ labels: {}, value }];

function runFamilies({ tool, host, exitCode, ms, started }: HistoryLine): readonly Family[] {
  const { cpu, cpus, accel, qemu, node } = host;
  const about = { tool, cpu, cpus: String(cpus), accel: accel ?? 'none', qemu: qemu ?? 'none', node };
  return [
    {
      name: 'bpf_matrix_run',
      type: 'info',
      unit: null,
      help: 'What ran, and where.',
      samples: [{ suffix: '_info', labels: about, value: 1 }],
    },
    {
      name: 'bpf_matrix_run_exit_code',
      type: 'gauge',
      unit: null,
      help: 'How the run ended: 0 passed, 1 failed, 3 incomplete.',
      samples: alone(exitCode),
    },
    {
      name: 'bpf_matrix_run_duration_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the run took.',
      samples: alone(ms / 1000),
    },
    {
      name: 'bpf_matrix_run_started_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'When the run began, since 1970.',
      samples: alone(Date.parse(started) / 1000),
    },
  ];
}

function kernelFamilies({ kernels }: HistoryLine): readonly Family[] {
  return [
    verdictFamily(kernels),
    countFamily('checks', 'outcome', 'Checks of an agent, by what they came to.', kernels, ({ checks }) => checks),
    countFamily('programs', 'outcome', 'Programs of objects, by what they came to.', kernels, (one) => one.programs),
    countFamily('sessions', 'how', 'Sessions, asked in this run or reused from an earlier one.', kernels, (kernel) => {
      const reused = reusedIn([kernel]);
      return { asked: kernel.sessions.length - reused, reused };
    }),
    {
      name: 'bpf_matrix_kernel_machine_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Time of all machines of a kernel that were started in this run.',
      samples: kernels.map(({ id, ms }) => ({ labels: { kernel: id }, value: ms / 1000 })),
    },
  ];
}

type Kernels = HistoryLine['kernels'];

/** Each state of each kernel, one of them 1. */
function verdictFamily(kernels: Kernels): Family {
  const name = 'bpf_matrix_kernel_verdict';
  const samples = kernels.flatMap(({ id, verdict }) =>
    verdictKinds.map((kind) => ({ labels: { kernel: id, [name]: kind }, value: Number(kind === verdict) })),
  );
  return { name, type: 'stateset', unit: null, help: 'What each kernel came to.', samples };
}

/** Counts by kernel and by one more label. */
function countFamily(
  name: string,
  label: string,
  help: string,
  kernels: Kernels,
  countsOf: (kernel: Kernels[number]) => Readonly<Record<string, number>>,
): Family {
  const samples = kernels.flatMap((kernel) =>
    Object.entries(countsOf(kernel)).map(([kind, value]) => ({ labels: { kernel: kernel.id, [label]: kind }, value })),
  );
  return { name: `bpf_matrix_kernel_${name}`, type: 'gauge', unit: null, help, samples };
}

function costFamily({ kernels, programs }: HistoryLine): Family {
  const samples = kernels.flatMap(({ id, insns }) =>
    programs.flatMap((program, at) => {
      const value = insns[at] ?? null;
      return value === null ? [] : [{ labels: { kernel: id, program }, value }];
    }),
  );
  return {
    name: 'bpf_matrix_verifier_instructions',
    type: 'gauge',
    unit: 'instructions',
    help: 'Instructions that the verifier walked for a program.',
    samples,
  };
}
