// Flags, their combinations, and queue ids.
import type { BadInput } from "./row.ts";
import { GOOD, GOOD_JSON, worker } from "./row.ts";

const files = { "good.yaml": GOOD };
const config = ["--proxy-config-file", "good.yaml"];

export const FLAGS: readonly BadInput[] = [
  { name: "no command", args: [], code: 2 },
  { name: "unknown command", args: ["wroker", "start"], code: 2 },
  { name: "half a command", args: ["worker"], code: 2 },
  { name: "unknown flag", args: ["worker", "start", "--queue", "q"], code: 2 },
  { name: "flag of LiteLLM", args: ["proxy", "start", "--host", "0.0.0.0"], code: 2 },
  { name: "missing value", args: ["worker", "start", "--queue-id"], code: 2 },
  { name: "flag for a value", args: ["worker", "start", "--queue-id", "--type", "local"], code: 2 },
  { name: "repeated flag", args: worker("--model", "a", "--model", "b"), code: 2 },
  { name: "blank value", args: worker(...config, "--model", "  "), files, code: 2 },
  { name: "port 0", args: worker(...config, "--proxy-port", "0"), files, code: 2 },
  { name: "port abc", args: worker(...config, "--proxy-port", "abc"), files, code: 2 },
  { name: "port 70000", args: worker(...config, "--proxy-port", "70000"), files, code: 2 },
  { name: "timeout 0", args: worker(...config, "--proxy-timeout", "0"), files, code: 2 },
  { name: "restarts 1.5", args: worker(...config, "--proxy-max-retries", "1.5"), files, code: 2 },
  { name: "unknown client", args: worker(...config, "--client", "opnai"), files, code: 2 },
  { name: "a worker in Docker", args: worker("--type", "docker"), code: 2 },
  {
    name: "control-plane URL",
    args: worker("--control-plane-url", "control.example.com"),
    code: 2,
  },
  {
    name: "control-plane URL with a password",
    args: worker("--control-plane-url", "https://u:hidden-password@c.example.com"),
    code: 2,
    hides: "hidden-password",
  },
  { name: "run without a command", args: ["run", ...config], files, code: 2 },
  {
    name: "key in argv",
    args: worker("--api-key", "hidden-api-key"),
    code: 2,
    hides: "hidden-api-key",
  },
  {
    name: "file and JSON",
    args: worker(...config, "--proxy-config-json", GOOD_JSON),
    files,
    code: 2,
  },
  { name: "enabled without a config", args: worker("--enable-local-proxy"), code: 2 },
  {
    name: "enabled without a config, one is near",
    args: worker("--enable-local-proxy"),
    files: { "litellm_config.yaml": GOOD },
    code: 2,
  },
  { name: "run without a config", args: ["run", "--", "true"], code: 2 },
  {
    name: "run switched off",
    args: ["run", "--no-enable-local-proxy", ...config, "--", "true"],
    files,
    code: 2,
  },
  { name: "not a boolean", args: worker("--enable-local-proxy=maybe", ...config), files, code: 2 },
  { name: "--model in capitals", args: worker(...config, "--model", "M"), files, code: 2 },
  { name: "--model that is not there", args: worker(...config, "--model", "n"), files, code: 2 },
  {
    name: "context that is not there",
    args: worker("--context", "prd"),
    files: { "~config": "contexts: [{name: prod, context: {}}]\n" },
    code: 2,
  },
  { name: "context without a file", args: worker("--context", "prod"), code: 2 },
  { name: "nothing to validate", args: ["validate"], code: 2 },
  {
    name: "key of a provider in argv",
    args: ["provider", "add", "p", "--base-url", "https://x", "--api-key", "hidden-api-key"],
    code: 2,
    hides: "hidden-api-key",
  },
  { name: "no provider yet", args: ["provider", "test", "p", ...config], files, code: 2 },
  { name: "port of a bridge", args: ["bridge", "./s", "--port", "x"], code: 2 },
  { name: "instance that is not there", args: ["proxy", "stop", "q"], code: 1 },
  { name: "context to use", args: ["config", "use-context", "prod"], code: 2 },
  { name: "context file that is not there", args: worker("--config", "missing"), code: 2 },
];

const QUEUE_IDS: readonly (readonly [name: string, id: string])[] = [
  ["empty", ""],
  ["going up", "../q"],
  ["two dots inside", "a..b"],
  ["an escape sequence", "a\u001b[31mb"],
  ["a final newline", "a\n"],
  ["a leading dash", "-q"],
  ["another script", "очередь"],
  ["a trailing dot", "q."],
  ["one dot", "."],
  ["a slash", "a/b"],
  ["a backslash", "a\\b"],
  ["a tilde", "~"],
  ["a space", "a b"],
  ["65 characters", "q".repeat(65)],
];

export const QUEUES: readonly BadInput[] = [
  { name: "no queue", args: ["worker", "start", "--", "true"], code: 2 },
  ...QUEUE_IDS.map(([name, id]) => ({
    name: `queue id: ${name}`,
    args: ["worker", "start", `--queue-id=${id}`, "--", "true"],
    code: 2,
  })),
  { name: "name of a run", args: ["run", "--name", "a/b", "--", "true"], code: 2 },
];
