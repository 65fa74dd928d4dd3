// SPDX-License-Identifier: Apache-2.0
import { many, manyRecords, one, optional, type Shape } from './shape.js';
import type { Operation } from './protocol.js';

const path = { path: one } as const;
const object = { path: one, timeoutMs: one } as const;
/** `withoutCapabilities`: bit n is set for capability n that the loader is to lack; `need`: a line of needs.h. */
const load = { ...object, withoutCapabilities: optional, need: many } as const;
const hello = {
  version: one,
  release: one,
  build: one,
  machine: one,
  libbpf: one,
  setupFailure: manyRecords({ name: one, errno: one }),
} as const;
/** How the worker that did it ended, and where it was. */
const worked = { end: one, endCode: one, progressStage: one, progressName: one, truncated: one } as const;
/** How far a load came; nothing of it when the worker died before. */
const outcome = { stage: optional, errno: optional, stoppedAt: optional, warning: many } as const;
const programInfo = { jitedSize: optional, xlatedSize: optional, verifiedInsns: optional } as const;
const place = { attachPoint: optional, attachPointExists: optional, hook: many } as const;
/** What became of attaching each loaded program. */
const attached = {
  outcome: manyRecords({ name: one, errno: one, place: optional, reason: optional, warning: many, ...place }),
} as const;
const mapSizes = { name: one, type: one, keySize: one, valueSize: one, maxEntries: one } as const;
const position = { file: optional, line: optional, column: optional, text: optional } as const;
const process = { argv: many, env: many, cwd: optional, uid: optional, gid: optional, cgroup: optional } as const;
/** By a sealed program that stands by, in place of the file that `argv` begins with. */
const sealed = { sealed: optional, nonce: optional } as const;
const ended = { end: one, endCode: one } as const;

/** What each operation takes and gives. */
export const messages = {
  hello: { request: {}, reply: hello },
  put: { request: { path: one, data: one, offset: optional, mode: optional }, reply: {} },
  get: { request: { path: one, offset: optional, max: optional }, reply: { data: one, size: one } },
  remove: { request: path, reply: {} },
  hash: { request: path, reply: { size: one, sha256: one } },
  look: { request: { file: many }, reply: { seen: manyRecords({ errno: one, size: one }) } },
  sysinfo: { request: {}, reply: { memory: one, cpus: one } },
  moduleLoad: { request: object, reply: { errno: optional, ...worked } },
  run: {
    request: { ...process, ...sealed, stdin: optional, timeoutMs: one, maxOutput: optional },
    reply: { ...ended, stdout: one, stderr: one, truncated: one },
  },
  spawn: {
    request: { ...process, ...sealed, stdin: optional, stdoutPath: optional, stderrPath: optional },
    reply: { pid: one },
  },
  signal: { request: { pid: one, signo: one }, reply: {} },
  wait: { request: { pid: one, timeoutMs: one, path: optional, size: optional }, reply: ended },
  inspect: {
    request: { ...object, offset: optional, need: many },
    reply: {
      ...worked,
      ...outcome,
      hasBtf: optional,
      more: optional,
      program: manyRecords({ name: one, section: one, type: one, autoload: one, insns: one }),
      map: manyRecords({ ...mapSizes, tableType: optional }),
      fixup: manyRecords({ name: one, text: one, before: one, after: one }),
    },
  },
  loadSurvey: {
    request: {
      ...load,
      withoutMap: many,
      skipProgram: many,
      attach: optional,
      linger: optional,
      wantKeys: optional,
      knownKey: many,
    },
    reply: {
      ...worked,
      ...outcome,
      ...attached,
      attach: optional,
      more: optional,
      program: manyRecords({
        ...{ name: one, errno: one, statsLog: one, loadKey: optional, known: optional },
        ...programInfo,
        ...place,
      }),
      map: manyRecords({ name: one, errno: one }),
    },
  },
  loadMaps: {
    request: load,
    reply: {
      ...worked,
      ...outcome,
      map: manyRecords({ ...mapSizes, errno: one, mapFlags: one, hasInner: one, usedBy: many }),
    },
  },
  loadAlone: {
    request: { ...load, programName: one, withoutMap: many, logMax: optional },
    reply: {
      ...worked,
      ...outcome,
      ...programInfo,
      ...place,
      verdictErrno: optional,
      statsLog: optional,
      logPath: optional,
      logBytes: optional,
      linesPath: optional,
      insnsPath: optional,
      typeSupported: optional,
    },
  },
  loadWhole: {
    request: { ...load, attach: one, linger: optional, skipProgram: many, withoutMap: many },
    reply: { ...worked, ...outcome, ...attached },
  },
  loadCost: {
    request: { ...load, skipProgram: many, withoutMap: many },
    reply: { ...worked, ...outcome, costsPath: optional },
  },
  loadLadder: {
    request: { ...load, programName: one, withoutMap: many },
    reply: {
      ...worked,
      ...outcome,
      step: manyRecords({ name: one, text: one, errno: one, logBytes: one, statsLog: one }),
    },
  },
  kernelType: {
    request: { name: one, timeoutMs: one },
    reply: { ...worked, known: optional, member: manyRecords({ name: one, type: one }), hook: many },
  },
  kernelSymbol: {
    request: { name: one, timeoutMs: one },
    reply: {
      ...worked,
      symbol: manyRecords({ name: one, type: one }),
      traceable: optional,
      blacklisted: optional,
      inBtf: optional,
      hook: many,
    },
  },
  unresolved: {
    request: object,
    reply: { ...worked, unresolved: manyRecords({ name: one, section: one, insn: one, ...position }) },
  },
  seal: { request: { name: one, path: one, fd: one, key: one, standby: optional }, reply: { size: one, sum: one } },
  vouch: { request: { nonce: one }, reply: { text: one, sha256: one } },
  powerOff: { request: {}, reply: {} },
  prepare: { request: {}, reply: {} },
  resume: { request: { timeUs: one, entropy: one }, reply: {} },
} as const satisfies Record<Exclude<Operation, 'error'>, { request: Shape; reply: Shape }>;

/** Payload of an `error` frame. */
export const errorShape = { code: one, message: one, errno: optional } as const;
/** The file of line info that `loadAlone` leaves. */
export const linesShape = {
  lineInfo: manyRecords({ insn: one, file: one, line: one, column: one, text: one }),
} as const;
/** The file that `loadCost` leaves; `visits` are two numbers of 4 bytes an instruction (bpf/guest/visits.h). */
export const costsShape = {
  program: manyRecords({
    ...{ name: one, errno: one, statsLog: one, logBytes: one, unplaced: one, visits: one },
    ...linesShape,
    function: manyRecords({ insn: one, name: one }),
  }),
} as const;

export type Request = keyof typeof messages;
export type RequestOf<R extends Request> = (typeof messages)[R]['request'];
export type ReplyOf<R extends Request> = (typeof messages)[R]['reply'];
