// SPDX-License-Identifier: Apache-2.0
import type { Backend } from '../boot/backend.js';
import type { SnapshotStore } from '../boot/snapshot/store.js';
import type { ObjectFile } from '../config/objects.js';
import type { LoadMemo } from '../guest/load-memo.js';
import type { Capability } from '../model/capability.js';
import type { CostPolicy } from '../model/cost.js';
import type { RunEvent } from '../model/events.js';
import type { ExpectationList } from '../model/expectation.js';
import type { KernelId, ReadyKernel } from '../model/kernel.js';
import type { Accelerator } from '../model/report.js';
import type { ExaminedQemu } from './host.js';
import type { ProvedStore } from './reuse/proved-store.js';

/** Everything a session needs that is the same for all sessions of a run. */
export interface SessionContext extends ExaminedQemu {
  /** QEMU binary. */
  readonly qemu: string;
  /** Who starts it. */
  readonly backend: Backend;
  /** Folder of what is built: guest/init, which becomes /init, and probe/. */
  readonly built: string;
  /** Cache folder of this tool. */
  readonly cache: string;
  /** Frozen guests; null when every machine has to boot. */
  readonly snapshots: SnapshotStore | null;
  /** What earlier sessions answered; null, or absent, when every session is asked anew and nothing is kept of it. */
  readonly proved?: ProvedStore | null;
  /** Report folder under construction. */
  readonly out: string;
  readonly lsm: readonly string[];
  /** Appended to the kernel command line. */
  readonly append: readonly string[];
  /** MiB per guest. */
  readonly memory: number;
  readonly cpus: number;
  /** Whole-VM deadline, milliseconds. */
  readonly timeout: number;
  readonly objects: readonly ObjectFile[];
  /** Capabilities that the loader of the objects lacks. */
  readonly withoutCapabilities: readonly Capability[];
  /** Patterns for the programs that are loaded; null for all. */
  readonly programs: readonly string[] | null;
  /** Of which programs it is counted what the verifier spends on each line. */
  readonly costs: CostPolicy;
  readonly expectations: ExpectationList;
  /** Where it is kept what a kernel said of an object's programs; without, every program is loaded. */
  readonly memoOf?: (kernel: KernelId, object: string) => LoadMemo;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /** Text that only --debug shows. */
  readonly debug: (text: string) => void;
}

/** The accelerator is proved once per run, with a kernel at hand. */
export type AccelProvider = (kernel: ReadyKernel) => Promise<Accelerator>;
