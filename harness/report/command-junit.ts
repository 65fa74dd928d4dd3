import type { BrokenKernel, RanKernel } from '../model/report.js';
import type { JunitCase } from './junit-model.js';
import { codeOf } from './words.js';

/** One case for the command of a run, none for a run without. */
export function commandCases({ id, command }: RanKernel | BrokenKernel): readonly JunitCase[] {
  if (command === null) return [];
  const { verdict, detail, tail, stdout, stderr, ms } = command;
  const base = { classname: id, name: 'command', time: ms / 1000, source: null };
  const type = codeOf(verdict);
  if (type === null) return [{ ...base, result: { kind: 'passed' } }];
  const text = [detail, `stdout: ${stdout}`, `stderr: ${stderr}`, '', ...tail].join('\n');
  return [{ ...base, result: { kind: 'failure', type, message: `${type}: ${detail}`, text } }];
}
