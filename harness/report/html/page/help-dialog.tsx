// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const keys: readonly (readonly [string, string])[] = [
  ['← ↑ → ↓', 'go from cell to cell, or from entry to entry'],
  ['Enter', 'open it; the address is a link to it'],
  ['Escape', 'close what is open, or empty the search'],
  ['/', 'search: all words must be there; the name of a kernel narrows the columns'],
  ['?', 'this'],
];

const signs: readonly (readonly [string, string])[] = [
  ['▼ ▲ ◆', 'worse than the baseline, better, or other'],
  ['●', 'named by a finding'],
  ['40/42', 'passed of what had to pass'],
  ['+3', 'not offered by the agent or the kernel; never counted as passed'],
  ['^3', 'said to be out of reach, and met'],
  ['?', 'the machine broke; there may have been more to ask'],
];

export function HelpDialog({ close }: { readonly close: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} onClose={close} aria-label="Help">
      <h2>Keys</h2>
      <Pairs pairs={keys} />
      <h2>Signs</h2>
      <Pairs pairs={signs} />
      <button type="button" onClick={() => dialog.current?.close()}>
        Close <kbd>Esc</kbd>
      </button>
    </dialog>
  );
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }): VNode {
  return (
    <dl>
      {pairs.map(([sign, meaning]) => (
        <div key={sign}>
          <dt>{sign}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
