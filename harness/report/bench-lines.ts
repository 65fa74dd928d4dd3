import type { BenchReport, Measure } from '../model/bench.js';
import { type Figure, figuresOf, medianOf } from './bench-figures.js';
import type { Page } from './page.js';
import { span, tableLines } from './table.js';
import { oneLine } from './text.js';
import { countOf } from './words.js';

/** A benchmark for a person: where, ratios and targets, then every measure with its spread. */
export function benchLines(report: BenchReport, page: Page): readonly string[] {
  const { host, rounds, kernels, object } = report;
  const where = `node ${host.node}, QEMU ${host.qemu}, ${host.accel}, ${countOf(host.cpus, 'core')}, load ${host.load.toFixed(1)}`;
  const { strong, dim } = page.palette;
  return [
    dim(oneLine(where)),
    dim(oneLine(`${countOf(rounds, 'round')}, median; kernels ${kernels.join(', ')}; object ${object}`)),
    '',
    strong('Ratios and targets'),
    ...tableLines(
      figuresOf(report).map((figure) => figureRow(figure, page)),
      2,
      page.columns,
    ),
    '',
    strong('Measures'),
    ...tableLines(
      report.measures.map((measure) => measureRow(measure, page)),
      2,
      page.columns,
    ),
    ...(host.load > host.cpus / 2
      ? ['', page.palette.tones.warn('the host was busy: times are not to be compared')]
      : []),
  ];
}

function figureRow({ words, value, unit, target, met, why }: Figure, { palette }: Page) {
  const wanted = `${target.is} ${target.value} ${unit}`;
  if (value === null)
    return [span(words), span('-'), span(wanted), span(`not measured: ${oneLine(why ?? '')}`, palette.dim)];
  const verdict = met === true ? span('met', palette.tones.good) : span('MISSED', palette.tones.bad);
  return [span(words), span(`${value.toFixed(2)} ${unit}`), span(wanted), verdict];
}

function measureRow({ words, unit, samples, why }: Measure, { palette }: Page) {
  const median = medianOf(samples);
  if (median === null) return [span(words), span('-'), span(`not measured: ${oneLine(why ?? '')}`, palette.dim)];
  const spread = `${Math.min(...samples).toFixed(2)} to ${Math.max(...samples).toFixed(2)}`;
  return [span(words), span(`${median.toFixed(2)} ${unit}`), span(samples.length > 1 ? spread : '', palette.dim)];
}

/** The bytes of `bench --json`: the report with its figures. */
export function renderBenchJson(report: BenchReport): string {
  return `${JSON.stringify({ ...report, figures: figuresOf(report) }, null, 2)}\n`;
}
