// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { TrendGroup, TrendPageData } from '../trend-page-data.js';
import { hasWords } from './narrow-page.js';
import { ThemeButton } from './page-header.js';
import { TrendChart } from './trend-chart.js';

/** The last runs, and what has changed over them. */
export function TrendApp({ data }: { readonly data: TrendPageData }): VNode {
  const [query, setQuery] = useState('');
  const [every, setEvery] = useState(false);
  return (
    <div class="trend">
      <header>
        <div class="verdict">
          <h1>{data.title}</h1>
          <div class="controls">
            <input
              type="search"
              placeholder="Kernel or program"
              aria-label="Search kernels and programs"
              value={query}
              onInput={(event) => {
                setQuery(event.currentTarget.value);
              }}
            />
            <button
              type="button"
              aria-pressed={every}
              onClick={() => {
                setEvery(!every);
              }}
            >
              Unchanged, too
            </button>
            <ThemeButton />
          </div>
        </div>
      </header>
      <main>
        {data.flakes.length > 0 && <Lines title="Flaky" lines={data.flakes} tone="bad" />}
        {data.groups.map((group) => (
          <Group key={group.title} group={group} data={data} query={query} every={every} />
        ))}
        <Runs data={data} />
        <Lines title="Hosts" lines={data.hosts} tone="dull" />
      </main>
    </div>
  );
}

interface GroupProps {
  readonly group: TrendGroup;
  readonly data: TrendPageData;
  readonly query: string;
  readonly every: boolean;
}

function Group({ group, data, query, every }: GroupProps): VNode {
  const words = query.toLowerCase().split(/\s+/);
  const found = group.rows.filter(({ kernel, name }) => hasWords(`${kernel} ${name}`, words));
  const shown = every || query.trim() !== '' ? found : found.filter(({ isChanged }) => isChanged);
  const rest = found.length - shown.length;
  return (
    <section aria-label={group.title}>
      <h2>{group.title}</h2>
      {shown.length > 0 && (
        <table class="series">
          <TableHead columns={seriesColumns} />
          <tbody>
            {shown.map((row) => (
              <SeriesRow key={`${row.kernel} ${row.name}`} row={row} data={data} />
            ))}
          </tbody>
        </table>
      )}
      {rest > 0 && <p class="calm">{rest} rows without a change.</p>}
      {found.length === 0 && <p class="calm">Nothing is called so.</p>}
    </section>
  );
}

const seriesColumns = [
  'Kernel',
  'Of',
  'Over the runs',
  'First',
  'Last',
  'Of the first',
  'Of the one before',
  'Release',
];
const runColumns = ['Run (UTC)', 'Verdict', 'Kernels', 'Checks', 'Time', 'Host', 'Not compared'];

function TableHead({ columns }: { readonly columns: readonly string[] }): VNode {
  return (
    <thead>
      <tr>
        {columns.map((text) => (
          <th key={text} scope="col">
            {text}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface SeriesRowProps {
  readonly row: TrendGroup['rows'][number];
  readonly data: TrendPageData;
}

function SeriesRow({ row, data }: SeriesRowProps): VNode {
  return (
    <tr>
      <th scope="row">{row.kernel}</th>
      <td>{row.name}</td>
      <td>
        <TrendChart row={row} dates={data.runs.map(({ date }) => date)} />
      </td>
      <td class="number">{row.first}</td>
      <td class="number">{row.last}</td>
      <td class={`number tone-${row.tone}`}>{row.ofFirst}</td>
      <td class="number">{row.ofBefore}</td>
      <td>{row.note}</td>
    </tr>
  );
}

function Runs({ data }: { readonly data: TrendPageData }): VNode {
  return (
    <section aria-label="Runs">
      <h2>Runs</h2>
      <table class="series">
        <TableHead columns={runColumns} />
        <tbody>
          {data.runs.map((run, at) => (
            <tr key={at}>
              <th scope="row">{run.date}</th>
              <td class={`tone-${run.tone}`}>{run.verdict}</td>
              {[run.kernels, run.checks, run.time, run.host, run.note].map((text, column) => (
                <td key={column}>{text}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface LinesProps {
  readonly title: string;
  readonly lines: readonly string[];
  readonly tone: 'bad' | 'dull';
}

function Lines({ title, lines, tone }: LinesProps): VNode {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {lines.map((line) => (
        <p key={line} class={`tone-${tone}`}>
          {line}
        </p>
      ))}
    </section>
  );
}
