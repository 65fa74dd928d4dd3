// SPDX-License-Identifier: Apache-2.0
import type { RefObject, VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { PageData } from '../page-data.js';
import { type Route, routeHash, type Shown } from './route.js';
import { applyTheme, keptTheme, nextTheme } from './theme.js';

interface PageHeaderProps {
  readonly data: PageData;
  readonly route: Route;
  readonly go: (next: Route) => void;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onHelp: () => void;
}

export function PageHeader({ data, route, go, search, onHelp }: PageHeaderProps): VNode {
  const { verdict, tool, started, totals } = data;
  return (
    <header>
      <div class="verdict">
        <h1 class={`tone-${verdict.tone}`}>{verdict.text}</h1>
        <p class="meaning">
          exit {verdict.exitCode}, {verdict.meaning}
          <span class="tool">
            {tool}, <time dateTime={started}>{started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>
          </span>
        </p>
        <div class="controls">
          <input
            ref={search}
            type="search"
            placeholder="Search  /"
            aria-label="Search programs, checks, codes and kernels"
            value={route.query}
            onInput={(event) => {
              go({ ...route, query: event.currentTarget.value });
            }}
          />
          <ShowChoice route={route} go={go} />
          <ThemeButton />
          <button type="button" onClick={onHelp} aria-label="Help">
            ?
          </button>
        </div>
      </div>
      <p class="totals">{totals.join('. ')}.</p>
      <KernelLinks data={data} route={route} />
    </header>
  );
}

function KernelLinks({ data, route }: Pick<PageHeaderProps, 'data' | 'route'>): VNode {
  return (
    <nav class="kernels" aria-label="Kernels">
      {data.kernels.map(({ id, text, tone, detail }) => (
        <a
          key={id}
          href={routeHash({ ...route, open: { kind: 'kernel', id } })}
          title={detail}
          aria-current={route.open.kind === 'kernel' && route.open.id === id ? 'true' : undefined}
        >
          {id} <b class={`tone-${tone}`}>{text}</b>
        </a>
      ))}
    </nav>
  );
}

const choices: readonly (readonly [Shown, string])[] = [
  ['all', 'All'],
  ['bad', 'Failed or changed'],
];

function ShowChoice({ route, go }: Pick<PageHeaderProps, 'route' | 'go'>): VNode {
  return (
    <span class="choice" role="group" aria-label="Rows that are shown">
      {choices.map(([show, label]) => (
        <button
          key={show}
          type="button"
          aria-pressed={route.show === show}
          onClick={() => {
            go({ ...route, show });
          }}
        >
          {label}
        </button>
      ))}
    </span>
  );
}

/** Changes the colours, and remembers them. */
export function ThemeButton(): VNode {
  const [theme, setTheme] = useState(keptTheme);
  const change = (): void => {
    const next = nextTheme(theme);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" class="theme" onClick={change} aria-label={`Colours: ${theme}`}>
      {theme}
    </button>
  );
}
