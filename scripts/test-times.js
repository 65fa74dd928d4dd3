// SPDX-License-Identifier: Apache-2.0
//
// Prints what `scripts/test --times` has measured as a table, the dearest file first. Processor time is that of the test
// file's process and of all its children, QEMU among them.
import { readFileSync } from 'node:fs';

const rows = readFileSync(process.argv[2], 'utf8').trim().split('\n').map(JSON.parse);
const columns = ['cpuMs', 'wallMs', 'cold', 'restored', 'agents'];
const total = Object.fromEntries(columns.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]));

const seconds = (ms) => (ms / 1000).toFixed(1);
const line = ({ file, cpuMs, wallMs, cold, restored, agents }) =>
  `| ${[file.replace('.test.ts', ''), seconds(cpuMs), seconds(wallMs), cold, restored, agents].join(' | ')} |`;

console.log('\n| file | processor s | wall s | cold | restored | agents |');
console.log('| ---- | ----------: | -----: | ---: | -------: | -----: |');
for (const row of rows.toSorted((a, b) => b.cpuMs - a.cpuMs)) console.log(line(row));
console.log(line({ file: 'total', ...total }));
