// SPDX-License-Identifier: Apache-2.0
import type { ConfigMap } from '../contract.js';

/** agent_config, 48 bytes; bpf/aegis/aegis_abi.h asserts the same. */
const size = 48;
const auditOnlyOffset = 0;
const policyGenerationOffset = 32;
const signalFallbackOffset = 44;

export const aegisConfigMap: ConfigMap = { name: 'agent_config', fault, generation };

/** Compares what the programs in the kernel are set to do with what the state asks for. */
function fault(value: Uint8Array, state: string): ReturnType<ConfigMap['fault']> {
  if (value.length !== size) return { expected: `${size} bytes`, actual: `${value.length} bytes` };
  const actual = describe(value[auditOnlyOffset] === 1, value[signalFallbackOffset] === 1);
  const expected = describe(state === 'AUDIT' || state === 'AUDIT_FALLBACK', state === 'ENFORCE_SIGNAL');
  return actual === expected ? null : { expected, actual };
}

function describe(auditOnly: boolean, signalFallback: boolean): string {
  return `audit_only=${Number(auditOnly)} signal_fallback_enforce=${Number(signalFallback)}`;
}

function generation(value: Uint8Array): bigint | null {
  if (value.length < policyGenerationOffset + 8) return null;
  return new DataView(value.buffer, value.byteOffset).getBigUint64(policyGenerationOffset, true);
}
