// SPDX-License-Identifier: Apache-2.0
import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

interface PageKeys {
  readonly search: RefObject<HTMLInputElement | null>;
  readonly help: boolean;
  readonly setHelp: (help: boolean) => void;
  readonly close: () => void;
  readonly isOpen: boolean;
}

/** Keys that work wherever one is, from the first moment on. A dialog closes itself. */
export function useKeys(keys: PageKeys): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || keys.help || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.activeElement === keys.search.current) leaveSearch(event);
      else pressed(event, keys);
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  });
}

/** The first time the search is emptied, by the browser; the second time it is left. */
function leaveSearch({ key, target }: KeyboardEvent): void {
  if (key === 'Escape' && target instanceof HTMLInputElement && target.value === '') target.blur();
}

function pressed(event: KeyboardEvent, { search, setHelp, close, isOpen }: PageKeys): void {
  const { key } = event;
  if (key === 'Escape' && isOpen) close();
  else if (key === '?') setHelp(true);
  else if (key.startsWith('Arrow')) moveFocus(event);
  else if (key === '/') {
    event.preventDefault();
    search.current?.focus();
  }
}

/** From entry to entry, on into the table; the first time to the first of them. */
function moveFocus(event: KeyboardEvent): void {
  const active = document.activeElement;
  const isSomewhereElse =
    active !== document.body && !(active instanceof HTMLAnchorElement && active.hasAttribute('data-entry'));
  if (isSomewhereElse || event.key === 'ArrowLeft' || event.key === 'ArrowRight') return;
  const stops = [...document.querySelectorAll<HTMLElement>('[data-entry], table a[tabindex="0"]')].filter(
    (one) => one.offsetParent !== null,
  );
  const at = active instanceof HTMLElement ? stops.indexOf(active) : -1;
  const next = stops[event.key === 'ArrowDown' ? at + 1 : at - 1];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** From cell to cell; above the first row are the entries. */
export function moveInTable(event: KeyboardEvent & { readonly currentTarget: HTMLTableElement }): void {
  const place = (event.target as HTMLElement).dataset['at'];
  const step = steps[event.key];
  if (place === undefined || step === undefined) return;
  const [row = 0, column = 0] = place.split(' ').map(Number);
  const next = event.currentTarget.querySelector<HTMLElement>(`[data-at="${row + step[0]} ${column + step[1]}"]`);
  event.preventDefault();
  if (next !== null) next.focus();
  else if (event.key === 'ArrowUp')
    [...document.querySelectorAll<HTMLElement>('[data-entry]')].findLast((one) => one.offsetParent !== null)?.focus();
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
