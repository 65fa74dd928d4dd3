// SPDX-License-Identifier: Apache-2.0

/**
 * Compares `[EPOCH:]VERSION[-RELEASE]` as rpm does (rpmvercmp of rpm's rpmio/rpmvercmp.c): runs of digits by value, runs of
 * letters by their bytes, whatever else only separates; `~` is older than nothing, `^` newer than nothing and older than
 * anything else. Negative when `left` is the older.
 */
export function compareRpmVersions(left: string, right: string): number {
  const [a, b] = [parts(left), parts(right)];
  return a.epoch - b.epoch || compareRuns(a.version, b.version) || compareRuns(a.release, b.release);
}

interface VersionParts {
  readonly epoch: number;
  readonly version: string;
  readonly release: string;
}

function parts(text: string): VersionParts {
  const [, epoch = '0', version = '', release = ''] = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/.exec(text) ?? [];
  return { epoch: Number(epoch), version, release };
}

const runs = (text: string): readonly string[] => text.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];

function compareRuns(left: string, right: string): number {
  const [a, b] = [runs(left), runs(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compareRun(a[index], b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Ranks of what a run may be, oldest first; a run of digits is newer than one of letters. */
const ranks = [/^~$/, /^$/, /^\^$/, /^[A-Za-z]/, /^\d/];
const rank = (run: string): number => ranks.findIndex((pattern) => pattern.test(run));

function compareRun(a = '', b = ''): number {
  const byKind = rank(a) - rank(b);
  if (byKind !== 0) return byKind;
  if (!/^\d/.test(a)) return a < b ? -1 : a > b ? 1 : 0;
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}
