// SPDX-License-Identifier: Apache-2.0
/**
 * Wire protocol v2, as `bpf/guest/protocol.h` has it; docs/protocol.md has it in prose. A unit test compares this file
 * with the header.
 */
export const protocolVersion = 2;
/** The bytes `BPMX`. */
export const magic = 0x584d5042;
export const frameHeaderSize = 16;
export const fieldHeaderSize = 8;
/** Bytes of one frame with its header. */
export const frameMax = 1 << 20;
export const payloadMax = frameMax - frameHeaderSize;

/** How the data of a field is to be read. */
export const kinds = {
  u64: 1,
  string: 2,
  bytes: 3,
  record: 4,
} as const;

export type Kind = keyof typeof kinds;

/** Frame types. A reply has the type of its request, or `error`. */
export const operations = {
  hello: 1,
  error: 2,
  put: 3,
  get: 4,
  remove: 5,
  hash: 6,
  sysinfo: 7,
  moduleLoad: 8,
  run: 9,
  spawn: 10,
  signal: 11,
  wait: 12,
  inspect: 13,
  loadSurvey: 14,
  loadMaps: 15,
  loadAlone: 16,
  loadWhole: 17,
  powerOff: 18,
  resume: 19,
  prepare: 20,
  loadLadder: 24,
  kernelType: 25,
  kernelSymbol: 26,
  unresolved: 27,
  seal: 28,
  vouch: 29,
  look: 30,
  loadCost: 31,
} as const;

export type Operation = keyof typeof operations;

/** Codes of an `error` frame; `system` carries an errno. */
export const errorCodes = {
  system: 1,
  badMagic: 2,
  badVersion: 3,
  oversize: 4,
  seqGap: 5,
  unknownOperation: 6,
  malformed: 7,
  unknownField: 8,
  missingField: 9,
  repeatedField: 10,
  wrongKind: 11,
  badValue: 12,
  replyTooLarge: 13,
} as const;

export type GuestErrorCode = keyof typeof errorCodes;

/** Every field has one kind wherever it occurs. */
export const fields = {
  code: { id: 1, kind: 'u64' },
  message: { id: 2, kind: 'string' },
  errno: { id: 3, kind: 'u64' },
  path: { id: 4, kind: 'string' },
  mode: { id: 5, kind: 'u64' },
  offset: { id: 6, kind: 'u64' },
  data: { id: 7, kind: 'bytes' },
  max: { id: 8, kind: 'u64' },
  size: { id: 9, kind: 'u64' },
  sha256: { id: 10, kind: 'bytes' },
  version: { id: 11, kind: 'u64' },
  release: { id: 12, kind: 'string' },
  build: { id: 13, kind: 'string' },
  machine: { id: 14, kind: 'string' },
  libbpf: { id: 15, kind: 'string' },
  setupFailure: { id: 16, kind: 'record' },
  memory: { id: 17, kind: 'u64' },
  cpus: { id: 18, kind: 'u64' },
  argv: { id: 19, kind: 'string' },
  env: { id: 20, kind: 'string' },
  cwd: { id: 21, kind: 'string' },
  uid: { id: 22, kind: 'u64' },
  gid: { id: 23, kind: 'u64' },
  cgroup: { id: 24, kind: 'string' },
  stdin: { id: 25, kind: 'bytes' },
  timeoutMs: { id: 26, kind: 'u64' },
  maxOutput: { id: 27, kind: 'u64' },
  stdout: { id: 28, kind: 'bytes' },
  stderr: { id: 29, kind: 'bytes' },
  stdoutPath: { id: 30, kind: 'string' },
  stderrPath: { id: 31, kind: 'string' },
  truncated: { id: 32, kind: 'u64' },
  pid: { id: 33, kind: 'u64' },
  signo: { id: 34, kind: 'u64' },
  end: { id: 35, kind: 'u64' },
  endCode: { id: 36, kind: 'u64' },
  name: { id: 37, kind: 'string' },
  section: { id: 38, kind: 'string' },
  type: { id: 39, kind: 'string' },
  autoload: { id: 40, kind: 'u64' },
  insns: { id: 41, kind: 'u64' },
  keySize: { id: 42, kind: 'u64' },
  valueSize: { id: 43, kind: 'u64' },
  maxEntries: { id: 44, kind: 'u64' },
  hasBtf: { id: 45, kind: 'u64' },
  warning: { id: 46, kind: 'string' },
  program: { id: 47, kind: 'record' },
  map: { id: 48, kind: 'record' },
  withoutMap: { id: 49, kind: 'string' },
  skipProgram: { id: 50, kind: 'string' },
  programName: { id: 51, kind: 'string' },
  stage: { id: 52, kind: 'u64' },
  statsLog: { id: 53, kind: 'string' },
  logPath: { id: 54, kind: 'string' },
  logBytes: { id: 55, kind: 'u64' },
  linesPath: { id: 56, kind: 'string' },
  jitedSize: { id: 57, kind: 'u64' },
  xlatedSize: { id: 58, kind: 'u64' },
  verifiedInsns: { id: 59, kind: 'u64' },
  attachPoint: { id: 60, kind: 'string' },
  attachPointExists: { id: 61, kind: 'u64' },
  typeSupported: { id: 62, kind: 'u64' },
  usedBy: { id: 63, kind: 'string' },
  attach: { id: 64, kind: 'u64' },
  outcome: { id: 65, kind: 'record' },
  stoppedAt: { id: 66, kind: 'string' },
  lineInfo: { id: 67, kind: 'record' },
  insn: { id: 68, kind: 'u64' },
  file: { id: 69, kind: 'string' },
  line: { id: 70, kind: 'u64' },
  column: { id: 71, kind: 'u64' },
  text: { id: 72, kind: 'string' },
  progressStage: { id: 73, kind: 'u64' },
  progressName: { id: 74, kind: 'string' },
  logMax: { id: 75, kind: 'u64' },
  more: { id: 76, kind: 'u64' },
  verdictErrno: { id: 77, kind: 'u64' },
  timeUs: { id: 79, kind: 'u64' },
  entropy: { id: 80, kind: 'bytes' },
  linger: { id: 81, kind: 'u64' },
  step: { id: 90, kind: 'record' },
  hook: { id: 91, kind: 'string' },
  withoutCapabilities: { id: 92, kind: 'u64' },
  wantKeys: { id: 93, kind: 'u64' },
  knownKey: { id: 94, kind: 'string' },
  loadKey: { id: 95, kind: 'string' },
  known: { id: 96, kind: 'u64' },
  member: { id: 97, kind: 'record' },
  symbol: { id: 98, kind: 'record' },
  traceable: { id: 99, kind: 'u64' },
  blacklisted: { id: 100, kind: 'u64' },
  inBtf: { id: 101, kind: 'u64' },
  unresolved: { id: 102, kind: 'record' },
  mapFlags: { id: 103, kind: 'u64' },
  hasInner: { id: 104, kind: 'u64' },
  insnsPath: { id: 105, kind: 'string' },
  tableType: { id: 106, kind: 'string' },
  place: { id: 110, kind: 'string' },
  reason: { id: 111, kind: 'string' },
  need: { id: 120, kind: 'string' },
  fixup: { id: 121, kind: 'record' },
  before: { id: 122, kind: 'u64' },
  after: { id: 123, kind: 'u64' },
  sealed: { id: 130, kind: 'string' },
  nonce: { id: 131, kind: 'string' },
  key: { id: 132, kind: 'bytes' },
  fd: { id: 133, kind: 'u64' },
  standby: { id: 134, kind: 'u64' },
  seen: { id: 135, kind: 'record' },
  sum: { id: 136, kind: 'u64' },
  costsPath: { id: 140, kind: 'string' },
  visits: { id: 141, kind: 'bytes' },
  unplaced: { id: 142, kind: 'u64' },
  function: { id: 143, kind: 'record' },
} as const;

export type FieldName = keyof typeof fields;

/** How a process or a worker ended. */
export const ends = {
  running: 0,
  exited: 1,
  signalled: 2,
  timedOut: 3,
} as const;

/** How far a load came; `attach` only of a worker that died attaching. */
export const stages = {
  open: 0,
  prepare: 1,
  map: 2,
  btf: 3,
  prog: 4,
  done: 5,
  attach: 6,
} as const;
