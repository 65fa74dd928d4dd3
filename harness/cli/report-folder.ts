// SPDX-License-Identifier: Apache-2.0
import { Disposal } from '../proc/disposal.js';
import { removeAtExit } from '../proc/temp.js';
import { diskError } from '../results/disk-error.js';
import { openOutDir, type OutDir } from '../results/out-dir.js';

/** Opens the report folder, whose staging goes with whatever ends the work. */
export type OpenReportFolder = () => Promise<OutDir>;

/**
 * Does what ends in a report folder at `place`, and tears down after it. Nothing is opened before `work` asks for it, so
 * that a wrong command line leaves no trace. Throws what `work` threw, a full or read-only disk as a MatrixError.
 */
export async function withReportFolder<T>(
  place: string,
  work: (open: OpenReportFolder, disposal: Disposal) => Promise<T>,
): Promise<T> {
  const disposal = new Disposal();
  const open: OpenReportFolder = async () => {
    const out = await openOutDir(place);
    disposal.add(removeAtExit(out.staging));
    disposal.add(() => out.discard());
    return out;
  };
  try {
    const done = await work(open, disposal);
    await disposal.run();
    return done;
  } catch (error) {
    // What went wrong first is what a person needs to hear; a teardown that fails after it is a consequence.
    await disposal.run().catch(() => undefined);
    throw await diskError(error, place);
  }
}
