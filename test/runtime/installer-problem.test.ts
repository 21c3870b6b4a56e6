import { expect, it } from "vitest";

import { installerProblem } from "../../src/runtime/installer-problem.ts";

const FAILURE = {
  installer: "uv 0.13.8",
  what: "LiteLLM 1.106.2",
  python: "3.11.7",
  runtimesDir: "/r",
  end: "exit 2",
};

/** Last lines as uv 0.13, pip 23 and pip 25 print them. */
const SAID: readonly (readonly [string, number, string, RegExp])[] = [
  [
    "error: Failed to download `x`\n  cause: Hash mismatch for `x`",
    8,
    "not the one that the lock names",
    /cache clean/,
  ],
  [
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
    8,
    "not the one that the lock names",
    /PIP_INDEX_URL/,
  ],
  [
    "error: failed to write: No space left on device (os error 28)",
    7,
    "the disk is full",
    /1 GB below \/r/,
  ],
  [
    "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/c'",
    7,
    "cannot be written",
    /\/r/,
  ],
  [
    "error: failed to create directory: Permission denied (os error 13)",
    7,
    "cannot be written",
    /UV_CACHE_DIR/,
  ],
  [
    "cause: invalid peer certificate: UnknownIssuer",
    7,
    "certificate is not trusted",
    /SSL_CERT_FILE/,
  ],
  [
    "SSLError(SSLCertVerificationError(1, 'certificate verify failed'))",
    7,
    "certificate is not trusted",
    /SSL_CERT_FILE/,
  ],
  [
    "cause: HTTP status client error (401 Unauthorized) for url (https://***@m/)",
    7,
    "refuses these credentials",
    /PIP_INDEX_URL/,
  ],
  ["ERROR: 403 Client Error: Forbidden for url: x", 7, "refuses these credentials", /netrc/],
  ["cause: dns error: failed to lookup address information", 7, "cannot be reached", /HTTPS_PROXY/],
  [
    "ReadTimeoutError(\"HTTPSConnectionPool(host='m', port=443): Read timed out.\")",
    7,
    "cannot be reached",
    /PIP_INDEX_URL/,
  ],
  [
    "cause: Because x==1 has no wheels with a matching platform tag",
    7,
    "no package for this machine",
    /Linux x64 and arm64/,
  ],
  ["ERROR: No matching distribution found for x==1", 7, "no package for this machine", /mirror/],
];

it.each(SAID)("%s", (said, code, summary, remedy) => {
  const error = installerProblem({ ...FAILURE, lines: ["first line", ...said.split("\n")] });
  expect(error.exitCode).toBe(code);
  expect(error.message).toContain(`cannot install LiteLLM 1.106.2: `);
  expect(error.message).toContain(summary);
  expect(error.problems[0]?.remedy).toMatch(remedy);
});

it("an unknown failure shows its last lines and nothing is guessed", () => {
  const lines = Array.from({ length: 9 }, (_, n) => `line ${n}`);
  const error = installerProblem({ ...FAILURE, end: "SIGKILL", lines });
  expect(error.exitCode).toBe(7);
  expect(error.message).toBe(
    `cannot install LiteLLM 1.106.2 (uv 0.13.8, SIGKILL)\n  ${lines.slice(-6).join("\n  ")}`,
  );
});
