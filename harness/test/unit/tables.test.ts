import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { familyNames } from '../../kernels/families.js';
import { hasTracepoint, machineTitle, target } from '../../target.js';

/** Lines of code, comments and the names of providers left out, that know an architecture or a distribution by its name. */
function knowing(text: string): readonly string[] {
  const names = [
    /x86|amd64|aarch64|arm64|bzImage|ttyS|qemu-system-\w/,
    new RegExp(`['"\`](${familyNames.join('|')})['"\`]`),
  ];
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/FamilyOf<[^>]*>/g, '');
  return code.split('\n').filter((line) => names.some((name) => name.test(line)));
}

it('nobody but the two tables knows an architecture or a family of distributions', () => {
  const tables = ['harness/target.ts', 'harness/kernels/families.ts'];
  const files = readdirSync('harness', { recursive: true, encoding: 'utf8' })
    .map((path) => `harness/${path}`)
    .filter((path) => path.endsWith('.ts') && !path.startsWith('harness/test/') && !tables.includes(path));
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap((path) => knowing(readFileSync(path, 'utf8')).map((line) => `${path}: ${line.trim()}`))).toEqual(
    [],
  );
});

it.each([
  ["if (family === 'debian') return;", 1],
  ["const qemu = 'qemu-system-x86_64';", 1],
  ["type OfApt = FamilyOf<'ubuntu'>;", 0],
  ['/** Ubuntu on x86-64. */ // amd64', 0],
  ["// 'ubuntu'\nconst name = /^Name:\\tqemu-system/;", 0],
])('%s', (text, lines) => {
  expect(knowing(text)).toHaveLength(lines);
});

it('a machine is called by its row, or as one that a wrong file is often for', () => {
  expect(machineTitle(target.elfMachine)).toBe(target.title);
  expect([247, 183, 9].map(machineTitle)).toEqual(['BPF', 'AArch64', 'machine 9']);
});

it('a tracepoint is there unless the architecture lacks the call', () => {
  const lacking = { missingSyscalls: ['open', 'creat'] };
  const names = ['sys_enter_open', 'sys_exit_creat', 'sys_enter_openat', 'sys_enter_connect'];
  expect(names.filter((name) => hasTracepoint(name, lacking))).toEqual(['sys_enter_openat', 'sys_enter_connect']);
  expect(names.every((name) => hasTracepoint(name))).toBe(target.missingSyscalls.length === 0);
});
