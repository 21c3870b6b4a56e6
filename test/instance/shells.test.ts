import { execFileSync } from "node:child_process";

import { expect, it } from "vitest";

import { detectShell, renderVariables } from "../../src/instance/shells.ts";

const ODD = {
  PLAIN: "sk-abc",
  QUOTES: `it's "quoted" and 'again'`,
  SHELL: "$(echo no) `echo no` $HOME \\ ; & | * !",
  LINES: "one\ntwo\r\nthree",
  EMPTY: "",
};

it("sets every value as it is in a POSIX shell, and unsets", () => {
  const text = renderVariables("bash", { set: ODD, unset: ["HOME", "GONE"] });
  const names = Object.keys(ODD);
  const script = `eval "$1"; [ -z "\${HOME+x}" ] || exit 9; for n in ${names.join(" ")}; do eval 'printf "%s\\0" "$'$n'"'; done`;
  for (const shell of ["bash", "sh"]) {
    const printed = execFileSync(shell, ["-c", script, shell, text], { encoding: "utf8" });
    expect(printed.split("\0").slice(0, -1)).toEqual(Object.values(ODD));
  }
});

it("writes the other formats with their own quoting", () => {
  const variables = { set: { A: "it's", B: "a\\b" }, unset: ["C"] };
  expect(renderVariables("fish", variables).split("\n")).toEqual([
    "set -gx A 'it\\'s';",
    "set -gx B 'a\\\\b';",
    "set -e C;",
  ]);
  expect(renderVariables("powershell", variables).split("\n")).toEqual([
    "$env:A = 'it''s'",
    "$env:B = 'a\\b'",
    "Remove-Item Env:C -ErrorAction SilentlyContinue",
  ]);
  expect(renderVariables("dotenv", variables)).toBe(`A="it's"\nB='a\\b'`);
  expect(JSON.parse(renderVariables("json", variables))).toEqual({
    schemaVersion: 1,
    ...variables,
  });
});

it("takes what it does not know for a POSIX shell", () => {
  expect(["/bin/zsh", "/usr/bin/fish", "/bin/sh", undefined].map(detectShell)).toEqual([
    "bash",
    "fish",
    "bash",
    "bash",
  ]);
});
