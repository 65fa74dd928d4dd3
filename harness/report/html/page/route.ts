// SPDX-License-Identifier: Apache-2.0

/** What is open, and what the page is narrowed to. It is the fragment of the address, so that it can be sent around. */
export interface Route {
  readonly open: Opened;
  /** Words of the search. */
  readonly query: string;
  readonly show: Shown;
}

export type Opened =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'entry'; readonly id: string }
  | { readonly kind: 'kernel'; readonly id: string }
  | { readonly kind: 'cell'; readonly map: string; readonly row: string; readonly kernel: string }
  | { readonly kind: 'source'; readonly object: string; readonly program: string };

/** `bad`: what failed or changed. */
export type Shown = 'all' | 'bad';

export const nothingOpen: Opened = { kind: 'nothing' };

/** `#/cell/checks/file/6.12?q=open&show=bad`. A fragment that makes no sense opens nothing. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?');
  const parameters = new URLSearchParams(search);
  return {
    open: parseOpened(path),
    query: parameters.get('q') ?? '',
    show: parameters.get('show') === 'bad' ? 'bad' : 'all',
  };
}

function parseOpened(path: string): Opened {
  const [, kind, ...rest] = path.split('/').map(decoded);
  const [first, second, third] = rest;
  if (kind === 'entry' && first) return { kind, id: first };
  if (kind === 'kernel' && first) return { kind, id: first };
  if (kind === 'cell' && first && second && third) return { kind, map: first, row: second, kernel: third };
  if (kind === 'source' && first && second) return { kind, object: first, program: second };
  return nothingOpen;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function routeHash({ open, query, show }: Route): string {
  const parameters = new URLSearchParams();
  if (query !== '') parameters.set('q', query);
  if (show === 'bad') parameters.set('show', show);
  const search = parameters.toString();
  return `#${openedPath(open)}${search === '' ? '' : `?${search}`}`;
}

function openedPath(open: Opened): string {
  const path = (...words: readonly string[]): string => words.map((word) => `/${encodeURIComponent(word)}`).join('');
  switch (open.kind) {
    case 'nothing':
      return '/';
    case 'entry':
    case 'kernel':
      return path(open.kind, open.id);
    case 'cell':
      return path(open.kind, open.map, open.row, open.kernel);
    case 'source':
      return path(open.kind, open.object, open.program);
  }
}

export function isSameOpened(a: Opened, b: Opened): boolean {
  return openedPath(a) === openedPath(b);
}
