// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PageData } from '../page-data.js';
import { CheckSearch } from './checks-list.js';
import { CostList } from './cost-list.js';
import { Detail } from './detail.js';
import { EntryGroups } from './entry-list.js';
import { HeatTable } from './heat-table.js';
import { HelpDialog } from './help-dialog.js';
import { useKeys } from './keys.js';
import { narrowPage, searchWords } from './narrow-page.js';
import { PageHeader } from './page-header.js';
import { nothingOpen, parseRoute, type Route, routeHash } from './route.js';

/** The page: what failed or changed and the heat maps at the left, what is open at the right. */
export function App({ data, printing }: { readonly data: PageData; readonly printing: boolean }): VNode {
  const [route, go] = useRoute();
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const narrowed = useMemo(() => narrowPage(data, route), [data, route.query, route.show]);
  const close = (): void => {
    go({ ...route, open: nothingOpen });
  };
  useKeys({ search, help, setHelp, close, isOpen: route.open.kind !== 'nothing' });
  return (
    <>
      <PageHeader
        data={data}
        route={route}
        go={go}
        search={search}
        onHelp={() => {
          setHelp(true);
        }}
      />
      <main class={route.open.kind === 'nothing' ? 'columns' : 'columns open'}>
        <div class="overview">
          <EntryGroups
            groups={narrowed.groups}
            route={route}
            isWhole={route.query === ''}
            printing={printing}
            total={data.kernels.length}
          />
          <HeatTable data={data} narrowed={narrowed} route={route} />
          <CostList data={data} route={route} />
          {route.query.trim() !== '' && <CheckSearch words={searchWords(route.query, data)} />}
        </div>
        <Detail data={data} route={route} close={close} />
      </main>
      {help && (
        <HelpDialog
          close={() => {
            setHelp(false);
          }}
        />
      )}
    </>
  );
}

/** The fragment of the address. Typing replaces it, so that going back goes to what was open before. */
function useRoute(): readonly [Route, (next: Route) => void] {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useLayoutEffect(() => {
    const read = (): void => {
      setRoute(parseRoute(location.hash));
    };
    addEventListener('hashchange', read);
    addEventListener('popstate', read);
    return () => {
      removeEventListener('hashchange', read);
      removeEventListener('popstate', read);
    };
  }, []);
  const go = (next: Route): void => {
    const hash = routeHash(next);
    if (next.query !== route.query || next.show !== route.show) history.replaceState(null, '', hash);
    else history.pushState(null, '', hash);
    setRoute(next);
  };
  return [route, go];
}
