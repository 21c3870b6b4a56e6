// One stream of a process on its way into the log: redacted, in whole lines, each with the name of its source.
import type { Readable } from "node:stream";
import type { Redactor } from "../core/redact.ts";
import type { LogFile } from "../platform/log-file.ts";
import type { Tail } from "./tail.ts";

export interface OutputSpec {
  /** `g3`, `keeper`: stands before each line. */
  readonly source: string;
  readonly log: LogFile;
  readonly redactor: Redactor;
  readonly tail: Tail;
}

const LONGEST_LINE = 64 * 1024;
/** At the end of a part; the rest follows in the next line. */
const CONTINUED = " ...\n";

/** Ends by itself at the stream's end, with what was held back. A full log slows the stream down. */
export function pumpOutput(stream: Readable, spec: OutputSpec): void {
  const redacted = spec.redactor.stream();
  const prefix = `${spec.source} `;
  let line = "";

  const write = (lines: string): boolean => {
    if (lines === "") return true;
    spec.tail.add(lines);
    const named = prefix + lines.slice(0, -1).replaceAll("\n", `\n${prefix}`);
    return spec.log.write(Buffer.from(`${named}\n`, "latin1"));
  };
  const take = (bytes: Buffer): boolean => {
    const text = line + bytes.toString("latin1");
    const end = text.lastIndexOf("\n") + 1;
    line = text.slice(end);
    let lines = text.slice(0, end);
    for (; line.length > LONGEST_LINE; line = line.slice(LONGEST_LINE)) {
      lines += line.slice(0, LONGEST_LINE) + CONTINUED;
    }
    return write(lines);
  };

  stream.on("data", (chunk: Buffer) => {
    // One chunk a turn of the event loop: requests come in between, however much a flood has ready.
    stream.pause();
    if (take(redacted.push(chunk))) setImmediate(() => stream.resume());
    else void spec.log.room().then(() => stream.resume());
  });
  stream.on("error", () => undefined); // the process died with it
  stream.once("close", () => {
    take(redacted.end());
    if (line !== "") write(`${line}\n`);
  });
}
