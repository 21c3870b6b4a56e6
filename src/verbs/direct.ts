// `sidelite provider|agent|model|route ...` and `bridge`: the direct routes of a configuration file.
import { COMMON } from "./shared-flags.ts";
import type { Flag, Verb } from "./verb.ts";

const FILE: readonly Flag[] = [
  { spec: "--proxy-config-file <path>", help: "the configuration file" },
  { spec: "--proxy-config-json <json>", help: "the configuration, inline; cannot be changed" },
  { spec: "--context <name>", help: "context of the context file" },
  { spec: "--config <path>", help: "context file" },
];
const JSON_FLAG: Flag = { spec: "--json", help: "print JSON" };
const CHANGE: readonly Flag[] = [JSON_FLAG, ...FILE, ...COMMON];
const SHOW: readonly Flag[] = [output("json|yaml"), ...CHANGE];
const LIST: readonly Flag[] = [output("json|yaml|name"), ...CHANGE];
const FIELDS: readonly Flag[] = [
  { spec: "--base-url <url>", help: "where it is, https://host/v1" },
  { spec: "--api-key-env <variable>", help: "the variable that holds the key" },
  { spec: "--auth-header <name>", help: "header of the key instead of Authorization: Bearer" },
  { spec: "--auth <how>", help: "none: no credential is needed" },
  { spec: "--type <preset>", help: "litellm, vllm, ollama or generic" },
  { spec: "--allowed-models <patterns...>", help: "the only models that may be asked for" },
  { spec: "--models <names...>", help: "models it has, besides those it lists" },
  { spec: "--refresh-models <interval>", help: "how often its models are asked for: 5m, true" },
  { spec: "--header <pairs...>", help: "NAME=VALUE, sent with every request" },
  { spec: "--forward-header <pairs...>", help: "KEY=HEADER, from the request's provider data" },
  { spec: "--dialect <dialect>", help: "auto, openai or anthropic" },
  { spec: "--endpoints <which>", help: "openai: only the known endpoints" },
  { spec: "--retries <count>", help: "further tries before the first byte" },
];

export const DIRECT_VERBS: readonly Verb[] = [
  {
    name: "provider add",
    summary: "add a provider that requests go to directly",
    args: "<name>",
    flags: [...FIELDS, ...CHANGE],
    load: async () => (await import("../commands/provider-add.ts")).providerAdd,
  },
  {
    name: "provider list",
    summary: "list the providers",
    flags: LIST,
    load: async () => (await import("../commands/provider-list.ts")).providerList,
  },
  {
    name: "provider show",
    summary: "show one provider, no secret",
    args: "<name>",
    flags: SHOW,
    load: async () => (await import("../commands/provider-list.ts")).providerShow,
  },
  {
    name: "provider edit",
    summary: "change what is given and nothing else",
    args: "<name>",
    flags: [
      ...FIELDS,
      { spec: "--unset <fields...>", help: "remove these fields" },
      { spec: "--keep-key", help: "keep the key although the URL's host is another one" },
      ...CHANGE,
    ],
    load: async () => (await import("../commands/provider-edit.ts")).providerEdit,
  },
  removal("provider"),
  {
    name: "provider test",
    summary: "is it reachable, how fast, which models",
    args: "<name>",
    flags: SHOW,
    load: async () => (await import("../commands/provider-test.ts")).providerTest,
  },
  {
    name: "provider refresh",
    summary: "ask for its models now",
    args: "<name>",
    flags: [{ spec: "--allow-empty", help: "take an empty list" }, ...SHOW],
    load: async () => (await import("../commands/provider-refresh.ts")).providerRefresh,
  },
  {
    name: "agent add",
    summary: "send an agent's model to a provider",
    args: "<name>",
    flags: [
      { spec: "--model-name <name>", help: "what the agent asks for" },
      { spec: "--provider <name>", help: "where it goes" },
      { spec: "--parent <agent>", help: "it is a subagent of this one" },
      { spec: "--managed", help: "through LiteLLM instead of directly" },
      ...CHANGE,
    ],
    load: async () => (await import("../commands/agent.ts")).agentAdd,
  },
  {
    name: "agent list",
    summary: "list the agents and where they go",
    flags: LIST,
    load: async () => (await import("../commands/agent.ts")).agentList,
  },
  removal("agent"),
  {
    name: "model list",
    summary: "list the models of all routes",
    flags: LIST,
    load: async () => (await import("../commands/model.ts")).modelList,
  },
  modelSwitch("enable", "serve a provider's model again"),
  modelSwitch("disable", "refuse a provider's model with 403"),
  {
    name: "route list",
    summary: "list where every known model goes",
    flags: SHOW,
    load: async () => (await import("../commands/route.ts")).routeList,
  },
  {
    name: "route explain",
    summary: "say where a model goes and why",
    args: "<model>",
    flags: SHOW,
    load: async () => (await import("../commands/route.ts")).routeExplain,
  },
  {
    name: "route url",
    summary: "print every URL that a base URL gives",
    args: "<url>",
    flags: [output("json|yaml"), JSON_FLAG, ...COMMON],
    load: async () => (await import("../commands/route.ts")).routeUrl,
  },
  {
    name: "bridge",
    summary: "the gateway on a unix socket, or such a socket on a local port",
    args: "<socket>",
    flags: [
      { spec: "--port <port>", help: "the other end: listen on this port of 127.0.0.1" },
      { spec: "--queue-id <id>", help: "the instance of this queue" },
      { spec: "--name <name>", help: "the instance of this name" },
      ...COMMON,
    ],
    load: async () => (await import("../commands/bridge.ts")).bridge,
  },
];

function removal(kind: "provider" | "agent"): Verb {
  return {
    name: `${kind} rm`,
    summary: `remove ${kind === "agent" ? "an agent" : "a provider that no agent uses"}`,
    args: "<name>",
    flags: CHANGE,
    load: async () => {
      const { removeBlock } = await import("../commands/remove-block.ts");
      return (input, context) => removeBlock(kind, input, context);
    },
  };
}

function modelSwitch(action: "enable" | "disable", summary: string): Verb {
  return {
    name: `model ${action}`,
    summary,
    args: "<provider/model>",
    flags: CHANGE,
    load: async () => {
      const { switchModel } = await import("../commands/model.ts");
      return (input, context) => switchModel(action === "enable", input, context);
    },
  };
}

function output(formats: string): Flag {
  return { spec: "-o, --output <format>", help: formats };
}
