// SPDX-License-Identifier: Apache-2.0
/**
 * What the guest saw when it loaded an object. Nothing here is interpreted: `verdict/` turns it into codes, so that a
 * stored run can be judged again.
 */

import type { ProgramCost } from './cost.js';
import type { MapFixup, ObjectNeeds } from './needs.js';

/** Positive errno, 0 for success. */
export type Errno = number;

/** Did the loader hang (ETIMEDOUT) or crash (ENOTRECOVERABLE)? No bpf(2) returns either: the guest says so of a worker. */
export const isLoaderDeath = (errno: Errno): boolean => errno === 110 || errno === 131;

/**
 * How far one load came. `open`: libbpf could not open the object. `prepare`: libbpf gave up without a failing bpf(2)
 * call (attach point, relocation, BTF). `map`: BPF_MAP_CREATE failed. `btf`: BPF_BTF_LOAD failed. `prog`: BPF_PROG_LOAD
 * failed. `done`: loaded.
 */
export type LoadStage = 'open' | 'prepare' | 'map' | 'btf' | 'prog' | 'done';

export interface ProgramDeclaration {
  readonly name: string;
  /** As written, with a leading `?` where the object has one. */
  readonly section: string;
  /** UAPI name without the prefix, lower case (`lsm`, `tracepoint`), or the number as text. */
  readonly type: string;
  /** False for `SEC("?...")`. */
  readonly autoload: boolean;
  /** Instructions before relocation. */
  readonly insns: number;
}

export interface MapDeclaration {
  readonly name: string;
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** As in the object; 0 is sized at run time by the loader that owns it. */
  readonly maxEntries: number;
}

/** From the verifier's closing lines and bpf_prog_info. Null where the kernel does not say. */
export interface VerifierStats {
  readonly insns: number | null;
  readonly totalStates: number | null;
  readonly peakStates: number | null;
  readonly maxStatesPerInsn: number | null;
  readonly markRead: number | null;
  /** Microseconds. */
  readonly verificationTime: number | null;
  /** Bytes, summed over the main program and its deepest call chain as the verifier prints it. */
  readonly stackDepth: number | null;
  /** Bytes of machine code. */
  readonly jitedSize: number | null;
  /** Bytes of translated BPF. */
  readonly xlatedSize: number | null;
}

/** One record of BTF.ext line info for the instructions as they were given to the kernel. */
export interface LineInfo {
  readonly insn: number;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** What a section asks to be attached to, as it was looked up in the running kernel. */
export interface AttachPoint {
  readonly name: string;
  /** Null where the guest has no way to know. */
  readonly exists: boolean | null;
  /**
   * Of one that does not exist, without the prefix: all that this kernel has of LSM hooks and iterators, those with a like
   * name of functions and tracepoints.
   */
  readonly others: readonly string[];
}

/** A struct, union or enum of the running kernel's BTF, asked for by name. */
export interface KernelType {
  readonly name: string;
  readonly exists: boolean;
  /** With those of members that have no name; the values of an enum have no type. */
  readonly members: readonly { readonly name: string; readonly type: string }[];
  /** Of one that does not exist: types with a like name. */
  readonly near: readonly string[];
}

/** What the running kernel knows of a function that a probe could not be put on. Null where it does not say. */
export interface KernelSymbol {
  readonly name: string;
  /** Lines of /proc/kallsyms of that name and of what a compiler made of it (`.isra.0`, `.part.0`); `type` as in nm(1). */
  readonly symbols: readonly { readonly name: string; readonly type: string }[];
  /** In `available_filter_functions` of tracefs. */
  readonly traceable: boolean | null;
  /** In the list of what kprobes keep away from. */
  readonly blacklisted: boolean | null;
  /** A function of vmlinux BTF. */
  readonly inBtf: boolean | null;
  /** Functions with a like name. */
  readonly near: readonly string[];
}

/** A place in an object that uses a symbol which the object does not define. */
export interface UnresolvedUse {
  readonly symbol: string;
  readonly section: string;
  /** Within the section. */
  readonly insn: number;
  /** Null for an object without line info. */
  readonly line: Omit<LineInfo, 'insn'> | null;
}

/** What is changed in one more try of a load that was refused without a word. `asked`: nothing. */
export const ladderStepNames = [
  'asked',
  'with-object',
  'all-capabilities',
  'log-level',
  'no-line-info',
  'no-func-info',
  'no-btf',
  'other-name',
  'no-flags',
  'other-attach-type',
  'other-hook',
  'trivial-code',
  /** The guest's loader died: there are no more steps. */
  'broken-off',
] as const;
export type LadderStepName = (typeof ladderStepNames)[number];

export interface LadderStep {
  readonly step: LadderStepName;
  /** The log level, attach type or hook that was taken; empty where the step says all. */
  readonly detail: string;
  readonly errno: Errno;
  readonly logBytes: number;
  /** End of the log. */
  readonly log: string;
}

/** One load of one program alone, with every other program of the object left out. */
export interface ProgramEvidence {
  readonly program: string;
  readonly stage: LoadStage;
  readonly errno: Errno;
  /** The verifier's log as the kernel wrote it; the tail when it was longer than the buffer. */
  readonly log: string;
  /** Bytes the guest saw before any cut. */
  readonly logBytes: number;
  readonly stats: VerifierStats | null;
  /** Null unless the program failed in the verifier and the object has line info. */
  readonly lineInfo: readonly LineInfo[] | null;
  /**
   * Does the attach point that the section names exist on this kernel: in vmlinux BTF for lsm, fentry, fexit, fmod_ret,
   * tp_btf and iter; in tracefs for tracepoints. Null where the guest has no way to know. `name` is what was looked
   * up, `bpf_lsm_file_open` for `lsm/file_open`.
   */
  readonly attachPoint: AttachPoint | null;
  /** Did a trivial program of this type load on this kernel. Null when it was not asked. */
  readonly progTypeSupported: boolean | null;
  /** Maps whose creation failed and which this program uses. */
  readonly missingMaps: readonly string[];
  /** libbpf's own last warnings, for people, never for the verdict. */
  readonly libbpf: readonly string[];
  /** Types of the kernel that the failure is about: of a relocation that failed, of a table of struct_ops. */
  readonly kernelTypes: readonly KernelType[];
  /** Raw instructions, 8 bytes each, of a program that was refused for something that its log does not show. */
  readonly instructions: Uint8Array | null;
  /** What was tried because the kernel refused without a word; null where it said why, or the program loads. */
  readonly ladder: readonly LadderStep[] | null;
}

/** What BPF_MAP_CREATE was asked for. */
export interface MapRequest extends Omit<MapDeclaration, 'name'> {
  readonly flags: number;
  /** It came with the descriptor of an inner map. */
  readonly hasInner: boolean;
}

export interface MapEvidence {
  readonly map: string;
  readonly errno: Errno;
  /** Of a map that was refused; of its inner map where it came no further. Null for others. */
  readonly asked: MapRequest | null;
}

/** `unattachable`: there is no place that the guest could attach it to; `failed` with errno. */
export type AttachOutcome =
  | {
      readonly kind: 'attached';
      /** Of our own making, where the section names none: a cgroup, a device; null for where the section says. */
      readonly place: string | null;
    }
  | { readonly kind: 'unattachable'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly errno: Errno;
      readonly libbpf: readonly string[];
      /** As for a load. */
      readonly attachPoint: AttachPoint | null;
      /** Of a probe on a function; null for others. */
      readonly symbol: KernelSymbol | null;
    };

/** The whole object loaded at once, as an agent does, and then attached program by program. */
export interface WholeEvidence {
  readonly stage: LoadStage;
  readonly errno: Errno;
  /** The program or map libbpf stopped at, when it did. */
  readonly stoppedAt: string | null;
  readonly libbpf: readonly string[];
  /** By program name; only programs that were loaded. */
  readonly attach: ReadonlyMap<string, AttachOutcome>;
}

/** The object once more, without what cannot be loaded alone: as an agent with optional programs loads it. */
export interface PartialEvidence extends WholeEvidence {
  readonly withoutPrograms: readonly string[];
  readonly withoutMaps: readonly string[];
}

export interface ObjectEvidence {
  readonly object: string;
  /** Errno of opening the object, with libbpf's words; the rest is empty when it is not 0. */
  readonly open: {
    readonly errno: Errno;
    readonly libbpf: readonly string[];
    /** Of an object that could not be opened. */
    readonly unresolved: readonly UnresolvedUse[];
  };
  readonly declared: {
    readonly programs: readonly ProgramDeclaration[];
    readonly maps: readonly MapDeclaration[];
    /** The struct of each struct_ops table, by the name of its map. */
    readonly tables: ReadonlyMap<string, string>;
  };
  readonly programs: readonly ProgramEvidence[];
  readonly maps: readonly MapEvidence[];
  readonly whole: WholeEvidence | null;
  /** Absent unless the whole does not load, and something of it does. */
  readonly partial?: PartialEvidence;
  /** What the configuration gave the object; absent where that was nothing. */
  readonly needs?: ObjectNeeds;
  /** Where libbpf and cilium/ebpf ask for other maps; absent where they do not differ. */
  readonly fixups?: readonly MapFixup[];
  /** What the verifier spends on programs, line by line; absent where nobody asked. */
  readonly costs?: readonly ProgramCost[];
}
