// `sidelite config ...`: the context file, with kubectl's verbs.
import { COMMON, PROXY } from "./shared-flags.ts";
import type { Flag, Verb } from "./verb.ts";

const FILE: Flag = { spec: "--config <path>", help: "context file" };
const CONTEXT: Flag = { spec: "--context <name>", help: "context of the context file" };
const JSON_FLAG: Flag = { spec: "--json", help: "print JSON" };
const CURRENT: Flag = { spec: "--current", help: "change the current context" };

export const CONFIG_VERBS: readonly Verb[] = [
  {
    name: "config get-contexts",
    summary: "list the contexts",
    args: "[name...]",
    flags: [
      output("json|yaml|name"),
      JSON_FLAG,
      { spec: "--no-headers", help: "only the rows" },
      CONTEXT,
      FILE,
      ...COMMON,
    ],
    load: async () => (await import("../commands/config-get-contexts.ts")).configGetContexts,
  },
  {
    name: "config current-context",
    summary: "print the context that commands use now",
    flags: [output("json|yaml|name"), JSON_FLAG, CONTEXT, FILE, ...COMMON],
    load: async () => (await import("../commands/config-current-context.ts")).configCurrentContext,
  },
  {
    name: "config use-context",
    summary: "make a context the current one",
    args: "<name>",
    flags: [FILE, ...COMMON],
    load: async () => (await import("../commands/config-use-context.ts")).configUseContext,
  },
  {
    name: "config set-context",
    summary: "make or change a context; only what is given is written",
    args: "[name]",
    flags: [
      CURRENT,
      ...PROXY.filter(({ spec }) => !/^--(?:context|config|skip-model-validation) ?/.test(spec)),
      { spec: "--user <name>", help: "user whose token is the API key" },
      { spec: "--organization <name>", help: "organization" },
      { spec: "--use-v1-api <boolean>", help: "kept for other programs" },
      { spec: "--trust-queue <how>", help: "full: the queue's LiteLLM config counts as your own" },
      { spec: "--trust-hosts <hosts>", help: "hosts that queue settings may send keys to" },
      { spec: "--unset <keys...>", help: "remove these keys" },
      FILE,
      ...COMMON,
    ],
    load: async () => (await import("../commands/config-set-context.ts")).configSetContext,
  },
  {
    name: "config delete-context",
    summary: "remove a context",
    args: "<name>",
    flags: [FILE, ...COMMON],
    load: async () => (await import("../commands/config-delete-context.ts")).configDeleteContext,
  },
  {
    name: "config rename-context",
    summary: "give a context another name",
    args: "<old> <new>",
    flags: [FILE, ...COMMON],
    load: async () => (await import("../commands/config-rename-context.ts")).configRenameContext,
  },
  {
    name: "config set-credentials",
    summary: "keep a user's API key, read from stdin",
    args: "<name>",
    flags: [{ spec: "--token-stdin", help: "read the key from stdin" }, FILE, ...COMMON],
    load: async () => (await import("../commands/config-set-credentials.ts")).configSetCredentials,
  },
  {
    name: "config delete-credentials",
    summary: "remove a user and its key",
    args: "<name>",
    flags: [FILE, ...COMMON],
    load: async () =>
      (await import("../commands/config-delete-credentials.ts")).configDeleteCredentials,
  },
  {
    name: "config view",
    summary: "print the context file, secrets hidden",
    flags: [
      output("json|yaml"),
      JSON_FLAG,
      { spec: "--raw", help: "show tokens and inline keys" },
      { spec: "--merged", help: "all settings in force instead, as a context file" },
      ...PROXY,
      ...COMMON,
    ],
    load: async () => (await import("../commands/config-view.ts")).configView,
  },
  {
    name: "config explain",
    summary: "say where each setting comes from, and what LiteLLM would read",
    flags: [
      output("json|yaml"),
      JSON_FLAG,
      { spec: "--queue-id <id>", help: "ask for this queue's settings too" },
      ...PROXY,
      ...COMMON,
    ],
    load: async () => (await import("../commands/config-explain.ts")).configExplain,
  },
];

function output(formats: string): Flag {
  return { spec: "-o, --output <format>", help: formats };
}
