import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { verifierLogPath } from '../results/paths.js';
import type { SessionResult } from '../results/session.js';

/** Writes every verifier log of a session, loaded programs included, under `out`. Empty logs make no file. */
export async function writeVerifierLogs(out: string, session: SessionResult): Promise<void> {
  for (const object of session.objects) {
    for (const { program, log } of object.programs) {
      if (log === '') continue;
      const path = join(out, verifierLogPath(session.identity.id, object.object, program, session.asked));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, log);
    }
  }
}
