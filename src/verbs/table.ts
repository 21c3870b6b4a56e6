// Every verb, in the order of --help.
import { RUNTIME_VERBS } from "./runtime.ts";
import { COMMON, PROXY, WORKER } from "./shared-flags.ts";
import type { Verb } from "./verb.ts";

export const VERBS: readonly Verb[] = [
  {
    name: "worker start",
    summary: "start a queue's worker beside its own LiteLLM",
    flags: [
      { spec: "--queue-id <id>", help: "the worker queue" },
      { spec: "--type <type>", help: "local" },
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
    flags: [{ spec: "--name <name>", help: "name of the instance" }, ...PROXY, ...WORKER, ...COMMON],
    args: "<command...>",
    passThrough: true,
    load: async () => (await import("../commands/run.ts")).run,
  },
  {
    name: "proxy start",
    summary: "start LiteLLM and the gateway without a worker",
    flags: [{ spec: "--name <name>", help: "name of the instance" }, ...PROXY, ...COMMON],
    load: async () => (await import("../commands/proxy-start.ts")).proxyStart,
  },
  {
    name: "validate",
    summary: "check a LiteLLM config; without FILE the merged configuration",
    flags: [
      { spec: "--strict", help: "warnings are errors" },
      { spec: "--json", help: "print JSON" },
      { spec: "--context <name>", help: "context of the context file" },
      { spec: "--config <path>", help: "context file" },
      ...COMMON,
    ],
    args: "[file]",
    load: async () => (await import("../commands/validate.ts")).validate,
  },
  ...RUNTIME_VERBS,
  {
    name: "demo",
    summary: "the whole path on LiteLLM's own mock responses: no key needed",
    flags: COMMON,
    load: async () => (await import("../commands/demo.ts")).demo,
  },
];
