// SPDX-License-Identifier: Apache-2.0
import { Fragment, type VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PageCostFile, PageData, PageSources } from '../page-data.js';
import { embeddedSources } from './embedded.js';

interface SourceProps {
  readonly data: PageData;
  /** Which of `data.costs`. */
  readonly at: number;
}

/** The source of a program, with what each kernel's verifier spends on each line. */
export function CostSource({ data, at }: SourceProps): VNode | null {
  const sources = useSources();
  const cost = data.costs[at];
  const files = sources?.[at];
  if (cost === undefined) return null;
  const columns = data.kernels.flatMap(({ id }, index) => {
    const total = cost.kernels[index];
    return total == null ? [] : [{ id, index, total }];
  });
  return (
    <>
      <p class="dim">
        Instructions that the verifier visited on each line, and their share; the tip of a cell has the passes. What is
        inlined counts where it is written; lines that it never came to are left out.
      </p>
      {columns.map(
        ({ id, total }) =>
          total.fault !== null && (
            <p key={id} class="tone-warn">
              {id}: {total.fault}
            </p>
          ),
      )}
      {files === undefined ? (
        <p class="dim">unpacking</p>
      ) : (
        files.map((file) => <FileTable key={file.file} file={file} columns={columns} />)
      )}
    </>
  );
}

function useSources(): PageSources | null {
  const [sources, setSources] = useState<PageSources | null>(null);
  useEffect(() => {
    void embeddedSources().then(setSources);
  }, []);
  return sources;
}

interface FileProps {
  readonly file: PageCostFile;
  readonly columns: readonly {
    readonly id: string;
    readonly index: number;
    readonly total: { readonly text: string };
  }[];
}

function FileTable({ file: { file, lines }, columns }: FileProps): VNode {
  const name = file === '' ? 'Without line info' : file;
  return (
    <div class="scroll" role="region" aria-label={name} tabIndex={0}>
      <table class="annotated">
        <caption>{name}</caption>
        <thead>
          <tr>
            <th scope="col">line</th>
            {columns.map(({ id, total }) => (
              <th key={id} scope="col" title={total.text}>
                {id}
              </th>
            ))}
            <th scope="col">source</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ line, text, cells }, row) => (
            <Fragment key={line}>
              {row > 0 && line > (lines[row - 1]?.line ?? 0) + 1 && (
                <tr class="gap" aria-hidden="true">
                  <td colSpan={columns.length + 2} />
                </tr>
              )}
              <tr>
                <th scope="row">{line}</th>
                {columns.map(({ id, index }) => (
                  <SpentCell key={id} cell={cells[index] ?? null} />
                ))}
                <td>
                  <code>{text}</code>
                </td>
              </tr>
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Shares from which a line is warm, and hot. */
const warmth = [
  [0.15, 'hot'],
  [0.04, 'warm'],
] as const;

function SpentCell({ cell }: { readonly cell: PageCostFile['lines'][number]['cells'][number] }): VNode {
  if (cell === null) return <td class="spent">-</td>;
  const [visits, share, passes] = cell;
  const heat = warmth.find(([least]) => share >= least)?.[1] ?? 'cool';
  return (
    <td class={`spent ${heat}`} title={`${visits} visits, ${(share * 100).toFixed(1)} %, ${passes} passes`}>
      {visits}
      <span class="share">{(share * 100).toFixed(share < 0.1 ? 1 : 0)} %</span>
    </td>
  );
}
