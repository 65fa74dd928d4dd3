// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { denialClasses, essentialClasses, fallbackClasses } from '../../../scenarios/classes/index.js';
import { partOfClass } from '../../../scenarios/classes/part.js';
import { deniedScenario, scenarioClass } from '../../../scenarios/language.js';
import type { ProbeOperation, ScenarioClass } from '../../../scenarios/scenario.js';
import { unnamedTarget } from '../../../target.js';

const inode = () => ({ dev: 1, ino: 2 });
const contentOf = (one: ScenarioClass) => one.in(`/t/PHASE/${one.class}`, unnamedTarget);

function classWith(arrange: (t: string) => readonly ProbeOperation[], attempt: (t: string) => ProbeOperation) {
  return scenarioClass('file', (t) => ({
    arrange: arrange(t),
    inodes: [`${t}/inode`],
    rules: () => ({ deny_path: [`${t}/rule`] }),
    scenarios: [
      deniedScenario('kept', { rules: ['deny_path'], attempt: attempt(t), neighbour: null, event: null }),
      deniedScenario('dropped', {
        rules: ['deny_path'],
        attempt: ['open', `${t}/more`, 'r'],
        neighbour: null,
        event: null,
      }),
    ],
  }));
}

function stepsOf(arrange: (t: string) => readonly ProbeOperation[], attempt: (t: string) => ProbeOperation) {
  const part = contentOf(partOfClass(classWith(arrange, attempt), ({ name }) => name === 'kept'));
  expect(part.scenarios.map(({ name }) => name)).toEqual(['kept']);
  return part.arrange.map((step) => step.join(' ').replaceAll('/t/PHASE/file/', ''));
}

const opens = (t: string): ProbeOperation => ['open', `${t}/tried`, 'r'];

describe('a part of a class', () => {
  it('has the files of its attempts, of the rules and of inodes, and no others', () => {
    const files = ['tried', 'rule', 'inode', 'more', 'tried-not'];
    const steps = stepsOf((t) => files.map((name) => ['write', `${t}/${name}`, '']), opens);
    expect(steps).toEqual(['write tried ', 'write rule ', 'write inode ']);
  });

  it('has what these are made from, in the order of the class', () => {
    const steps = stepsOf(
      (t) => [
        ['write', `${t}/a`, ''],
        ['write', `${t}/more`, ''],
        ['link', `${t}/a`, `${t}/b`],
        ['symlink', `${t}/b`, `${t}/tried`],
        ['write', `${t}/script`, `#!${t}/more`],
      ],
      opens,
    );
    expect(steps).toEqual(['write a ', 'link a b', 'symlink b tried']);
  });

  it('has the folder of a file, and all that is in a folder that is tried', () => {
    const arrange = (t: string): readonly ProbeOperation[] => [
      ['mkdir', `${t}/tried`],
      ['write', `${t}/tried/inside`, ''],
      ['mkdir', `${t}/other`],
    ];
    expect(stepsOf(arrange, opens)).toEqual(['mkdir tried', 'write tried/inside ']);
    expect(stepsOf(arrange, (t) => ['open', `${t}/tried/inside`, 'r'])).toHaveLength(2);
    expect(stepsOf(arrange, (t) => ['relative', t, 'inside'])).toHaveLength(3);
    expect(
      stepsOf(
        (t) => [
          ['write', `${t}/script`, `#!${t}/tool`],
          ['copy', '/x', `${t}/tool`, '755'],
        ],
        (t) => ['script', `${t}/script`],
      ),
    ).toHaveLength(2);
  });

  it('has every step that is about no file of the class', () => {
    expect(
      stepsOf(
        () => [
          ['address', 'fd00::1'],
          ['bpf-pin', '/sys/fs/bpf/pin'],
        ],
        opens,
      ),
    ).toHaveLength(2);
  });

  it('of ours has every file that its attempts, rules and inodes name', () => {
    for (const part of [...fallbackClasses, ...essentialClasses]) {
      const content = contentOf(part);
      const whole = contentOf(denialClasses.find((one) => one.class === part.class) ?? part);
      const made = whole.arrange.map((step) => step.find((word) => word.startsWith('/t/')) ?? '');
      const text = JSON.stringify([content.scenarios, content.inodes, content.rules(inode)]);
      const needed = whole.arrange.filter((_, index) => text.includes(`"${made[index]}"`));
      for (const step of needed) expect(content.arrange).toContainEqual(step);
      expect(content.rules(inode)).toEqual(whole.rules(inode));
    }
    const [file] = essentialClasses;
    expect(file === undefined ? [] : contentOf(file).arrange.map((step) => step[1]?.split('/').at(-1))).toEqual([
      ...['secret', 'plain', 'by-inode', 'doomed', 'movable', 'replaced', 'vault', 'inside'],
    ]);
  });
});
