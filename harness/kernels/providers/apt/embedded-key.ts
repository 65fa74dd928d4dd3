// SPDX-License-Identifier: Apache-2.0

/** A source can have its key in itself (sources.list(5), Signed-By), its lines joined as a stanza's value has them. */
const armored = /-----BEGIN PGP PUBLIC KEY BLOCK-----(.*?)(?:\s=\S{4})?\s*-----END PGP PUBLIC KEY BLOCK-----/;

/** Null where a Signed-By names files or fingerprints. */
export function embeddedKey(signedBy: string): Buffer | null {
  const [, block] = armored.exec(signedBy) ?? [];
  if (block === undefined) return null;
  // Headers, where there are any, end with an empty line, which deb822 writes as a dot.
  return Buffer.from(block.split(/\s\.\s/).at(-1) ?? '', 'base64');
}

/** Has a keyring the key that comes first in `key`: its material, without the packet's header (RFC 9580, 4.2). */
export function hasKey(keyring: Buffer, key: Buffer): boolean {
  const body = firstPacket(key);
  return body !== null && keyring.includes(body);
}

function firstPacket(data: Buffer): Buffer | null {
  const [tag = 0, first = 0, second = 0] = data;
  const isNew = (tag & 0x40) !== 0;
  const length = isNew ? newLength(data, first, second) : oldLength(data, tag & 3);
  if (length === null || length.bytes === 0) return null;
  const body = data.subarray(length.from, length.from + length.bytes);
  return body.length === length.bytes ? body : null;
}

interface PacketLength {
  readonly from: number;
  readonly bytes: number;
}

function newLength(data: Buffer, first: number, second: number): PacketLength | null {
  if (first < 192) return { from: 2, bytes: first };
  if (first < 224) return { from: 3, bytes: ((first - 192) << 8) + second + 192 };
  return first === 255 && data.length >= 6 ? { from: 6, bytes: data.readUInt32BE(2) } : null;
}

function oldLength(data: Buffer, kind: number): PacketLength | null {
  const size = [1, 2, 4][kind];
  return size === undefined || data.length < 1 + size ? null : { from: 1 + size, bytes: data.readUIntBE(1, size) };
}
