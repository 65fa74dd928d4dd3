// SPDX-License-Identifier: Apache-2.0
// Prints `PASSED FAILED SKIPPED` of a vitest JSON report. A file that could not be loaded and an empty report count as
// failures.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
).length;
const passed = report.numPassedTests;
const failed = report.numFailedTests + brokenFiles + (report.numTotalTests === 0 ? 1 : 0);
console.log(`${passed} ${failed} ${report.numPendingTests}`);
