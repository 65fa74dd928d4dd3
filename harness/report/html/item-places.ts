// SPDX-License-Identifier: Apache-2.0
import { conventions, machineLabel } from '../../contracts/registry.js';
import { checkClasses, environments } from '../../model/check.js';
import type { RunReport } from '../../model/report.js';
import { withoutStat } from '../../model/stat-limits.js';
import { wholeObject } from '../views/cases.js';
import { checkLabel } from '../views/checks.js';
import { checkMap, type PagePlace, programMap } from './entry.js';

/** Where in the heat maps it is that a change beside the baseline is about: `aegis/deny_connect`, `lsm: file: open for reading`. */
export function placesOfItem(item: string, report: RunReport): readonly PagePlace[] {
  return [...programPlaces(item, report), ...checkPlaces(item)];
}

function programPlaces(item: string, { objects }: RunReport): readonly PagePlace[] {
  return objects.flatMap(({ name }) => {
    if (item.startsWith(`${name}/`)) return [{ map: programMap(name), row: withoutStat(item.slice(name.length + 1)) }];
    const isWhole = item.startsWith(`${name} as a whole`) || item.startsWith(`${name}, `);
    return isWhole ? [{ map: programMap(name), row: wholeObject }] : [];
  });
}

function checkPlaces(item: string): readonly PagePlace[] {
  return places
    .filter(({ name, start }) => item === name || (start !== null && item.startsWith(start)))
    .map(({ row }) => ({ map: checkMap, row }));
}

/** How the names of scenarios and postures begin in a manifest, and the row that each is in. */
const places: readonly { readonly name: string | null; readonly start: string | null; readonly row: string }[] =
  conventions.flatMap(({ contract }) =>
    environments.flatMap((environment) => {
      const machine = machineLabel({ contract, environment });
      return [
        { name: `${machine}: posture`, start: null, row: `claims (${machine})` },
        ...checkClasses.map((name) => ({
          name: null,
          start: `${machine}: ${name}: `,
          row: checkLabel({ class: name, environment, contract }),
        })),
      ];
    }),
  );
