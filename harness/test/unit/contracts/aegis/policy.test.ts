// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aegisPolicy, policyText, ruleKinds } from '../../../../contracts/aegis/policy.js';
import type { Inode, PolicyRules } from '../../../../contracts/contract.js';
import type { OwnRuleKind, RuleKind } from '../../../../model/agent.js';
import { runProgram } from '../../../../proc/run.js';
import { denialClasses, essentialClasses, fallbackClasses } from '../../../../scenarios/classes/index.js';
import type { ScenarioClass } from '../../../../scenarios/scenario.js';
import { unnamedTarget } from '../../../../target.js';

const all: ReadonlySet<RuleKind> = new Set(ruleKinds);
const inode = (path: string): Inode => ({ dev: 8_388_609, ino: 1 + path.length });
const rulesOf = (classes: readonly ScenarioClass[]): readonly PolicyRules[] =>
  classes.map((one) => one.in(`/t/enforce/${one.class}`, unnamedTarget).rules(inode));

describe('policyText', () => {
  it('begins with the version and has the sections in the order of the contract', () => {
    const text = policyText(7, [{ deny_exec: ['/bin/nc'], deny_path: ['/a', '/b'] }, { deny_bpf: [] }], all);
    expect(text).toBe('version=7\n[deny_path]\n/a\n/b\n[deny_exec]\n/bin/nc\n[deny_bpf]\n');
    expect(policyText(1, [], all)).toBe('version=1\n');
  });

  it('has each section and each item once, whoever wants it', () => {
    const parts = [{ allow_cgroup: ['/exempt'] }, { allow_cgroup: ['/exempt', '/more'] }, { allow_cgroup: [] }];
    expect(policyText(1, parts, all)).toBe('version=1\n[allow_cgroup]\n/exempt\n/more\n');
  });

  it('has the sections of kinds of the agent itself after those of the contract', () => {
    const kind = 'deny_comm' as OwnRuleKind;
    const parts = [{ [kind]: ['barred-1', 'barred-1'] }, { deny_path: ['/a'] }];
    expect(policyText(1, parts, new Set([kind, ...ruleKinds]))).toBe(
      'version=1\n[deny_path]\n/a\n[deny_comm]\nbarred-1\n',
    );
  });

  it('has no section that the agent does not offer, whichever it is', () => {
    const parts = rulesOf(denialClasses);
    for (const left of ruleKinds) {
      const offered = new Set(ruleKinds.filter((kind) => kind !== left));
      const sections = policyText(1, parts, offered).match(/^\[\w+\]$/gm);
      expect(sections).toEqual(ruleKinds.filter((kind) => kind !== left).map((kind) => `[${kind}]`));
    }
    expect(policyText(1, parts, new Set())).toBe('version=1\n');
  });
});

// The agent's own parser (bpf/agent/policy.c), as a program that reads a policy and tells how many rules are in it.
const driver = `
#include <stdio.h>
#include "agent/policy.h"

int main(void)
{
	static char text[1 << 20];
	size_t len = fread(text, 1, sizeof(text), stdin);
	struct policy policy;
	struct policy_error error;

	if (policy_parse(text, len, &policy, &error)) {
		printf("line %u: %s\\n", error.line, error.message);
		return 1;
	}
	printf("%zu rules, %zu cgroups\\n", policy_rule_count(&policy), policy.allow_cgroup.count);
	policy_free(&policy);
	return 0;
}
`;

describe('the parser of the agent', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-'));
    await writeFile(join(folder, 'driver.c'), driver);
    const sources = [join(folder, 'driver.c'), 'bpf/agent/policy.c', 'bpf/agent/policy_item.c'].map((one) =>
      resolve(one),
    );
    const flags = ['-std=gnu11', '-O1', `-I${resolve('bpf')}`, '-o', join(folder, 'parse')];
    const built = await runProgram('cc', [...flags, ...sources]);
    expect(built.exitCode, built.stderr).toBe(0);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function parse(text: string): Promise<string> {
    return (await runProgram(join(folder, 'parse'), [], { input: text })).stdout.trim();
  }

  it.each([
    ['with the LSM', denialClasses],
    ['in the fallback', fallbackClasses],
    ['of essentials', essentialClasses],
    ...denialClasses.map((one) => [`of ${one.class} alone`, [one]] as const),
  ] as const)('takes the policy %s, every item of it', async (_, classes) => {
    const rules = rulesOf(classes);
    const text = policyText(1, rules, all);
    expect(await parse(text)).toMatch(/^[1-9]\d* rules, [01] cgroups$/);
  });

  it.each(ruleKinds)('takes it without %s', async (left) => {
    const offered = new Set(ruleKinds.filter((kind) => kind !== left));
    expect(await parse(policyText(1, rulesOf(denialClasses), offered))).toMatch(/^[1-9]\d* rules/);
  });

  it('would say so if it did not', async () => {
    const bad = policyText(1, [{ deny_ip: ['127.0.0.2', 'fd00:1:2'] }], all);
    expect(await parse(bad)).toContain('line 4: [deny_ip] not an IPv4 or IPv6 address');
    expect(await parse(policyText(0, [], all))).toContain('line 1');
    expect(await parse(aegisPolicy.malformed)).toContain('line 3');
  });

  it('counts each kind: nothing is skipped in silence', async () => {
    const one: PolicyRules = {
      deny_path: ['/a'],
      deny_inode: ['20:7'],
      deny_ip: ['::1'],
      deny_cidr: ['10.0.0.0/8'],
      deny_ip_port: ['[::1]:80'],
      deny_port: ['80:tcp:bind'],
      deny_exec: ['/bin/nc'],
      deny_ptrace: [],
      deny_module_load: [],
      deny_bpf: [],
      allow_cgroup: ['/exempt'],
    };
    expect(await parse(policyText(1, [one], all))).toBe('10 rules, 1 cgroups');
  });
});
