import { capabilities, type Capability } from '../model/capability.js';
import { UsageError } from '../model/errors.js';

/** `perfmon,sys_admin` or `CAP_PERFMON`, repeated or not; each once, in the order of their numbers. */
export function parseCapabilities(option: string, texts: readonly string[] = []): readonly Capability[] {
  const words = texts.flatMap((text) => text.split(',')).map((word) => word.trim());
  const names = words.map((word) => word.toLowerCase().replace(/^cap_/, ''));
  const unknown = names.findIndex((name) => !isCapability(name));
  if (unknown >= 0) {
    throw new UsageError({
      message: `${option} takes names of capabilities separated by commas, not '${words[unknown] ?? ''}'`,
      next: `for example ${option} perfmon,sys_admin; capabilities(7) has them all`,
    });
  }
  return capabilities.filter((name) => names.includes(name));
}

function isCapability(name: string): name is Capability {
  const known: readonly string[] = capabilities;
  return known.includes(name);
}
