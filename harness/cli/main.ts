#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { prepareNode } from './early.js';
import { Ending } from './ending.js';

const ending = new Ending();
ending.guard(process.argv);
prepareNode(process.argv, process.env);
const { runCommandLine } = await import('./program.js');
process.exitCode = await runCommandLine(process.argv.slice(2), ending);
