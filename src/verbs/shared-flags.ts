// Flags that several verbs share. They hold no default: those live in config/settings.ts alone.
import type { Flag } from "./verb.ts";

export const COMMON: readonly Flag[] = [
  { spec: "--verbose", help: "say more on stderr" },
  { spec: "--yes", help: "ask nothing" },
];

export const PROXY: readonly Flag[] = [
  { spec: "--enable-local-proxy [boolean]", help: "run LiteLLM beside the worker" },
  { spec: "--no-enable-local-proxy", help: "do not, whatever lower layers say" },
  { spec: "--proxy-config-file <path>", help: "LiteLLM config, YAML or JSON" },
  { spec: "--proxy-config-json <json>", help: "LiteLLM config, inline" },
  { spec: "--model <name>", help: "model for the worker; must be one of the config's names" },
  { spec: "--skip-model-validation", help: "accept a --model that the config does not name" },
  { spec: "--proxy-port <port>", help: "exact port of the gateway" },
  { spec: "--proxy-timeout <seconds>", help: "time LiteLLM has to become ready" },
  {
    spec: "--proxy-max-retries <count>",
    help: "LiteLLM's restarts in ten minutes before giving up",
  },
  { spec: "--control-plane-url <url>", help: "control plane to use" },
  { spec: "--context <name>", help: "context of the context file" },
  { spec: "--config <path>", help: "context file" },
];

export const WORKER: readonly Flag[] = [
  {
    spec: "--client <names...>",
    help: "SDKs to point at the gateway: litellm openai anthropic azure google all none",
  },
  { spec: "--wait", help: "start the worker when LiteLLM is ready" },
  { spec: "--no-wait", help: "start the worker as soon as the gateway listens" },
];

export const DAEMON: Flag = {
  spec: "-d, --daemon",
  help: "detach; returns when it is ready or has failed",
};
