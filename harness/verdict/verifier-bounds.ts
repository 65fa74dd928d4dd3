// SPDX-License-Identifier: Apache-2.0
/** What the state of a number says of its bounds; null for what it leaves out. */
export interface Bounds {
  readonly smin: number | null;
  readonly umax: number | null;
}

/** Reads `R6_w=scalar(smin=0,smax=umax=0xff,...)`, `R6=inv(id=0,umax_value=1,...)` and `R6=7`. */
export function verifierBoundsOf(state: string): Bounds {
  const value = state.slice(state.indexOf('=') + 1);
  const single = /^(?:P|inv|invP)?(-?(?:0x[0-9a-f]+|\d+))$/.exec(value)?.[1];
  if (single !== undefined) return { smin: Number(single), umax: Number(single) >= 0 ? Number(single) : null };
  const named = new Map<string, number>();
  for (const part of /\((.*)\)/.exec(value)?.[1]?.split(',') ?? []) {
    const words = part.split('=');
    const number = Number(words.at(-1));
    for (const name of words.slice(0, -1)) named.set(name.replace(/_value$/, ''), number);
  }
  return { smin: named.get('smin') ?? null, umax: named.get('umax') ?? null };
}
