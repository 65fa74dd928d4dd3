// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from '../../model/kernel.js';
import type { Manifest, ManifestDiff, ManifestProgram } from '../../model/manifest.js';
import { withoutStat } from '../../model/stat-limits.js';
import { veristatName } from '../../results/paths.js';
import { veristatCsv } from '../../results/veristat-csv.js';
import { describeBlame } from '../../verdict/describe-blame.js';
import { mayBeBaseline, manifestsOf } from '../../verdict/manifest-of.js';
import { growthText } from '../../verdict/regressions.js';
import type { ReporterDefinition } from '../reporter.js';
import { formatNumber } from '../views/format.js';
import { markdownCode, escapeMarkdown, markdownTableRow } from '../views/markdown.js';

/** `veristat/<kernel>.csv` and `veristat.md`; nothing when no kernel ran to its end. */
export const veristatReporter: ReporterDefinition = {
  writes: 'folder',
  kinds: {
    run: ({ save }) => ({
      name: 'veristat',
      onEnd: async ({ report, baseline }) => {
        const kernels = report.kernels.filter(mayBeBaseline);
        if (baseline === null || kernels.length === 0) return;
        for (const kernel of kernels) {
          await save(`veristat/${veristatName(kernel.id)}`, veristatCsv(report.objects, kernel));
        }
        const manifests = kernels.flatMap((kernel) => manifestsOf(report, kernel));
        const tables = renderVeristat(manifests, baseline.manifests ?? new Map());
        await save('veristat.md', [tables, ...regressionLines(baseline.diffs ?? [])].join('\n'));
      },
    }),
  },
};

/** Below the tables: on which lines programs grew beyond the limits. */
export function regressionLines(diffs: readonly ManifestDiff[]): readonly string[] {
  const lines = diffs.flatMap(({ kernel, changes }) =>
    changes.flatMap(({ item, blame }) =>
      blame === undefined
        ? []
        : [`- ${markdownCode(withoutStat(item))}: ${escapeMarkdown(describeBlame(blame, [kernel]))}`],
    ),
  );
  return lines.length === 0 ? [] : ['### Lines that grew', '', ...lines, ''];
}

/** What the kernel gives a program: BPF_COMPLEXITY_LIMIT_INSNS and MAX_BPF_STACK. */
const limits = { insns: 1_000_000, stackDepth: 512 } as const;

/** Base, now and change of each program, kernels side by side; then how near the kernel's limits they are. */
export function renderVeristat(manifests: readonly Manifest[], baseline: ReadonlyMap<string, Manifest>): string {
  const ids = [...new Set(manifests.map(({ kernel }) => kernel.id))];
  const kernels = ids.map((kernel): KernelPrograms => {
    const base = [...baseline.values()].filter((one) => one.kernel.id === kernel);
    return {
      kernel,
      base: base.length === 0 ? null : programsByItem(base),
      now: programsByItem(manifests.filter((one) => one.kernel.id === kernel)),
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

function programsByItem(manifests: readonly Manifest[]): ReadonlyMap<string, ManifestProgram> {
  const objects = manifests.flatMap((manifest) => manifest.objects);
  return new Map(
    objects.flatMap(({ name, programs }) => programs.map((program) => [`${name}/${program.name}`, program])),
  );
}

function table(title: string, kernels: readonly KernelPrograms[], stat: StatName): readonly string[] {
  const head = ['program', ...kernels.map(({ kernel }) => escapeMarkdown(kernel)), 'outlier'];
  return [
    `### ${title}`,
    '',
    markdownTableRow(head),
    markdownTableRow(head.map((_, index) => (index === 0 || index === head.length - 1 ? '---' : '---:'))),
    ...statRows(kernels, stat).map(rowLine),
    '',
  ];
}

function rowLine({ item, cells, outliers }: StatRow): string {
  return markdownTableRow([markdownCode(item), ...cells.map(cellText), outliers.map(escapeMarkdown).join(', ')]);
}

function cellText({ base, now }: StatCell): string {
  if (now === null) return base === null ? '-' : `${formatNumber(base)} → -`;
  if (base === null || base === now) return formatNumber(now);
  return `${formatNumber(base)} → ${formatNumber(now)} (${growthText(base, now)})`;
}

function limitLines(kernels: readonly KernelPrograms[]): readonly string[] {
  return [
    '### Nearest to the limits of the kernel',
    '',
    markdownTableRow(['kernel', 'instructions of 1 000 000', 'stack of 512 bytes']),
    '|---|---|---|',
    ...kernels.map((one) =>
      markdownTableRow([escapeMarkdown(one.kernel), nearest([one], 'insns'), nearest([one], 'stackDepth')]),
    ),
    '',
  ];
}

function nearest(kernel: readonly KernelPrograms[], stat: keyof typeof limits): string {
  const rows = statRows(kernel, stat).map(({ item, cells }) => ({ item, now: cells[0]?.now ?? null }));
  const [most] = rows.flatMap(({ item, now }) => (now === null ? [] : [{ item, now }])).sort((a, b) => b.now - a.now);
  if (most === undefined) return 'not known';
  const limit = limits[stat];
  const share = ((most.now / limit) * 100).toFixed(1);
  return `${markdownCode(most.item)} ${formatNumber(most.now)}, ${share} %, ${formatNumber(Math.max(0, limit - most.now))} left`;
}

/** One number of the verifier on one kernel, beside the baseline's. */
interface StatCell {
  readonly kernel: KernelId;
  readonly base: number | null;
  readonly now: number | null;
}

interface StatRow {
  readonly item: string;
  readonly cells: readonly StatCell[];
  /** The kernel on which the number is far from what it is on the others. */
  readonly outliers: readonly KernelId[];
}

type StatName = 'insns' | 'totalStates' | 'stackDepth';

/** One side of a comparison: the programs of one kernel by `object/program`. */
interface KernelPrograms {
  readonly kernel: KernelId;
  readonly base: ReadonlyMap<string, ManifestProgram> | null;
  readonly now: ReadonlyMap<string, ManifestProgram>;
}

/** A row a program, a cell a kernel. */
function statRows(kernels: readonly KernelPrograms[], stat: StatName): readonly StatRow[] {
  const items = new Set(kernels.flatMap(({ now }) => [...now.keys()]));
  return [...items].map((item) => {
    const cells = kernels.map(({ kernel, base, now }) => ({
      kernel,
      base: base?.get(item)?.stats?.[stat] ?? null,
      now: now.get(item)?.stats?.[stat] ?? null,
    }));
    return { item, cells, outliers: outliersOf(cells) };
  });
}

/** So many times as much as, or less than, the median of the kernels is an outlier; two kernels have no median. */
const far = 2;

function outliersOf(cells: readonly StatCell[]): readonly KernelId[] {
  const known = cells.flatMap(({ kernel, now }) => (now === null ? [] : [{ kernel, now }]));
  const sorted = known.map(({ now }) => now).sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (sorted.length < 3 || median === undefined) return [];
  return known.filter(({ now }) => now > median * far || now * far < median).map(({ kernel }) => kernel);
}
