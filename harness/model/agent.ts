/** The agent of a run. */
export interface AgentIdentity {
  readonly name: string;
  /** Path of the binary as the user gave it. */
  readonly file: string;
  /** SHA-256 of the binary, lower-case hex. */
  readonly sha256: string;
  /** Shared libraries that were found and uploaded with it, absolute paths in the guest. */
  readonly libraries: readonly string[];
}

/** Sections of the policy file and flags in it that an agent may support (docs/agent.md has the grammar). */
export const ruleKinds = [
  'deny_path',
  'deny_inode',
  'allow_cgroup',
  'deny_ip',
  'deny_cidr',
  'deny_ip_port',
  'deny_port',
  'deny_exec',
  'deny_ptrace',
  'deny_module_load',
  'deny_bpf',
] as const;
export type RuleKind = (typeof ruleKinds)[number];

export const enforceSignals = ['none', 'term', 'int', 'kill'] as const;
export type EnforceSignal = (typeof enforceSignals)[number];

/** Files that an agent probes and the environment can replace: AEGIS_LSM_PATH, AEGIS_BTF_VMLINUX_PATH. */
export const overrides = ['lsm', 'btf'] as const;
export type Override = (typeof overrides)[number];

/**
 * How to work an agent, with everything found on the host: what `matrix.config.json` says of it, or our own agent where
 * it says nothing. Strings of `run`, `prepare`, `takeover` and the values of `env` may hold placeholders: `{binary}`,
 * `{object}`, `{policy}`, `{report}`, `{folder}` are paths in the guest, `{mode}`, `{signal}`, `{fallback}`, `{gate}`
 * what is asked of it, `{threshold}` and `{window}` those of the kill escalation. A word that comes out empty is left
 * out.
 */
export interface Agent {
  readonly identity: AgentIdentity;
  /** The object it loads, as it is in the guest: `{object}`. */
  readonly object: { readonly file: string; readonly sha256: string };
  /** Everything to be uploaded, the binary, the object and shared libraries included. */
  readonly uploads: readonly Upload[];
  /** Paths in the guest. */
  readonly paths: { readonly binary: string; readonly object: string; readonly folder: string };
  /** Run in order to their end before each start; each must exit 0. */
  readonly prepare: readonly (readonly [string, ...string[]])[];
  readonly run: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** How `{mode}` and so on are spelled; a value that is not here is spelled as it is. */
  readonly spelling: {
    readonly mode: Readonly<Record<string, string>>;
    readonly signal: Readonly<Record<string, string>>;
    readonly fallback: Readonly<Record<string, string>>;
    readonly gate: Readonly<Record<string, string>>;
  };
  /** What tells that a state has been announced: a line on stdout or stderr that matches. */
  readonly ready: { readonly stream: 'stdout' | 'stderr'; readonly pattern: RegExp };
  /** Milliseconds until it must have announced a state, and until it must have ended after SIGTERM. */
  readonly deadlines: { readonly ready: number; readonly stop: number };
  /** Path of the capability report in the guest. */
  readonly report: string;
  readonly rules: ReadonlySet<RuleKind>;
  /** Which values of `{signal}` it knows besides denying; `none` is always there. */
  readonly signals: ReadonlySet<EnforceSignal>;
  /** Does it know the signal fallback, and the gate mode audit-fallback. */
  readonly fallback: boolean;
  readonly auditFallback: boolean;
  /** Which of the contract's environment variables it heeds. */
  readonly overrides: ReadonlySet<Override>;
  /** LSM hooks that are to be live when it claims ENFORCE, where the kernel has them. */
  readonly hooks: readonly string[];
  /** Words added to `run` for an agent that takes over from a running one without a gap; null when it cannot. */
  readonly takeover: readonly string[] | null;
  /** The signal that makes it read its policy again, or null. */
  readonly reload: number | null;
}

export interface Upload {
  /** Absolute path in the guest. */
  readonly path: string;
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
}
