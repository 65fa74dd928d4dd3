// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { agentFolder, consolePath, libbpfLogPath, verifierLogPath } from '../../../results/paths.js';

const log = (program: string, object = 'aegis'): string => verifierLogPath('6.12', object, program, 2);

it('has plain names as they are', () => {
  expect(log('deny_open')).toBe('logs/6.12/verifier/aegis/deny_open.log');
  expect(libbpfLogPath('6.12', 'a-b.c', 2)).toBe('logs/6.12/libbpf/a-b.c.log');
  expect(consolePath('6.12', 'audit lsm')).toBe('logs/6.12/audit_lsm.console.log');
});

it('has no two programs or objects in one file, whatever their names', () => {
  const names = ['a b', 'a_b', 'a/b', 'a\nb', '..', '.', '', '_', '__', 'ä', 'x'.repeat(300), `${'x'.repeat(300)}y`];
  const paths = names.flatMap((name) => [log(name), log('p', name), libbpfLogPath('6.12', name, 2)]);
  expect(new Set(paths).size).toBe(paths.length);
  for (const path of paths) expect(path).toMatch(/^logs\/6\.12\/[\w./-]+$/);
  for (const path of paths) expect(path.split('/')).not.toContain('..');
});

it('never has a name that a file system refuses', () => {
  const long = 'x'.repeat(5000);
  const paths = [log(long), libbpfLogPath(long, long, 2), agentFolder(long, long, long, 12), consolePath(long, long)];
  for (const path of paths) {
    for (const part of [...path.split('/'), basename(path)]) expect(part.length).toBeLessThan(200);
  }
});
