// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, VNode } from 'preact';
import type { HeatRow, PageData, PageEntry } from '../page-data.js';
import { Blocks, Facts } from './blocks.js';
import { CheckList } from './checks-list.js';
import { CostSource } from './cost-source.js';
import { type Opened, type Route, routeHash } from './route.js';

interface DetailProps {
  readonly data: PageData;
  readonly route: Route;
  readonly close: () => void;
}

/** What is open; the run itself where nothing is. */
export function Detail({ data, route, close }: DetailProps): VNode {
  return (
    <aside class="detail" aria-label="Details" aria-live="polite">
      {route.open.kind !== 'nothing' && (
        <button type="button" class="close" onClick={close}>
          Close <kbd>Esc</kbd>
        </button>
      )}
      <OpenedDetail data={data} route={route} />
    </aside>
  );
}

function OpenedDetail({ data, route }: Pick<DetailProps, 'data' | 'route'>): VNode {
  const { open } = route;
  switch (open.kind) {
    case 'nothing':
      return (
        <Titled title="This run">
          <Facts facts={data.about} />
        </Titled>
      );
    case 'entry': {
      const entry = data.entries.find(({ id }) => id === open.id);
      return entry === undefined ? <Unknown what={open.id} /> : <EntryDetail entry={entry} kernel={null} level={2} />;
    }
    case 'kernel':
      return <KernelDetail data={data} id={open.id} />;
    case 'cell': {
      const map = data.maps.find(({ id }) => id === open.map);
      const row = map?.rows.find(({ name }) => name === open.row);
      const at = data.kernels.findIndex(({ id }) => id === open.kernel);
      return row?.cells[at] === undefined ? (
        <Unknown what={`${open.row} on ${open.kernel}`} />
      ) : (
        <CellDetail data={data} title={map?.title ?? ''} map={open.map} row={row} at={at} route={route} />
      );
    }
    case 'source':
      return <SourceDetail data={data} open={open} />;
  }
}

function KernelDetail({ data, id }: { readonly data: PageData; readonly id: string }): VNode {
  const kernel = data.kernels.find((one) => one.id === id);
  if (kernel === undefined) return <Unknown what={id} />;
  return (
    <Titled title={`Kernel ${kernel.id}`}>
      <p>
        <b class={`tone-${kernel.tone}`}>{kernel.text}</b> {kernel.detail}
      </p>
      <Blocks blocks={kernel.blocks} kernel={kernel.id} />
    </Titled>
  );
}

function SourceDetail({
  data,
  open: { object, program },
}: {
  readonly data: PageData;
  readonly open: Extract<Opened, { readonly kind: 'source' }>;
}): VNode {
  const at = data.costs.findIndex((cost) => cost.object === object && cost.program === program);
  const name = `${object}/${program}`;
  if (at < 0) return <Unknown what={`the source of ${name}`} />;
  return (
    <Titled title={name}>
      <CostSource key={name} data={data} at={at} />
    </Titled>
  );
}

function Titled({ title, children }: { readonly title: string; readonly children: ComponentChildren }): VNode {
  return (
    <>
      <h2>{title}</h2>
      {children}
    </>
  );
}

function Unknown({ what }: { readonly what: string }): VNode {
  return (
    <Titled title="Not in this report">
      <p>{what}</p>
    </Titled>
  );
}

/** `kernel`: whose logs are shown of those of all; null shows them all. */
function EntryDetail({
  entry,
  kernel,
  level,
}: {
  readonly entry: PageEntry;
  readonly kernel: string | null;
  readonly level: 2 | 3;
}): VNode {
  const { tone, code, title, line, kernels, blocks, group } = entry;
  const Heading = `h${level}` as const;
  return (
    <article>
      <Heading>
        {code !== '' && <span class={`code tone-${tone}`}>{code}</span>} {title}
      </Heading>
      {line !== null && <p class="deciding">{line}</p>}
      <p class="dim">
        {group}
        {kernels.length > 0 && `: ${kernels.join(', ')}`}
      </p>
      <Blocks blocks={blocks} kernel={kernel} />
    </article>
  );
}

interface CellDetailProps {
  readonly data: PageData;
  readonly route: Route;
  /** Of the map that the row is in. */
  readonly title: string;
  readonly map: string;
  readonly row: HeatRow;
  readonly at: number;
}

function CellDetail({ data, title, map, row, at, route }: CellDetailProps): VNode {
  const kernel = data.kernels[at];
  const cell = row.cells[at];
  if (kernel === undefined || cell === undefined) return <Unknown what={row.name} />;
  const logs = kernel.blocks.filter(({ kind }) => kind === 'log');
  return (
    <Titled title={`${row.name} on ${kernel.id}`}>
      <p class="dim">{[title, row.note].filter((text) => text !== '').join(': ')}</p>
      <p>
        <b class={`tone-${cell.tone}`}>{cell.text}</b> {cell.said.join('; ')}
      </p>
      {cell.entries.map((index) => {
        const entry = data.entries[index];
        return entry && <EntryDetail key={entry.id} entry={entry} kernel={kernel.id} level={3} />;
      })}
      <OtherKernels data={data} row={row} at={at} />
      <SourceLink data={data} map={map} row={row} route={route} />
      {row.checks !== null && <CheckList label={row.checks} kernel={kernel.id} />}
      <Blocks blocks={logs} kernel={kernel.id} />
    </Titled>
  );
}

/** To what the verifier spends on the program, where that was counted. */
function SourceLink({ data, map, row, route }: Omit<CellDetailProps, 'at' | 'title'>): VNode | null {
  const cost = data.costs.find(({ object, program }) => program === row.name && map === `programs/${object}`);
  if (cost === undefined) return null;
  const { object, program } = cost;
  return (
    <p>
      <a href={routeHash({ ...route, open: { kind: 'source', object, program } })}>
        What the verifier spends, line by line
      </a>
    </p>
  );
}

/** The same row on the others. */
function OtherKernels({ data, row, at }: Pick<CellDetailProps, 'data' | 'row' | 'at'>): VNode | null {
  if (data.kernels.length < 2) return null;
  return (
    <details class="others">
      <summary>On the other kernels</summary>
      <table class="plain">
        <tbody>
          {data.kernels.map(
            ({ id }, other) =>
              other !== at && (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td>
                    <b class={`tone-${row.cells[other]?.tone ?? 'dull'}`}>{row.cells[other]?.text}</b>
                  </td>
                  <td>{row.cells[other]?.said.join('; ')}</td>
                </tr>
              ),
          )}
        </tbody>
      </table>
    </details>
  );
}
