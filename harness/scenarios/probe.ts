// SPDX-License-Identifier: Apache-2.0
/** Where the probe lies in a guest: programs of their own, sharing nothing with the agent, not even an inode. */
export const probePaths = {
  folder: '/probe',
  attempt: '/probe/attempt',
  oracle: '/probe/oracle',
  rehearse: '/probe/rehearse',
  quiet: '/probe/quiet',
  dynamic: '/probe/dynamic',
} as const;
