// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAgent } from '../../../config/agent.js';
import { readConfig } from '../../../config/file.js';
import { conventions } from '../../../contracts/registry.js';
import { UsageError } from '../../../model/errors.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialect-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is wrong with a configuration that has this dialect. */
async function complaint(dialect: object, more: object = {}): Promise<{ message: string; next: string | undefined }> {
  const configFile = join(folder, 'matrix.config.json');
  const agent = { name: 'warden', object: resolvePath('build/mini.bpf.o'), binary: '/bin/true', dialect, ...more };
  await writeFile(configFile, JSON.stringify({ agent }));
  try {
    const config = await readConfig(configFile, conventions);
    await readAgent(config, { conventions, root: '.', built: 'build', configFile: 'c.json', folder, object: null });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { message: error.message.replace(`${folder}/`, ''), next: error.next };
  }
  throw new Error('nothing is wrong with it');
}

const resolvePath = (path: string): string => join(process.cwd(), path);

describe('a dialect', () => {
  it.each([
    [
      { states: { ENFORCED: 'on' } },
      "agent.dialect.states: 'ENFORCED' is not a state of the contract; there are AUDIT, ENFORCE",
    ],
    [{ events: { fields: { who: 'pid' } } }, "agent.dialect.events.fields: 'who' is not a field of the contract"],
    [{ events: { types: { file: 'block' } } }, "agent.dialect.events.types: 'file' is not a type of the contract"],
    [{ events: { lacks: ['pid'] } }, 'agent.dialect.events.lacks.0: not a field that may be lacking'],
    [{ events: { text: ['('] } }, 'agent.dialect.events.text.0: Invalid regular expression'],
    [{ report: 'no' }, 'agent.dialect.report: neither "none" nor an object'],
    [
      { policy: { sections: { deny_path: 'f' }, template: ['x'] } },
      'agent.dialect.policy: sections and flags and template exclude each other',
    ],
    [
      { policy: { sections: { deny_comm: 'f' } } },
      "agent.dialect.policy.sections: 'deny_comm' is not a kind of rule of the contract",
    ],
    [{ speech: {} }, "agent.dialect: there is no field 'speech'"],
    [
      { rules: { deny_path: { item: '{path}', denies: ['open'] } } },
      'agent.dialect.rules.deny_path: a kind of rule of the contract: name it in agent.rules',
    ],
    [
      { rules: { comm: { item: '{comm}', denies: ['open'] } } },
      'agent.dialect.rules.comm: not a name for a kind of rule: deny_, small letters',
    ],
    [
      { rules: { deny_uid: { item: '{uid}', denies: ['open'] } } },
      'agent.dialect.rules.deny_uid.item: unknown placeholder {uid}; there are {comm}, {path}, {ip}, {port}',
    ],
    [
      { rules: { deny_all: { item: 'all', denies: ['open'] } } },
      'agent.dialect.rules.deny_all.item: names nothing that tells what is denied from what is not',
    ],
    [
      { rules: { deny_a: { item: '{path}', denies: ['open', 'connect'] } } },
      'agent.dialect.rules.deny_a.denies.1: connect is not about a {path}, which item names; it is about {comm}, {ip}, {port}',
    ],
    [
      { rules: { deny_a: { item: '{path}', denies: ['fly'] } } },
      "agent.dialect.rules.deny_a.denies.0: not an operation that a rule of one's own can deny; there are open, create",
    ],
    [
      { rules: { deny_a: { item: '{path}', denies: [] } } },
      'agent.dialect.rules.deny_a.denies: a rule that denies nothing',
    ],
    [{ rules: { deny_a: { denies: ['open'] } } }, 'agent.dialect.rules.deny_a.item: is missing'],
  ])('%j is refused with its place', async (dialect, said) => {
    const { message, next } = await complaint(dialect);
    expect(message).toContain(`matrix.config.json: ${said}`);
    expect(next).toBe('docs/configuration.md lists every field');
  });

  it.each([
    [['{{deny_files}}'], 'line 1: {{deny_files}} is no kind of rule; there are version, deny_path'],
    [['a', '{{#deny_path}}', 'b'], 'line 2: {{#deny_path}} has no {{/deny_path}}'],
    [['{{#deny_path}}', '{{/deny_ip}}'], 'line 2: {{/deny_ip}} ends nothing: {{#deny_path}} of line 1 is open'],
    [['{{/deny_ip}}'], 'line 1: {{/deny_ip}} ends nothing: nothing is open'],
    [['{{deny_path}} {{deny_ip}}'], 'line 1: one line repeats deny_path and deny_ip; it can repeat one'],
    [['x {{deny_path'], 'line 1: {{ has no }}'],
    [['x {{#deny_path}}'], 'line 1: {{#deny_path}} stands in a line of its own'],
  ])('with the template %j is refused with its line', async (template, said) => {
    const { message, next } = await complaint({ policy: { template } });
    expect(message).toContain(`agent.dialect.policy.template: ${said}`);
    expect(next).toBe('docs/dialect.md has what a template may say');
  });

  it('with a template in a file names the file', async () => {
    await writeFile(join(folder, 'policy.template'), 'a\n{{deny_files}}\n');
    const { message } = await complaint({ policy: { template: 'policy.template' } });
    expect(message).toContain('agent.dialect.policy.template: policy.template: line 2: {{deny_files}}');
    expect((await complaint({ policy: { template: 'none' } })).message).toContain('none cannot be read');
  });

  it('with a kind of rule of its own that no template writes is refused', async () => {
    const rules = { deny_comm: { item: '{comm}', denies: ['open'] } };
    const { message, next } = await complaint({ rules, policy: { template: ['{{deny_path}}', '{{flag deny_comm}}'] } });
    expect(message).toContain('agent.dialect.policy: it has no items of deny_comm, which c.json: agent.dialect.rules');
    expect(next).toBe('write {{deny_comm}} or {{list deny_comm}} where they belong');
  });

  it('with a command that is a script is refused: the guest has no interpreter', async () => {
    await writeFile(join(folder, 'convert.sh'), '#!/bin/sh\ncat\n', { mode: 0o755 });
    const { message, next } = await complaint({ policy: { command: 'convert.sh' } });
    expect(message).toContain('agent.dialect.policy.command: ');
    expect(next).toContain('name the interpreter');
  });

  it('that renames the event of a state needs a line by which it is ready', async () => {
    const { message } = await complaint({ events: { types: { state_change: 'posture' } } });
    expect(message).toContain('agent.ready.pattern: the contract\'s line, "type":"state_change", is none');
  });
});

describe('operations', () => {
  it('are those that can be attempted', async () => {
    expect((await complaint({}, { operations: ['fly'] })).message).toContain('agent.operations.0: ');
  });
});
