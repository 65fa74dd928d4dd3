// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { checkRows, type MergedCheck, readChecks, type ShownCheck } from './check-rows.js';
import { embeddedChecks } from './embedded.js';
import { hasWords, type SearchWords } from './narrow-page.js';
import { MoreButton } from './more-button.js';

/** The checks of a row on a kernel. */
export function CheckList({ label, kernel }: { readonly label: string; readonly kernel: string }): VNode {
  const checks = useChecks();
  const own = useMemo(
    () => (checks ?? []).filter((one) => one.kernel === kernel && (one.label === label || label === 'all checks')),
    [checks, label, kernel],
  );
  return <CheckTable title="Checks" checks={checks === null ? null : own} withPlace={label === 'all checks'} />;
}

/** The checks in which all words are. */
export function CheckSearch({ words: { kernels, words } }: { readonly words: SearchWords }): VNode | null {
  const checks = useChecks();
  const found = useMemo(() => {
    const texts = new Map<ShownCheck, string>();
    for (const one of checks ?? []) {
      if (kernels.length === 0 || kernels.includes(one.kernel)) {
        texts.set(one, `${one.label} ${one.scenario} ${one.check} ${one.attempt} ${one.state} ${one.cameTo}`);
      }
    }
    return [...texts].filter(([, text]) => hasWords(text, words)).map(([one]) => one);
  }, [checks, kernels.join(), words.join(' ')]);
  if (words.length === 0) return null;
  return <CheckTable title="Checks found" checks={checks === null ? null : found} withPlace />;
}

function useChecks(): readonly ShownCheck[] | null {
  const [checks, setChecks] = useState<readonly ShownCheck[] | null>(null);
  useEffect(() => {
    void embeddedChecks().then((all) => {
      setChecks(readChecks(all));
    });
  }, []);
  return checks;
}

/** Rows shown without being asked for more. */
const shownRows = 200;

interface CheckTableProps {
  readonly title: string;
  /** Null until they are unpacked. */
  readonly checks: readonly ShownCheck[] | null;
  readonly withPlace: boolean;
}

function CheckTable({ title, checks, withPlace }: CheckTableProps): VNode {
  const [all, setAll] = useState(false);
  const showAll = (): void => {
    setAll(true);
  };
  const rows = useMemo(() => checkRows(checks ?? []), [checks]);
  // A table is narrowed by every letter that is typed.
  useEffect(() => {
    setAll(false);
  }, [checks]);
  if (checks === null) return <p class="dim">unpacking</p>;
  const shown = all ? rows : rows.slice(0, shownRows);
  return (
    <section class="checks" aria-label={title}>
      <h3>
        {title} <span class="count">{checks.length}</span>
      </h3>
      {rows.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, a table`}>
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">came to</th>
                {withPlace && <th scope="col">where</th>}
                <th scope="col">scenario</th>
                <th scope="col">checks and attempts</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row, at) => (
                <CheckTableRow key={at} row={row} withPlace={withPlace} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < rows.length && <MoreButton onMore={showAll}>Show all {rows.length} rows</MoreButton>}
    </section>
  );
}

function CheckTableRow({ row, withPlace }: { readonly row: MergedCheck; readonly withPlace: boolean }): VNode {
  const { first, checks, attempts } = row;
  const { kernel, label, scenario, state, cameTo, evidence } = first;
  return (
    <tr>
      <td class={`tone-${tones[state] ?? 'dull'}`}>{state}</td>
      {withPlace && (
        <td>
          {kernel} {label}
        </td>
      )}
      <td>{scenario}</td>
      <td>
        {checks.join(', ')}
        {cameTo !== '' && <span class="line">{cameTo}</span>}
        {attempts.length > 0 && <span class="line">{attempts.join('; ')}</span>}
        {evidence !== '' && (
          <details>
            <summary>evidence</summary>
            <pre tabIndex={0}>{evidence}</pre>
          </details>
        )}
      </td>
    </tr>
  );
}

const tones: Readonly<Record<string, string>> = { pass: 'good', fail: 'bad', unproved: 'warn', gained: 'good' };
