import { statfs } from 'node:fs/promises';
import { InfraError } from '../../model/errors.js';

/** Said by the kernel, and by tools that pass it on. */
const words = /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded|enough free space/i;

export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT' || words.test(error instanceof Error ? error.message : '');
}

/** The one error for a full disk, with the folder and what is left on its file system. */
export async function diskFullError(folder: string, doing: string, cause: unknown): Promise<InfraError> {
  const free = await statfs(folder).then(
    (fs) => `${((fs.bavail * fs.bsize) / 2 ** 20).toFixed(1)} MiB free`,
    () => 'free space unknown',
  );
  return new InfraError('HARNESS', {
    message: `${doing}: no space left in ${folder} (${free})`,
    next: 'Free some space there, or set XDG_CACHE_HOME to a folder on a larger disk.',
    cause,
  });
}
