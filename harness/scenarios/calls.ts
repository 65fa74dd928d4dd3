// SPDX-License-Identifier: Apache-2.0
import type { GuestSession } from './guest-session.js';
import { type LiveProgram, livePrograms } from './oracle.js';

/**
 * Records whether the kernel has called the program at each hook at which something was tried: one that is loaded and linked and never
 * called looks alive. Gives all of them.
 */
export async function recordCalls(
  session: GuestSession,
  scenario: string,
  hooks: readonly string[],
): Promise<readonly LiveProgram[]> {
  const programs = await livePrograms(session.guest);
  for (const hook of hooks) recordCall(session, scenario, hook, programs);
  return programs;
}

/** Where a person has to look for a mistake: `hook file_open, program audit_open`. */
export async function describeProgram({ guest }: GuestSession, hook: string): Promise<string> {
  const found = (await livePrograms(guest)).find((one) => one.hook === hook);
  return `hook ${hook}, ${found === undefined ? 'program unknown' : `program ${found.name}`}`;
}

function recordCall(session: GuestSession, scenario: string, hook: string, programs: readonly LiveProgram[]): void {
  const mine = programs.filter((one) => one.hook === hook);
  const check = `${hook} is called`;
  if (mine.length === 0 && programs.some((one) => one.hook === null)) {
    const detail = 'the kernel does not say at which hook a program is';
    const { environment } = session;
    session.record({ kind: 'not-offered', class: 'posture', environment, scenario: check, by: 'kernel', detail });
    return;
  }
  session.claim('posture', scenario, {
    check,
    hook,
    blames: 'SILENT_DOWNGRADE',
    holds: mine.some(({ runs }) => runs > 0),
    expected: `the kernel calls a program at ${hook} while attempts are made`,
    actual: mine.map(({ name, runs }) => `${name}: ${runs} calls`).join(', ') || 'no program is there',
  });
}
