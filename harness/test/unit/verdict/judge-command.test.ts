// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { CommandEnd } from '../../../model/command.js';
import type { CommandEvidence } from '../../../results/command.js';
import type { SessionFault, SessionResult } from '../../../results/session.js';
import { exitCodeOf } from '../../../verdict/judge-run.js';
import { judgeCommand } from '../../../verdict/judge-command.js';
import { bootOf, factsOf, identityOf } from '../../fixtures/report-parts.js';

const session: SessionResult = {
  identity: identityOf('6.12', '6.12.30'),
  boot: bootOf('6.12'),
  facts: factsOf('6.12.30'),
  asked: 0,
  objects: [],
  fault: null,
  console: 'logs/6.12/console.log',
  notes: [],
  ms: 3000,
};

function evidence(end: CommandEnd, said: { stdout?: string; stderr?: string } = {}): CommandEvidence {
  const { stdout = '', stderr = '' } = said;
  const output = { stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
  return { argv: ['/command/t', '-v'], end, ...output, timeout: 60_000, ms: 12 };
}

describe('a kernel is judged by its command', () => {
  it('passes for exit 0, without any object', () => {
    const kernel = judgeCommand({ kind: 'command', session, evidence: evidence({ kind: 'exited', status: 0 }) });
    expect(kernel).toMatchObject({ status: 'ran', verdict: { kind: 'pass' }, detail: '/command/t -v: exit 0' });
    expect(exitCodeOf([kernel], [], false)).toBe(0);
  });

  it.each([
    [{ kind: 'exited', status: 3 }, 'exit 3'],
    [{ kind: 'exited', status: 255 }, 'exit 255'],
    [{ kind: 'signalled', signal: 6 }, 'killed by SIGABRT'],
    [{ kind: 'signalled', signal: 40 }, 'killed by signal 40'],
    [{ kind: 'timed-out' }, 'did not end within 60 s and was killed'],
    [{ kind: 'not-started', errno: 8 }, 'could not be started: ENOEXEC'],
  ] as const)('fails for %j', (end, words) => {
    const kernel = judgeCommand({ kind: 'command', session, evidence: evidence(end) });
    expect(kernel.verdict).toEqual({ kind: 'fail', stage: 'run', code: 'COMMAND_FAILED' });
    expect(kernel.detail).toBe(`/command/t -v: ${words}`);
    expect(exitCodeOf([kernel], [], true)).toBe(1);
  });

  it('keeps no line without an end', () => {
    const said = { stderr: 'x'.repeat(5_000_000) };
    const kernel = judgeCommand({ kind: 'command', session, evidence: evidence({ kind: 'exited', status: 1 }, said) });
    const tail = kernel.status === 'ran' ? (kernel.command?.tail ?? []) : [];
    expect(tail.map(({ length }) => length)).toEqual([2003]);
  });

  it('keeps the last lines of stderr, or of stdout', () => {
    const end = { kind: 'exited', status: 1 } as const;
    const both = judgeCommand({
      kind: 'command',
      session,
      evidence: evidence(end, { stdout: 'a\n', stderr: 'b\nc\n' }),
    });
    expect(both).toMatchObject({ command: { tail: ['b', 'c'], stderr: 'logs/6.12/command.stderr' } });
    const stdout = Array.from({ length: 50 }, (_, index) => `line ${index}\n`).join('');
    const one = judgeCommand({ kind: 'command', session, evidence: evidence(end, { stdout, stderr: ' \n' }) });
    if (one.status !== 'ran') throw new Error(one.status);
    expect(one.command?.tail).toHaveLength(20);
    expect(one.command?.tail.at(-1)).toBe('line 49');
  });
});

describe('a machine that broke', () => {
  const fault: SessionFault = { cause: 'KERNEL_PANIC', message: 'panic', next: 'read it', consoleTail: ['x'] };

  it('is not blamed on a command that had not ended', () => {
    const kernel = judgeCommand({ kind: 'command', session: { ...session, fault }, evidence: null });
    expect(kernel).toMatchObject({
      status: 'broken',
      verdict: { kind: 'infra', cause: 'KERNEL_PANIC' },
      command: null,
    });
  });

  it('keeps the failure that was proved before', () => {
    const kernel = judgeCommand({
      kind: 'command',
      session: { ...session, fault },
      evidence: evidence({ kind: 'exited', status: 2 }),
    });
    expect(kernel).toMatchObject({ status: 'broken', verdict: { code: 'COMMAND_FAILED' }, cause: 'KERNEL_PANIC' });
  });

  it('is never green: without a fault and without an end nothing was tested', () => {
    expect(judgeCommand({ kind: 'command', session, evidence: null }).verdict).toMatchObject({
      code: 'NOTHING_TESTED',
    });
  });
});
