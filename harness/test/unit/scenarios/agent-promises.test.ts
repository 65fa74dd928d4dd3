// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { defaultContract as contract } from '../../../contracts/registry.js';
import type { Agent } from '../../../model/agent.js';
import type { Dialect } from '../../../model/dialect.js';
import { promisesOf } from '../../../scenarios/agent-promises.js';

const promises = (ready: Agent['ready'], dialect: Partial<Dialect> | null = null, of = contract) =>
  promisesOf({ agent: { ready, dialect } as Agent, contract: of }, 'ENFORCE');
const onStderr = (pattern: RegExp): Agent['ready'] => ({ stream: 'stderr', pattern });
const announced = { stream: 'stdout', needles: ['"state":"ENFORCE"'] };

describe('what an agent promises by its output', () => {
  it('is its state alone, where that is what makes it ready', () => {
    const { ready } = contract.conventions;
    expect(promises({ stream: ready.stream, pattern: new RegExp(ready.pattern) })).toEqual([
      { check: 'announcement', ...announced },
    ]);
  });

  it('is the line by which it is ready, and the state that it may announce sooner', () => {
    expect(promises(onStderr(/now watching/))).toEqual([
      { check: 'announcement', stream: 'stderr', needles: ['now watching'] },
      { check: 'announced state', ...announced },
    ]);
  });

  it('is the state, where the line is no plain text', () => {
    expect(promises(onStderr(/state=(AUDIT|ENFORCE)/))).toEqual([{ check: 'announcement', ...announced }]);
  });

  it('is in the lines of its dialect as well', () => {
    const events = { stream: 'stderr' } as Dialect['events'];
    const announcements = { stream: 'stdout', lines: { ENFORCE: 'we enforce' } } as const;
    expect(promises(onStderr(/now watching/), { events, announcements }).slice(1)).toEqual([
      { check: 'announced state', stream: 'stderr', needles: announced.needles },
      { check: 'announced state', stream: 'stdout', needles: ['we enforce'] },
    ]);
  });

  it('is nothing where there is no text to wait for', () => {
    const silent = { ...contract, events: { ...contract.events, announcements: () => [] } };
    expect(promises(onStderr(/a|b/), null, silent)).toEqual([]);
  });
});
