import { parseCapabilities } from '../config/values.js';
import { type Capability, capabilityName } from '../model/capability.js';
import { type LoaderFlags, withoutCapability } from './loader-flags.js';

/** Who loads, and the notices about it. */
export interface Loader {
  readonly withoutCapabilities: readonly Capability[];
  readonly notices: readonly string[];
}

/** @throws UsageError for a name that no capability has. */
export function loaderOf({ withoutCapability: texts }: LoaderFlags): Loader {
  const names = parseCapabilities(withoutCapability, texts);
  if (names.length === 0) return { withoutCapabilities: names, notices: [] };
  const kept = names.includes('sys_admin') ? [] : names.filter((name) => ofSysAdmin.includes(name));
  const notices = [
    `objects are loaded without ${names.map(capabilityName).join(', ')}`,
    ...kept.map((name) => `CAP_SYS_ADMIN stands for ${capabilityName(name)}: name sys_admin, too, to be without it`),
  ];
  return { withoutCapabilities: names, notices };
}

/** What bpf(2) takes CAP_SYS_ADMIN for, too. */
const ofSysAdmin: readonly Capability[] = ['net_admin', 'perfmon', 'bpf'];
