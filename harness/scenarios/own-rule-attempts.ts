// SPDX-License-Identifier: Apache-2.0
import type { SocketOperation } from '../contracts/contract.js';
import type { CheckClass } from '../model/check.js';
import type { OwnRuleOperation, RuleSubject } from '../model/own-rule.js';
import { realModule } from './guest-places.js';
import type { ProbeOperation } from './scenario.js';

/* What is attempted of an operation that a rule of an agent's own denies. */

/** Who acts, and on what. */
export interface OwnRuleTarget extends Readonly<Record<Exclude<RuleSubject, 'comm'>, string>> {
  readonly comm: string | null;
}

interface Operation {
  readonly class: CheckClass;
  readonly on: (target: OwnRuleTarget) => ProbeOperation;
  /** Where it is an operation of a socket. */
  readonly socket?: SocketOperation;
  /** Ports of a denied attempt and of a free one, where a rule names a port and where it does not; a number is added. */
  readonly ports?: { readonly named: readonly [number, number]; readonly unnamed: readonly [number, number] };
}

/** The port at which the server answers and which no rule of the contract's names. */
export const freePort = 80;
/** Where it answers besides, for a rule that names a port; the number of the rule is added. */
export const firstDeniedPort = 9200;
const toServer = { named: [firstDeniedPort, freePort], unnamed: [freePort, freePort] } as const;

export const ownRuleAttempts: Readonly<Record<OwnRuleOperation, Operation>> = {
  open: { class: 'file', on: ({ path }) => ['open', path, 'r'] },
  create: { class: 'file', on: ({ path }) => ['creat', path] },
  truncate: { class: 'file', on: ({ path }) => ['truncate', path] },
  rename: { class: 'file', on: ({ path }) => ['rename', path, `${path}-moved`] },
  link: { class: 'file', on: ({ path }) => ['link', path, `${path}-linked`] },
  unlink: { class: 'file', on: ({ path }) => ['unlink', path] },
  mmap: { class: 'exec', on: ({ path }) => ['map', path] },
  exec: { class: 'exec', on: ({ path }) => ['exec', path] },
  connect: {
    class: 'network',
    on: ({ ip, port }) => ['connect', ip, port, 'tcp'],
    socket: 'connect',
    ports: toServer,
  },
  send: { class: 'network', on: ({ ip, port }) => ['sendto', ip, port], socket: 'sendmsg', ports: toServer },
  bind: {
    class: 'network',
    on: ({ ip, port }) => ['bind', ip, port, 'tcp'],
    socket: 'bind',
    ports: { named: [9300, 9400], unnamed: [0, 0] },
  },
  accept: accepting('accept', 'accept', 9500),
  receive: accepting('recv', 'recvmsg', 9700),
  ptrace: { class: 'ptrace', on: () => ['ptrace'] },
  module: { class: 'module', on: () => ['finit-module', realModule] },
  bpf: { class: 'bpf', on: () => ['bpf-map'] },
};

/** At a port of its own, by a peer from the address. */
function accepting(word: string, socket: SocketOperation, port: number): Operation {
  const ports = [port, port + 100] as const;
  return {
    class: 'network',
    on: ({ ip, port: own }) => [word, own, ip],
    socket,
    ports: { named: ports, unnamed: ports },
  };
}
