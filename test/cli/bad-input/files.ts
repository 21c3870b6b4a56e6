// Paths of config files, and the bytes in them.
import { execFile } from "node:child_process";
import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BadInput } from "./row.ts";
import { GOOD, worker } from "./row.ts";

const named = (path: string): string[] => worker("--proxy-config-file", path);
const bytes = (name: string, content: string | Buffer, code = 2): BadInput => ({
  name,
  args: ["validate", "c.yaml"],
  files: { "c.yaml": content },
  code,
});

export const PATHS: readonly BadInput[] = [
  { name: "missing", args: named("missing.yaml"), code: 2 },
  {
    name: "a folder",
    args: named("folder"),
    prepare: ({ cwd }) => mkdir(join(cwd, "folder")),
    code: 2,
  },
  {
    name: "a pipe",
    args: named("pipe"),
    prepare: async ({ cwd }) => {
      await promisify(execFile)("mkfifo", [join(cwd, "pipe")]);
    },
    code: 2,
  },
  {
    name: "a dangling link",
    args: named("link"),
    prepare: ({ cwd }) => symlink("gone.yaml", join(cwd, "link")),
    code: 2,
  },
  {
    name: "a link to itself",
    args: named("loop"),
    prepare: ({ cwd }) => symlink("loop", join(cwd, "loop")),
    code: 2,
  },
  { name: "a variable that the shell left", args: named("$HOME/c.yaml"), code: 2 },
  { name: "the config itself", args: named(`{"model_list": []}`), code: 2 },
  {
    name: "that anyone may change",
    args: named("c.yaml"),
    files: { "c.yaml": GOOD },
    prepare: ({ cwd }) => chmod(join(cwd, "c.yaml"), 0o666),
    code: 8,
  },
  { name: "a device", args: named("/dev/zero"), code: 2 },
  {
    name: "over 1 MiB",
    args: named("c.yaml"),
    files: { "c.yaml": `# ${"x".repeat(1 << 20)}` },
    code: 2,
  },
  {
    name: "relative in the context",
    args: worker("--context", "a"),
    files: {
      "~config":
        "contexts: [{name: a, context: {litellm-proxy: {enabled: true, config-file: c.yaml}}}]\n",
      "c.yaml": GOOD,
    },
    code: 2,
  },
  {
    name: "socket",
    args: named("socket"),
    prepare: ({ cwd }) => plantSocket(join(cwd, "socket")),
    code: 2,
  },
  {
    name: "an unusable home",
    args: named("c.yaml"),
    env: { SIDELITE_HOME: "$HOME/x" },
    files: { "c.yaml": GOOD },
    code: 2,
  },
];

export const BYTES: readonly BadInput[] = [
  bytes("empty", ""),
  bytes("a word", "hello\n"),
  bytes("BOM and CRLF", `\ufeff${GOOD.replaceAll("\n", "\r\n")}`, 0),
  bytes("UTF-16", Buffer.from(`\ufeff${GOOD}`, "utf16le")),
  bytes("Latin-1", Buffer.from(`# caf\xe9\n${GOOD}`, "latin1")),
  bytes("DEL", `${GOOD}# \u007f\n`),
  bytes("NUL", `${GOOD}# \u0000\n`),
  bytes("NEL", `${GOOD}# \u0085\n`),
  bytes("half a surrogate", Buffer.from([...Buffer.from(GOOD), 0x23, 0xed, 0xa0, 0x80, 0x0a])),
  bytes("a line separator", `${GOOD}# \u2028\n`),
  {
    name: "validate stdin: binary",
    args: ["validate", "-"],
    input: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]),
    code: 2,
  },
  { name: "validate stdin: closed at once", args: ["validate", "-"], code: 2 },
  {
    name: "validate stdin: 2 MiB",
    args: ["validate", "-"],
    input: `# ${"x".repeat(2 << 20)}`,
    code: 2,
  },
];

/** Its listener is closed at once; the socket's file stays. */
async function plantSocket(path: string): Promise<void> {
  const script = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  await promisify(execFile)(process.execPath, ["-e", script, path]).catch(() => undefined);
}
