// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { PageCost, PageData } from '../page-data.js';
import { hasWords, searchWords } from './narrow-page.js';
import { MoreButton } from './more-button.js';
import { isSameOpened, type Opened, type Route, routeHash } from './route.js';

/** Programs shown without being asked for more. */
const shownPrograms = 8;

/** What the verifier spends on each program, kernels side by side; a row leads to its source. */
export function CostList({ data, route }: { readonly data: PageData; readonly route: Route }): VNode | null {
  const [all, setAll] = useState(false);
  const { words } = searchWords(route.query, data);
  const found = data.costs.filter(({ object, program }) => hasWords(`${object} ${program}`, words));
  const shown = all ? found : found.slice(0, shownPrograms);
  if (found.length === 0) return null;
  return (
    <section class="costs" aria-label="What the verifier spends">
      <h2>What the verifier spends</h2>
      <div class="scroll" role="region" aria-label="Instructions by programs and kernels" tabIndex={0}>
        <table class="plain">
          <thead>
            <tr>
              <td />
              {data.kernels.map(({ id }) => (
                <th key={id} scope="col">
                  {id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((cost) => (
              <CostRow key={`${cost.object}/${cost.program}`} cost={cost} route={route} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < found.length && (
        <MoreButton
          onMore={() => {
            setAll(true);
          }}
        >
          {found.length - shown.length} more programs
        </MoreButton>
      )}
    </section>
  );
}

function CostRow({ cost, route }: { readonly cost: PageCost; readonly route: Route }): VNode {
  const { object, program, kernels } = cost;
  const open: Opened = { kind: 'source', object, program };
  return (
    <tr>
      <th scope="row">
        <a href={routeHash({ ...route, open })} aria-current={isSameOpened(route.open, open) ? 'true' : undefined}>
          {object}/{program}
        </a>
      </th>
      {kernels.map((total, at) => (
        <td key={at} title={total?.fault ?? undefined}>
          {total === null ? '-' : `${total.text}${total.fault === null ? '' : ' !'}`}
        </td>
      ))}
    </tr>
  );
}
