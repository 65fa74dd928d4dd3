// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { PageEntry } from '../page-data.js';
import { Blocks } from './blocks.js';
import { type NarrowedPage, quietGroups } from './narrow-page.js';
import { type Route, routeHash } from './route.js';
import { MoreButton } from './more-button.js';

interface EntryGroupsProps {
  readonly groups: NarrowedPage['groups'];
  readonly route: Route;
  /** Nothing is searched for. */
  readonly isWhole: boolean;
  readonly printing: boolean;
  /** Kernels of the run. */
  readonly total: number;
}

/** What failed or changed; what is merely to be known is folded below it. */
export function EntryGroups({ groups, route, isWhole, printing, total }: EntryGroupsProps): VNode {
  const loud = groups.filter(({ group }) => !quietGroups.has(group));
  const quiet = groups.filter(({ group }) => quietGroups.has(group));
  return (
    <section class="entries" aria-label="What failed or changed">
      {loud.length === 0 && isWhole && <p class="calm">Nothing failed.</p>}
      {loud.map(({ group, entries }) => (
        <section key={group} aria-label={group}>
          <h2>
            {group} <span class="count">{entries.length}</span>
          </h2>
          <EntryList entries={entries} {...{ route, printing, total }} />
        </section>
      ))}
      {quiet.map(({ group, entries }) => (
        <details key={group} class="quiet" open={printing || !isWhole}>
          <summary>
            {group} <span class="count">{entries.length}</span>
          </summary>
          <EntryList entries={entries} {...{ route, printing, total }} />
        </details>
      ))}
    </section>
  );
}

/** Entries shown without being asked for more. */
const shownEntries = 40;

function EntryList({
  entries,
  route,
  printing,
  total,
}: Pick<EntryGroupsProps, 'route' | 'printing' | 'total'> & { readonly entries: readonly PageEntry[] }): VNode {
  const [all, setAll] = useState(false);
  const showAll = (): void => {
    setAll(true);
  };
  const shown = all || printing ? entries : entries.slice(0, shownEntries);
  return (
    <>
      <ul class="entry-list">
        {shown.map((entry) => (
          <EntryItem key={entry.id} entry={entry} {...{ route, printing, total }} />
        ))}
      </ul>
      {shown.length < entries.length && <MoreButton onMore={showAll}>Show all {entries.length}</MoreButton>}
    </>
  );
}

function EntryItem({
  entry,
  route,
  printing,
  total,
}: Pick<EntryGroupsProps, 'route' | 'printing' | 'total'> & { readonly entry: PageEntry }): VNode {
  const { id, tone, code, kernels, title, line, blocks } = entry;
  const isOpen = route.open.kind === 'entry' && route.open.id === id;
  return (
    <li>
      <a
        data-entry
        href={routeHash({ ...route, open: { kind: 'entry', id } })}
        aria-current={isOpen ? 'true' : undefined}
      >
        <span class="where">{whereText(kernels, total)}</span>
        <span class="what">
          {code !== '' && <b class={`code tone-${tone}`}>{code}</b>} <span class="title">{title}</span>
          {line !== null && <span class="line">{line}</span>}
        </span>
      </a>
      {printing && <Blocks blocks={blocks} kernel={null} />}
    </li>
  );
}

/** Kernels named one by one. */
const namedKernels = 8;

function whereText(kernels: readonly string[], total: number): string {
  if (kernels.length > 3 && kernels.length === total) return `all ${total} kernels`;
  const rest = kernels.length - namedKernels;
  return [...kernels.slice(0, namedKernels), ...(rest > 0 ? [`and ${rest} more`] : [])].join(' ');
}
