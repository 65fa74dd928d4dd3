// SPDX-License-Identifier: Apache-2.0
import type { Guest } from '../guest/client.js';
import { putFile } from '../guest/files.js';

/** Puts the kernel's configuration where libbpf looks for it when an object has `__kconfig` externs. */
export async function provideKernelConfig(guest: Guest, config: string): Promise<void> {
  await putFile(guest, `/boot/config-${guest.hello.release}`, config);
}
