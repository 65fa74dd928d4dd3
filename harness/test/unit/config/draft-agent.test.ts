// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { agentHelp } from '../../../config/agent-help.js';
import { draftAgent, type FoundAgent } from '../../../config/draft-agent.js';
import { aegisConventions } from '../../../contracts/aegis/conventions.js';

const { signal } = new AbortController();
const everything = Buffer.from(
  [
    ...aegisConventions.rules,
    ...Object.values(aegisConventions.overrides),
    ...Object.keys(aegisConventions.env),
    ...(aegisConventions.vocabulary?.states ?? []),
  ].join(),
);
const draft = (more: Partial<FoundAgent> = {}) =>
  draftAgent(
    { name: 'warden', object: 'w.bpf.o', binary: 'wardend', help: null, bytes: everything, features: {}, ...more },
    aegisConventions,
  );
const files = { name: 'warden', object: 'w.bpf.o', binary: 'wardend' };

it('writes the three files alone where the contract holds', async () => {
  const help = await agentHelp('build/agent/aegis-agent', signal);
  expect(help).toContain('usage: aegis-agent run');
  const { agent, notes } = draft({ help });
  expect(agent).toEqual({ ...files, takeover: ['--takeover'] });
  expect(notes).toEqual([]);
});

it('finds in our own binary what it reads, and in that of the small agent what it lacks', async () => {
  const own = draft({ bytes: await readFile('build/agent/aegis-agent') });
  expect(own.agent).toEqual(files);
  const mini = draft({
    bytes: await readFile('build/agent-mini/mini-guard'),
    help: await agentHelp('build/agent-mini/mini-guard', signal),
  });
  expect(mini.agent).toMatchObject({ run: ['{binary}'], signals: [] });
  // It says everything in words of its own.
  expect(mini.agent['rules']).toBeUndefined();
  expect(mini.notes.map((note) => note.split(':')[0])).toEqual(
    expect.arrayContaining(['run', 'rules', 'env', 'dialect']),
  );
});

describe('of the command line', () => {
  const known = '--enforce --audit run --enforce-signal --enforce-fallback --enforce-gate-mode --policy FILE';

  it('leaves out what the help does not know, with a note', () => {
    const { agent, notes } = draft({ help: known });
    expect(agent['run']).toEqual(aegisConventions.run.filter((word) => !word.startsWith('--kill-escalation')));
    expect(notes[0]).toContain('--kill-escalation-threshold={threshold}');
  });

  it('takes a flag for itself alone, and a value with its flag', () => {
    const { agent } = draft({ help: known.replace('--policy FILE', '--policy-file FILE') });
    expect(agent['run']).not.toContain('--policy');
    expect(agent['run']).not.toContain('{policy}');
  });

  it('knows no signal where no flag asks for one', () => {
    expect(draft({ help: known.replace('--enforce-signal', '') }).agent['signals']).toEqual([]);
  });

  it('says that it is the contract’s where there is no help', () => {
    expect(draft().notes[0]).toContain("run: not known, so the contract's");
  });
});

it('writes the features that were denied, and only those', () => {
  const { agent } = draft({ features: { fallback: false, auditFallback: true } });
  expect(agent).toMatchObject({ fallback: false });
  expect(agent).not.toHaveProperty('auditFallback');
});

it('never guesses rules', () => {
  const { agent, notes } = draft({ bytes: Buffer.from('nothing') });
  expect(agent).not.toHaveProperty('rules');
  expect(notes.some((note) => note.startsWith('rules: none of'))).toBe(true);
});

describe('the help', () => {
  it('is nothing of a program that goes on with what it is for, or is none', async () => {
    expect(await agentHelp('/bin/false', signal)).not.toBe('');
    expect(await agentHelp('/nowhere/agent', signal)).toBeNull();
  });

  it('is asked for without a capability', async () => {
    const help = await agentHelp('harness/test/unit/config/fixture/show-capabilities', signal);
    expect(help).toMatch(/CapEff:\s+0000000000000000/);
    expect(help).toMatch(/NoNewPrivs:\s+1/);
  });
});
