// Sums vitest's JSON reports: `node count.mjs EXIT_CODE REPORT...`. Fails where a test was skipped.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const [exitCode, ...paths] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
for (const path of paths) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    console.log(`ci: suite "${basename(path)}" did not run to its end`);
    continue;
  }
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  // A file that could not be loaded has no tests to count, and still failed.
  failed += report.testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
}
if (skipped > 0) console.log(`ci: ${skipped} tests were skipped: none may be`);
// A stage that failed without a failing test (npm ci, the demo, an unhandled error) is one failure.
if (failed === 0 && (Number(exitCode) !== 0 || skipped > 0)) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
