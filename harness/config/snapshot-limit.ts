import { UsageError } from '../model/errors.js';

/** MiB; some twenty kernels, each with and without the BPF LSM. */
const defaultMib = 4096;
const variable = 'BPF_MATRIX_SNAPSHOT_MIB';

/** Bytes that all snapshots together may take; 0 keeps none. Throws UsageError for what is no whole number. */
export function snapshotLimit(env: NodeJS.ProcessEnv): number {
  const text = env[variable] ?? '';
  if (text === '') return defaultMib * 2 ** 20;
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError({
      message: `${variable} takes a whole number of MiB, not '${text}'`,
      next: `leave it out for ${defaultMib}, or set it to 0 to keep no snapshots`,
    });
  }
  return Number(text) * 2 ** 20;
}
