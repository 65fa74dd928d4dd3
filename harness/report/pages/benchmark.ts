// SPDX-License-Identifier: Apache-2.0
import type { BenchReport, Measure } from '../../model/bench.js';
import { type Figure, benchFiguresOf, medianOf } from '../views/figures.js';
import { formatCount } from '../views/format.js';
import type { Page } from '../views/page.js';
import { tableSpan, tableLines, type Span } from '../views/table.js';
import { oneLine } from '../views/text.js';

/** A benchmark for a person: where, ratios and targets, then every measure with its spread. */
export function benchmarkPage(report: BenchReport, page: Page): readonly string[] {
  const { host, rounds, kernels, object } = report;
  const where = `node ${host.node}, QEMU ${host.qemu}, ${host.accel}, ${formatCount(host.cpus, 'core')}, load ${host.load.toFixed(1)}`;
  const { strong, dim, tones } = page.palette;
  const figures = benchFiguresOf(report).map((figure) => figureRow(figure, page));
  const measures = report.measures.map((measure) => measureRow(measure, page));
  return [
    dim(oneLine(where)),
    dim(oneLine(`${formatCount(rounds, 'round')}, median; kernels ${kernels.join(', ')}; object ${object}`)),
    '',
    strong('Ratios and targets'),
    ...tableLines(figures, 2, page.columns),
    '',
    strong('Measures'),
    ...tableLines(measures, 2, page.columns),
    ...(host.load > host.cpus / 2 ? ['', tones.warn('the host was busy: times are not to be compared')] : []),
  ];
}

function figureRow({ words, value, unit, target, met, why }: Figure, { palette }: Page): readonly Span[] {
  const wanted = target === null ? '' : `${target.is} ${target.value} ${unit}`;
  if (value === null)
    return [
      tableSpan(words),
      tableSpan('-'),
      tableSpan(wanted),
      tableSpan(`not measured: ${oneLine(why ?? '')}`, palette.dim),
    ];
  const verdict = met === true ? tableSpan('met', palette.tones.good) : tableSpan('MISSED', palette.tones.bad);
  const held = met === null ? tableSpan('') : verdict;
  return [tableSpan(words), tableSpan(`${value.toFixed(2)} ${unit}`), tableSpan(wanted), held];
}

function measureRow({ words, unit, samples, why }: Measure, { palette }: Page): readonly Span[] {
  const median = medianOf(samples);
  if (median === null)
    return [tableSpan(words), tableSpan('-'), tableSpan(`not measured: ${oneLine(why ?? '')}`, palette.dim)];
  const spread = `${Math.min(...samples).toFixed(2)} to ${Math.max(...samples).toFixed(2)}`;
  return [
    tableSpan(words),
    tableSpan(`${median.toFixed(2)} ${unit}`),
    tableSpan(samples.length > 1 ? spread : '', palette.dim),
  ];
}
