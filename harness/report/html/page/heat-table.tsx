// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { HeatCell, HeatChange, HeatMap, HeatRow, PageData } from '../page-data.js';
import { moveInTable } from './keys.js';
import type { NarrowedPage } from './narrow-page.js';
import { isSameOpened, type Opened, type Route, routeHash } from './route.js';

interface HeatTableProps {
  readonly data: PageData;
  readonly narrowed: NarrowedPage;
  readonly route: Route;
}

/** Programs and classes x kernels, in one table so that the columns of all are the same. */
export function HeatTable({ data, narrowed, route }: HeatTableProps): VNode {
  const [active, setActive] = useState('0 0');
  const { maps, columns } = narrowed;
  if (maps.length === 0) return <p class="calm">No row of the table is asked for.</p>;
  const starts = maps.map((_, at) => maps.slice(0, at).reduce((sum, { rows }) => sum + rows.length, 0));
  return (
    <div
      class={columns.length > narrowColumns ? 'table wide' : 'table'}
      role="region"
      aria-label="Kernels by programs and classes"
      tabIndex={-1}
    >
      <table
        onKeyDown={moveInTable}
        onFocusIn={(event) => {
          const at = (event.target as HTMLElement).dataset['at'];
          if (at !== undefined) setActive(at);
        }}
      >
        <thead>
          <tr>
            <td />
            {columns.map((at) => (
              <th key={at} scope="col">
                {data.kernels[at]?.id}
              </th>
            ))}
          </tr>
        </thead>
        {maps.map((map, at) => (
          <MapRows
            key={map.id}
            map={map}
            start={starts[at] ?? 0}
            active={active}
            data={data}
            columns={columns}
            route={route}
          />
        ))}
      </table>
    </div>
  );
}

/** More are narrow, and scrolled for themselves. */
const narrowColumns = 10;

interface MapRowsProps extends Pick<HeatTableProps, 'data' | 'route'> {
  readonly map: HeatMap;
  /** Rows above it. */
  readonly start: number;
  /** The cell that the tabulator leads to: row and column. */
  readonly active: string;
  readonly columns: readonly number[];
}

function MapRows({ map, start, active, data, columns, route }: MapRowsProps): VNode {
  return (
    <tbody>
      <tr class="map">
        <th scope="rowgroup" colSpan={columns.length + 1}>
          {map.title}
        </th>
      </tr>
      {map.rows.map((row, number) => (
        <tr key={row.name}>
          <th scope="row" title={row.note}>
            {row.name}
          </th>
          {columns.map((column, at) => {
            const kernel = data.kernels[column]?.id ?? '';
            const place = `${start + number} ${at}`;
            return (
              <HeatCellLink
                key={kernel}
                {...{ data, map, row, kernel, place, route }}
                cell={row.cells[column]}
                isActive={active === place}
              />
            );
          })}
        </tr>
      ))}
    </tbody>
  );
}

interface HeatCellLinkProps extends Pick<HeatTableProps, 'data'> {
  readonly map: HeatMap;
  readonly row: HeatRow;
  readonly kernel: string;
  readonly cell: HeatCell | undefined;
  readonly place: string;
  readonly isActive: boolean;
  readonly route: Route;
}

function HeatCellLink({ data, map, row, kernel, cell, place, isActive, route }: HeatCellLinkProps): VNode {
  if (cell === undefined) return <td />;
  const open: Opened = { kind: 'cell', map: map.id, row: row.name, kernel };
  const { text, tone, change } = cell;
  const isBlamed = tone !== 'bad' && cell.entries.some((index) => data.entries[index]?.tone === 'bad');
  const sign = change === 'none' && isBlamed ? '●' : changeSigns[change];
  return (
    <td>
      <a
        class={`cell tone-${tone} change-${change}`}
        href={routeHash({ ...route, open })}
        data-at={place}
        tabIndex={isActive ? 0 : -1}
        aria-label={`${row.name} on ${kernel}: ${text}${changeNames[change]}${isBlamed ? ', named by a finding' : ''}`}
        aria-current={isSameOpened(route.open, open) ? 'true' : undefined}
      >
        {text}
        {sign !== '' && <span class="sign">{sign}</span>}
      </a>
    </td>
  );
}

const changeNames: Readonly<Record<HeatChange, string>> = {
  none: '',
  worse: ', worse than the baseline',
  better: ', better than the baseline',
  other: ', changed against the baseline',
};

const changeSigns: Readonly<Record<HeatChange, string>> = { none: '', worse: '▼', better: '▲', other: '◆' };
