// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegisConventions } from '../../../contracts/aegis/conventions.js';
import { denialClasses } from '../../../scenarios/classes/index.js';
import type { Denial } from '../../../scenarios/scenario.js';
import { rulesOf, stopsOf } from '../../../scenarios/stops.js';
import { targetNamed, unnamedTarget } from '../../../target.js';

const denials = denialClasses.flatMap(({ class: name, in: content }) =>
  content('/t/x', unnamedTarget).scenarios.flatMap((one): readonly (Denial & { readonly class: string })[] =>
    one.kind === 'denied' ? [{ ...one, class: name }] : [],
  ),
);
const operationOf = ({ attempt }: Denial): string => attempt.operation.join(' ');

describe('where an attempt can be stopped', () => {
  it.each(denials)('$class: $name passes a hook of the contract', (denial) => {
    const hooks = stopsOf(operationOf(denial), 'lsm', unnamedTarget);
    expect(hooks.some((hook) => aegisConventions.own.hooks.includes(hook))).toBe(true);
  });

  it.each(denials.filter(({ fallback }) => fallback === 'signal'))('$class: $name passes a tracepoint', (denial) => {
    expect(stopsOf(operationOf(denial), 'no-lsm', unnamedTarget).length).toBeGreaterThan(0);
  });

  it('names each hook of the contract for some attempt', () => {
    const passed = new Set(denials.flatMap((denial) => stopsOf(operationOf(denial), 'lsm', unnamedTarget)));
    expect(aegisConventions.own.hooks.filter((hook) => !passed.has(hook))).toEqual([]);
  });

  it('names no tracepoint that an architecture does not have', () => {
    const arm64 = targetNamed('arm64')!;
    expect(stopsOf('open /a', 'no-lsm', unnamedTarget)).toEqual(['sys_enter_open', 'sys_exit_open']);
    expect(stopsOf('open /a', 'no-lsm', arm64)).toEqual(['sys_enter_openat', 'sys_exit_openat']);
    expect(stopsOf('creat /a', 'no-lsm', arm64)).toEqual(['sys_enter_openat', 'sys_exit_openat']);
    expect(stopsOf('connect 1.2.3.4 1', 'no-lsm', arm64)).toEqual(['sys_enter_connect']);
  });

  it('knows no operation that is none', () => {
    expect(stopsOf('toString', 'lsm', unnamedTarget)).toEqual([]);
  });
});

describe('rules of a scenario', () => {
  it('are those that forbid, under the name that the class signal gives it, too', () => {
    expect(rulesOf('ptrace', 'PTRACE_SEIZE')).toEqual(['deny_ptrace']);
    expect(rulesOf('signal', 'signal term: execve')).toEqual(['deny_exec']);
    expect(rulesOf('restart', 'a restart without a gap')).toEqual([]);
  });
});
