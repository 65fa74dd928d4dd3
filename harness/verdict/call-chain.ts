// SPDX-License-Identifier: Apache-2.0
/** The chain of calls whose stack is too large, found in the instructions: the verifier says how much, and not where. */

/** struct bpf_insn (uapi/linux/bpf.h). */
interface Insn {
  readonly code: number;
  readonly dst: number;
  readonly src: number;
  readonly off: number;
  readonly imm: number;
}

export interface StackFrame {
  /** First instruction of the function. */
  readonly start: number;
  /** The instruction that called it; null for the program itself. */
  readonly call: number | null;
  /** Bytes of stack, not rounded. */
  readonly bytes: number;
}

const insnBytes = 8;
const framePointer = 10;
const CALL = 0x85;
const PSEUDO_CALL = 1;
const LD_IMM64 = 0x18;
const PSEUDO_FUNC = 4;
const MOV64_REG = 0xbf;
const ADD64_IMM = 0x07;
/** Kernels round what a function uses up to 32 bytes, with a JIT newer ones to 16. */
const roundings = [32, 16];
const framesMax = 8;

/** The chain of so many functions that needs so many bytes together, or null where no chain adds up to that. */
export function callChainOf(instructions: Uint8Array, calls: number, bytes: number): readonly StackFrame[] | null {
  const insns = decode(instructions);
  const starts = [...new Set([0, ...insns.flatMap((insn, at) => calledBy(insn, at) ?? [])])].sort((a, b) => a - b);
  const endOf = (start: number): number => starts.find((other) => other > start) ?? insns.length;
  const used = new Map(starts.map((start) => [start, stackOf(insns.slice(start, endOf(start)))]));
  const search = (chain: readonly StackFrame[]): readonly StackFrame[] | null => {
    if (chain.length === calls && roundings.some((step) => total(chain, step) === bytes)) return chain;
    const last = chain.at(-1);
    if (last === undefined || chain.length === Math.min(calls, framesMax)) return null;
    for (let at = last.start; at < endOf(last.start); at++) {
      const insn = insns[at];
      const start = insn === undefined ? null : calledBy(insn, at);
      if (start === null) continue;
      const found = search([...chain, { start, call: at, bytes: used.get(start) ?? 0 }]);
      if (found !== null) return found;
    }
    return null;
  };
  return search([{ start: 0, call: null, bytes: used.get(0) ?? 0 }]);
}

function decode(instructions: Uint8Array): readonly Insn[] {
  const view = new DataView(instructions.buffer, instructions.byteOffset, instructions.byteLength);
  return Array.from({ length: Math.floor(instructions.byteLength / insnBytes) }, (_, index) => {
    const at = index * insnBytes;
    const registers = view.getUint8(at + 1);
    return {
      code: view.getUint8(at),
      dst: registers & 0xf,
      src: registers >> 4,
      off: view.getInt16(at + 2, true),
      imm: view.getInt32(at + 4, true),
    };
  });
}

/** First instruction of the function that `insn` calls or hands on to be called. */
function calledBy({ code, src, imm }: Insn, at: number): number | null {
  const calls = (code === CALL && src === PSEUDO_CALL) || (code === LD_IMM64 && src === PSEUDO_FUNC);
  return calls ? at + imm + 1 : null;
}

/** How far below the frame pointer a function reaches. */
function stackOf(insns: readonly Insn[]): number {
  /** Registers that hold the frame pointer and a distance. */
  const pointers = new Map<number, number>([[framePointer, 0]]);
  let deepest = 0;
  for (const { code, dst, src, off, imm } of insns) {
    const memory = { 1: src, 2: dst, 3: dst }[code & 0x07];
    const base = memory === undefined ? undefined : pointers.get(memory);
    if (base !== undefined) deepest = Math.min(deepest, base + off);
    if (code === MOV64_REG && src === framePointer) pointers.set(dst, 0);
    else if (code === ADD64_IMM && pointers.has(dst)) pointers.set(dst, (pointers.get(dst) ?? 0) + imm);
    else if (dst !== framePointer && writes(code)) pointers.delete(dst);
    deepest = Math.min(deepest, pointers.get(dst) ?? 0);
  }
  return Math.abs(deepest);
}

/** Loads and arithmetic write their first register; stores and jumps do not. */
function writes(code: number): boolean {
  return [0, 1, 4, 7].includes(code & 0x07);
}

function total(chain: readonly StackFrame[], step: number): number {
  return chain.reduce((sum, { bytes }) => sum + Math.ceil(Math.max(bytes, 1) / step) * step, 0);
}
