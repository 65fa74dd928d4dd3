#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { prepare } from './early.js';

prepare(process.argv, process.env);
const { main } = await import('./program.js');
process.exitCode = await main(process.argv.slice(2));
