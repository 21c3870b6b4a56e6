// Writes numbered lines as fast as they are taken, then the longest wait for one write (ms) to a file.
import { writeFileSync, writeSync } from "node:fs";

const [bytes, report] = process.argv.slice(2);
const PAD = "x".repeat(84);
let written = 0;
let line = 0;
let longest = 0;
while (written < Number(bytes)) {
  let batch = "";
  for (let end = line + 500; line < end; line += 1) {
    batch += `line ${String(line).padStart(9, "0")} ${PAD}\n`;
  }
  const data = Buffer.from(batch);
  for (let at = 0; at < data.length;) {
    const from = performance.now();
    at += writeSync(1, data, at);
    longest = Math.max(longest, performance.now() - from);
  }
  written += data.length;
}
writeFileSync(report, JSON.stringify({ lines: line, longest }));
