// Why LiteLLM ended, from real last lines of 1.106.2.
import { describe, expect, it } from "vitest";
import { classifyExit } from "../../src/litellm/causes.ts";

const FAILED = ["", "ERROR:    Application startup failed. Exiting."];
const exit3 = (...lines: string[]) => ({ code: 3, signal: null, lines: [...lines, ...FAILED] });
const exit = (code: number, ...lines: string[]) => ({ code, signal: null, lines });
const signalled = (signal: NodeJS.Signals, ...lines: string[]) => ({ code: null, signal, lines });

describe("classifyExit", () => {
  it.each([
    [
      "no master key",
      exit3(
        "LiteLLM proxy refused to start: no master key is set, so every request would be accepted without authentication.",
      ),
      "configuration",
      /no master key is set/,
    ],
    [
      "weak master key",
      exit(
        3,
        ...FAILED,
        "LiteLLM proxy refused to start: the master key is a publicly known default.",
        "It comes from general_settings.master_key.",
      ),
      "configuration",
      /publicly known/,
    ],
    [
      "routing strategy",
      exit3("ValueError: Invalid routing_strategy: 'latency-based'. Valid options: ['lar1']."),
      "configuration",
      /strategy latency-based/,
    ],
    [
      "bad YAML",
      exit3("yaml.parser.ParserError: while parsing a block collection", '  in "x", line 2'),
      "configuration",
      /could not read its configuration/,
    ],
    [
      "empty file",
      exit3("Exception: Config cannot be None or Empty."),
      "configuration",
      /no configuration/,
    ],
    [
      "custom module",
      exit3("ImportError: Could not import handler from nomodule"),
      "missing-module",
      /custom module nomodule \(handler\)/,
    ],
    [
      "missing package",
      exit3("PackageNotFoundError: No package metadata was found for litellm"),
      "broken-runtime",
      /litellm is missing in sidelite's own/,
    ],
    [
      "missing LiteLLM",
      exit3("ModuleNotFoundError: No module named 'litellm.proxy'"),
      "broken-runtime",
      /litellm is missing in sidelite's own/,
    ],
    [
      "missing module",
      exit3("ModuleNotFoundError: No module named 'prometheus_client'"),
      "missing-module",
      /missing: prometheus_client/,
    ],
    [
      "missing extra",
      exit3(
        "ModuleNotFoundError: Please install litellm with `litellm[caching]` to use disk caching.",
      ),
      "missing-module",
      /litellm\[caching\]/,
    ],
    [
      "missing variable",
      exit3("Exception: Missing `PRESIDIO_ANALYZER_API_BASE` from environment"),
      "configuration",
      /needs the variable PRESIDIO_ANALYZER_API_BASE/,
    ],
    ["any other", exit3("KeyError: 'model'"), "configuration", /start failed: KeyError: 'model'/],
    ["exit 3 alone", exit3(), "configuration", /exit 3/],
    [
      "DEBUG=*",
      exit(2, "Usage: litellm [OPTIONS]", "Error: Invalid value for '--debug': '*' is no boolean."),
      "configuration",
      /--debug/,
    ],
    [
      "port",
      exit(1, "ERROR:    [Errno 98] error while attempting to bind: address already in use"),
      "port",
      /in use/,
    ],
    ["disk", exit(1, "OSError: [Errno 28] No space left on device: '/x'"), "disk", /disk is full/],
    ["memory", exit(1, "MemoryError"), "out-of-memory", /no memory left/],
    [
      "killed",
      signalled("SIGKILL", "ModuleNotFoundError: old"),
      "killed",
      /possibly out of memory/,
    ],
    [
      "killed by the kernel",
      { ...signalled("SIGKILL"), oomKilled: true },
      "out-of-memory",
      /machine had no memory/,
    ],
    ["crash", signalled("SIGSEGV"), "crash", /SIGSEGV/],
    ["unknown", exit(1, "hello"), "unknown", /exit code 1/],
  ])("%s", (_, ended, kind, summary) => {
    const cause = classifyExit(ended);
    expect(cause.kind).toBe(kind);
    expect(cause.summary).toMatch(summary);
    expect(cause.permanent).toBe(
      ["configuration", "missing-module", "broken-runtime"].includes(kind),
    );
  });
});
