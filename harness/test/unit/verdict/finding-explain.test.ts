// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { RuleKind } from '../../../model/agent.js';
import { explained, type Ground } from '../../../verdict/finding-explain.js';
import type { Failed } from '../../../verdict/finding-facts.js';

const ground = (hooks: readonly string[], ...rules: readonly RuleKind[]): Ground => ({ hooks, rules });
/** Only what an attempt rests on counts here. */
const failed = (...grounds: readonly Ground[]): readonly Failed[] => grounds as readonly Failed[];
const commons = (fails: readonly Failed[], held: readonly Ground[]) =>
  explained(fails, held).map(({ common, failed: covered }) => [
    common.hooks.join(),
    common.rule,
    common.all,
    covered.length,
  ]);

const open = ground(['inode_permission', 'file_open'], 'deny_path');
const byInode = ground(['inode_permission', 'file_open'], 'deny_inode');
const truncate = ground(['inode_permission'], 'deny_path');
const connect = ground(['socket_connect'], 'deny_ip');
const connectPrefix = ground(['socket_connect'], 'deny_cidr');
const send = ground(['socket_sendmsg'], 'deny_ip');
const sendPrefix = ground(['socket_sendmsg'], 'deny_cidr');

describe('what failed attempts have in common', () => {
  it('is the hook that all pass, where another one that all pass is shown to work', () => {
    expect(commons(failed(open, byInode), [truncate])).toEqual([['file_open', null, false, 2]]);
  });

  it('is one of two hooks where nothing tells them apart', () => {
    expect(commons(failed(open, byInode), [connect])).toEqual([['inode_permission,file_open', null, false, 2]]);
  });

  it('is the hook that fewer attempts name when one of them passes no other', () => {
    expect(commons(failed(open, truncate), [connect])).toEqual([['inode_permission', 'deny_path', false, 2]]);
  });

  it('is a kind of rule at several hooks that work with others', () => {
    expect(commons(failed(connectPrefix, sendPrefix), [connect, send])).toEqual([['', 'deny_cidr', false, 2]]);
  });

  it('is a kind of rule at one hook where it works at another', () => {
    expect(commons(failed(connectPrefix), [connect, sendPrefix])).toEqual([['socket_connect', 'deny_cidr', false, 1]]);
  });

  it('is nothing where the same holds', () => {
    expect(commons(failed(connect, connect), [connect])).toEqual([
      ['', null, false, 1],
      ['', null, false, 1],
    ]);
  });

  it('is everything where nothing holds and no hook explains it', () => {
    expect(commons(failed(connect, open), [])).toEqual([['', null, true, 2]]);
  });

  it('is two hooks for two faults', () => {
    expect(commons(failed(open, byInode, connect), [truncate, send])).toEqual([
      ['file_open', null, false, 2],
      ['socket_connect', 'deny_ip', false, 1],
    ]);
  });

  it('is asked of nothing', () => {
    expect(explained([], [])).toEqual([]);
  });
});
