// Turns Jest's result file into `N passed, N failed`. Suites that broke before their tests ran count
// as failures, and so do skipped tests: in CI everything a test needs is installed.
import { readFileSync } from 'node:fs';

/** Jest's results; undefined when it did not come so far as to write them. */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const results = read(process.argv[2]);
if (results === undefined) {
  console.log('Jest left no results');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const skipped = results.testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => status === 'pending' || status === 'todo')
    .map(({ fullName }) => `${name}: ${fullName}`),
);
for (const test of skipped) console.log(`skipped: ${test}`);
for (const { name, message, assertionResults } of results.testResults) {
  if (message !== '' && assertionResults.length === 0) console.log(`broken: ${name}\n${message}`);
}
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + skipped.length;
console.log(`${results.numPassedTests} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
