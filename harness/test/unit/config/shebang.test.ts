// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { shebangOf } from '../../../config/shebang.js';

it.each([
  ['#!/bin/bash\n', { program: 'bash', words: [] }],
  ['#!/bin/bash -eu\necho', { program: 'bash', words: ['-eu'] }],
  ['#! /usr/bin/env bash\r\n', { program: 'bash', words: [] }],
  ['#!/usr/bin/env -S bash -eu\n', { program: 'bash', words: ['-eu'] }],
  ['#!/bin/sh -e\n', null],
  ['#!/bin/ash', null],
  ['echo no shebang\n', null],
  ['', null],
  ['\x7fELF', null],
])('%j', (text, wanted) => {
  expect(shebangOf(Buffer.from(text, 'latin1'))).toEqual(wanted);
});
