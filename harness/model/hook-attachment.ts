// SPDX-License-Identifier: Apache-2.0
/**
 * Can programs be attached to LSM hooks of a kernel, by its configuration? Where ftrace has the beginnings of functions and
 * no direct calls, register_fentry() (kernel/bpf/trampoline.c) is refused with ENOTSUPP. `optionOf` gives `y` or `n` for an option
 * with its CONFIG_, anything else where that is not known: then they can.
 */
export function attachesHooks(optionOf: (option: string) => string | undefined): boolean {
  const hasBeginnings = optionOf('CONFIG_DYNAMIC_FTRACE') === 'y';
  return !hasBeginnings || optionOf('CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS') !== 'n';
}
