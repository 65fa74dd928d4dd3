// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { oneLine } from '../../views/text.js';
import type { PageLogRef } from '../page-data.js';
import { embeddedLog } from './embedded.js';
import { foldLog, type LogLine, type LogPart } from './fold-log.js';
import { MoreButton } from './more-button.js';

type Unpacked =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'text'; readonly lines: readonly string[] };

/** A log that is unpacked when it is opened; one with the line that decided is open, at that line. */
export function LogView({ log }: { readonly log: PageLogRef }): VNode {
  const [isOpen, setOpen] = useState(log.mark !== null);
  return (
    <details
      class="log"
      open={isOpen}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{log.label}</summary>
      <p class="dim">
        <a href={log.href}>{log.path}</a>
      </p>
      {isOpen && <LogText log={log} />}
    </details>
  );
}

function LogText({ log }: { readonly log: PageLogRef }): VNode {
  const [text, setText] = useState<Unpacked>({ kind: 'waiting' });
  useEffect(() => {
    void embeddedLog(log.path).then((found) => {
      setText(found === null ? { kind: 'missing' } : { kind: 'text', lines: linesOf(found) });
    });
  }, [log.path]);
  if (text.kind === 'waiting') return <p class="dim">unpacking</p>;
  if (text.kind === 'missing')
    return <p class="dim">It is not in this page: it is empty, too large, or was not beside the report.</p>;
  return <LogLines lines={text.lines} mark={log.mark} />;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n').map(oneLine);
}

/** Lines shown without being asked for more: the end, where it says what went wrong. */
const shownParts = 60;

function LogLines({ lines, mark }: { readonly lines: readonly string[]; readonly mark: string | null }): VNode {
  const [all, setAll] = useState(false);
  const showAll = (): void => {
    setAll(true);
  };
  const marked = useMemo(() => markedLine(lines, mark), [lines, mark]);
  const parts = useMemo(() => foldLog(lines, marked), [lines, marked]);
  const end = marked === null ? parts.length : Math.min(parts.length, endOf(parts, marked) + shownParts / 4);
  const start = all ? 0 : Math.max(0, end - shownParts);
  const shown = parts.slice(start, all ? parts.length : end);
  return (
    <>
      {shown.length < parts.length && <MoreButton onMore={showAll}>Show all {lines.length} lines</MoreButton>}
      <pre tabIndex={0}>
        {shown.map((part) =>
          part.kind === 'line' ? (
            <LineOfLog key={part.line.number} line={part.line} marked={marked} />
          ) : (
            <details key={part.lines[0]?.number} class="passes">
              <summary>
                {part.count} more passes through {part.from} to {part.to}, {part.lines.length} lines
              </summary>
              {part.lines.map((line) => (
                <LineOfLog key={line.number} line={line} marked={marked} />
              ))}
            </details>
          ),
        )}
      </pre>
    </>
  );
}

function LineOfLog({
  line: { number, text },
  marked,
}: {
  readonly line: LogLine;
  readonly marked: number | null;
}): VNode {
  const kind = number === marked ? 'row mark' : text.startsWith(';') ? 'row comment' : 'row';
  return (
    <span class={kind}>
      <span class="number">{number}</span>
      {`${text}\n`}
    </span>
  );
}

/** The last line that is, or has in it, what decided; null where the log has it nowhere. */
function markedLine(lines: readonly string[], mark: string | null): number | null {
  if (mark === null) return null;
  const asked = oneLine(mark);
  const same = lines.findLastIndex((line) => line === asked);
  const at = same >= 0 ? same : lines.findLastIndex((line) => line.includes(asked));
  return at < 0 ? null : at + 1;
}

function endOf(parts: readonly LogPart[], marked: number): number {
  return parts.findIndex((part) => part.kind === 'line' && part.line.number === marked);
}
