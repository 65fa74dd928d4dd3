import { open } from 'node:fs/promises';
import { isElf64 } from './elf.js';

/** Offsets of the x86 boot protocol, Documentation/arch/x86/boot.rst. */
const bootFlag = 0x1fe;
const headerMagic = 0x202;
const kernelVersion = 0x20e;
const setupStart = 0x200;

/** What a kernel image file says of itself. */
export type ImageFormat =
  /** `release` as `uname -r` will print it, null when the header does not carry it. */
  { readonly kind: 'bzImage'; readonly release: string | null } | { readonly kind: 'vmlinux' };

/** Recognises a kernel image by its first bytes; null for anything else. */
export function parseImageHeader(start: Buffer): ImageFormat | null {
  if (isElf64(start)) return { kind: 'vmlinux' };
  if (start.length < kernelVersion + 2) return null;
  const isSetup =
    start.readUInt16LE(bootFlag) === 0xaa55 && start.toString('latin1', headerMagic, headerMagic + 4) === 'HdrS';
  if (!isSetup) return null;
  const at = start.readUInt16LE(kernelVersion) + setupStart;
  const end = start.indexOf(0, at);
  const line = at > setupStart && end > at ? start.toString('latin1', at, end) : '';
  return { kind: 'bzImage', release: /^\d\S*/.exec(line)?.[0] ?? null };
}

/** Reads enough of a file for `parseImageHeader`; the setup code of a bzImage is at most 64 sectors. */
export async function readImageHeader(path: string): Promise<ImageFormat | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65 * 512), 0, 65 * 512, 0);
    return parseImageHeader(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
