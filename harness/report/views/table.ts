// SPDX-License-Identifier: Apache-2.0
import type { Paint } from './page.js';
import { padText, textWidth } from './width.js';

/** A table cell: painted after it was filled, so that colours never count as width. */
export interface Span {
  readonly text: string;
  readonly paint: Paint;
}

const plainPaint: Paint = (text) => text;

export function tableSpan(text: string, paint: Paint = plainPaint): Span {
  return { text, paint };
}

const gap = 2;

/** Rows as aligned lines with two spaces between columns; the trailing columns that do not fit are left out. */
export function tableLines(rows: readonly (readonly Span[])[], indent: number, columns: number): readonly string[] {
  const widths = fitting(columnWidths(rows), columns - indent);
  return rows.map((row) => {
    const cells = widths.map((size, index) => {
      const cell = row[index] ?? tableSpan('');
      return cell.paint(padText(cell.text, size));
    });
    return ' '.repeat(indent) + cells.join(' '.repeat(gap)).trimEnd();
  });
}

/** Splits columns into groups that fit, at least one a group: a table too wide for the terminal becomes several. */
export function columnGroups(widths: readonly number[], room: number): readonly (readonly number[])[] {
  const groups: number[][] = [];
  let left = 0;
  for (const [index, size] of widths.entries()) {
    const group = groups.at(-1);
    if (group === undefined || left < size + gap) {
      groups.push([index]);
      left = room - size - gap;
    } else {
      group.push(index);
      left -= size + gap;
    }
  }
  return groups;
}

function columnWidths(rows: readonly (readonly Span[])[]): readonly number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, index) => Math.max(...rows.map((row) => textWidth(row[index]?.text ?? ''))));
}

function fitting(widths: readonly number[], room: number): readonly number[] {
  let used = -gap;
  const kept = widths.filter((size) => (used += size + gap) <= room);
  return kept.length > 0 ? kept : widths.slice(0, 1).map((size) => Math.min(size, Math.max(1, room)));
}
