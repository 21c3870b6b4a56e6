// Every verb, in the order of --help.
import { completionVerbs } from "./completion.ts";
import { DIRECT_VERBS } from "./direct.ts";
import { INIT_VERBS } from "./init.ts";
import { CONFIG_VERBS } from "./config.ts";
import { INSTANCE_VERBS } from "./instance.ts";
import { MODEL_VERBS } from "./models.ts";
import { RUNTIME_VERBS } from "./runtime.ts";
import { COMMON, DAEMON, PROXY, WORKER } from "./shared-flags.ts";
import { VALIDATE_VERB } from "./validate.ts";
import type { Verb } from "./verb.ts";

export const VERBS: readonly Verb[] = [
  {
    name: "worker start",
    summary: "start a queue's worker beside its own LiteLLM",
    flags: [
      { spec: "--queue-id <id>", help: "the worker queue" },
      { spec: "--type <type>", help: "local" },
      DAEMON,
      ...PROXY,
      ...WORKER,
      ...COMMON,
    ],
    args: "[command...]",
    load: async () => (await import("../commands/worker-start.ts")).workerStart,
  },
  {
    name: "run",
    summary: "run a command beside its own LiteLLM and return its exit status",
    flags: [
      { spec: "--name <name>", help: "name of the instance" },
      { spec: "--fresh", help: "do not join a running instance of the same configuration" },
      ...PROXY,
      ...WORKER,
      ...COMMON,
    ],
    args: "<command...>",
    passThrough: true,
    load: async () => (await import("../commands/run.ts")).run,
  },
  {
    name: "proxy start",
    summary: "start LiteLLM and the gateway without a worker",
    flags: [{ spec: "--name <name>", help: "name of the instance" }, DAEMON, ...PROXY, ...COMMON],
    load: async () => (await import("../commands/proxy-start.ts")).proxyStart,
  },
  ...INSTANCE_VERBS,
  VALIDATE_VERB,
  ...MODEL_VERBS,
  ...INIT_VERBS,
  ...CONFIG_VERBS,
  ...DIRECT_VERBS,
  ...RUNTIME_VERBS,
  {
    name: "demo",
    summary: "the whole path on LiteLLM's own mock responses: no key needed",
    flags: COMMON,
    load: async () => (await import("../commands/demo.ts")).demo,
  },
  ...completionVerbs(() => VERBS),
];
