// SPDX-License-Identifier: Apache-2.0
import { createHmac } from 'node:crypto';
import type { Asked } from './fake-guest.js';

/** What a sealed program that was asked for by this request prints: these lines, signed, and the end. */
export function signedOutput(secret: Buffer, { message }: Asked, lines: readonly string[]): Buffer {
  const { nonce } = message as { readonly nonce?: string };
  const signed = [...lines.map((line) => ['L', line] as const), ['E', ''] as const].map(([kind, line], number) => {
    const place = `${nonce ?? ''} ${number} ${kind}\n`;
    return `${kind}${createHmac('sha256', secret).update(place).update(line).digest('hex')} ${line}\n`;
  });
  return Buffer.from(signed.join(''));
}
