import type { KernelId } from '../model/kernel.js';
import type { Manifest, ManifestProgram } from '../model/manifest.js';
import { growth } from '../verdict/regressions.js';
import { code, escape, tableRow } from './markdown-text.js';
import { type KernelPrograms, type StatCell, type StatName, type StatRow, statRows } from './veristat-rows.js';
import { grouped } from './words.js';

/** What the kernel gives a program: BPF_COMPLEXITY_LIMIT_INSNS and MAX_BPF_STACK. */
const limits = { insns: 1_000_000, stackDepth: 512 } as const;

/** Base, now and change of each program, kernels side by side; then how near the kernel's limits they are. */
export function renderVeristat(manifests: readonly Manifest[], baseline: ReadonlyMap<KernelId, Manifest>): string {
  const kernels = manifests.map((manifest): KernelPrograms => {
    const base = baseline.get(manifest.kernel.id);
    return {
      kernel: manifest.kernel.id,
      base: base === undefined ? null : programsOf(base),
      now: programsOf(manifest),
    };
  });
  return [
    '## What the verifier has to do',
    '',
    'A cell is base → now (change), or now alone where there is no baseline or nothing changed.',
    '',
    ...table('Instructions processed', kernels, 'insns'),
    ...table('States', kernels, 'totalStates'),
    ...limitLines(kernels),
  ].join('\n');
}

function programsOf({ objects }: Manifest): ReadonlyMap<string, ManifestProgram> {
  return new Map(
    objects.flatMap(({ name, programs }) => programs.map((program) => [`${name}/${program.name}`, program])),
  );
}

function table(title: string, kernels: readonly KernelPrograms[], stat: StatName): readonly string[] {
  const head = ['program', ...kernels.map(({ kernel }) => escape(kernel)), 'outlier'];
  return [
    `### ${title}`,
    '',
    tableRow(head),
    tableRow(head.map((_, index) => (index === 0 || index === head.length - 1 ? '---' : '---:'))),
    ...statRows(kernels, stat).map(rowLine),
    '',
  ];
}

function rowLine({ item, cells, outliers }: StatRow): string {
  return tableRow([code(item), ...cells.map(cellWord), outliers.map(escape).join(', ')]);
}

function cellWord({ base, now }: StatCell): string {
  if (now === null) return base === null ? '-' : `${grouped(base)} → -`;
  if (base === null || base === now) return grouped(now);
  return `${grouped(base)} → ${grouped(now)} (${growth(base, now)})`;
}

function limitLines(kernels: readonly KernelPrograms[]): readonly string[] {
  return [
    '### Nearest to the limits of the kernel',
    '',
    tableRow(['kernel', 'instructions of 1 000 000', 'stack of 512 bytes']),
    '|---|---|---|',
    ...kernels.map((one) => tableRow([escape(one.kernel), nearest([one], 'insns'), nearest([one], 'stackDepth')])),
    '',
  ];
}

function nearest(kernel: readonly KernelPrograms[], stat: keyof typeof limits): string {
  const rows = statRows(kernel, stat).map(({ item, cells }) => ({ item, now: cells[0]?.now ?? null }));
  const [most] = rows
    .flatMap(({ item, now }) => (now === null ? [] : [{ item, now }]))
    .sort((a, b) => b.now - a.now);
  if (most === undefined) return 'not known';
  const limit = limits[stat];
  const share = ((most.now / limit) * 100).toFixed(1);
  return `${code(most.item)} ${grouped(most.now)}, ${share} %, ${grouped(Math.max(0, limit - most.now))} left`;
}
