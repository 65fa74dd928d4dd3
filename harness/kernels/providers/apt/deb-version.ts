// SPDX-License-Identifier: Apache-2.0
/** One version taken apart as deb-version(7) says. */
function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(':');
  const epoch = colon < 0 ? 0 : Number(version.slice(0, colon));
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return dash < 0
    ? { epoch, upstream: rest, revision: '' }
    : { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

/** `~` sorts before the end, the end before letters, letters before everything else. */
function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

/** Compares alternating runs of non-digits (by weight) and digits (by value). */
function compareParts(left: string, right: string): number {
  const a: string[] = left.match(/\d+|\D+/g) ?? [];
  const b: string[] = right.match(/\d+|\D+/g) ?? [];
  if (/^\d/.test(a[0] ?? '')) a.unshift('');
  if (/^\d/.test(b[0] ?? '')) b.unshift('');
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [x, y] = [a[index] ?? '', b[index] ?? ''];
    const difference = index % 2 === 1 ? compareNumbers(x, y) : compareWords(x, y);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareNumbers(left: string, right: string): number {
  const [a, b] = [BigInt(left === '' ? '0' : left), BigInt(right === '' ? '0' : right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareWords(left: string, right: string): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = weight(left[index]) - weight(right[index]);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Orders two Debian package versions as `dpkg --compare-versions` does: negative when `left` is the older. */
export function compareDebVersions(left: string, right: string): number {
  const [a, b] = [split(left), split(right)];
  return Math.sign(a.epoch - b.epoch) || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision);
}
