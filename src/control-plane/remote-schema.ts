// All that a LiteLLM config of queue settings may say (faults.md, remote settings): a closed schema.
import { REMOTE_CALLBACKS } from "./remote-callbacks.ts";
import type { Shape } from "./shape.ts";
import { boolean, closed, list, named, number, optional, text } from "./shape.ts";

export const MAX_MODELS = 500;
const MAX_NAMES = 1_000;
const DAY_SECONDS = 86_400;
const MAX_COUNT = 1e9;

const name = text(/^\S(?:.*\S)?$/, "a name");
const seconds = number(DAY_SECONDS);
const count = number(MAX_COUNT);

/** No address inside: parts of LiteLLM would take it for the endpoint. */
const model = text(/^(?!.*(?:https?:|\/\/|\.\.))[\w@][\w@.:/+*-]*$/i, "a model's name");
/** No dots in the path, no query: the host is all that decides where it goes. */
const address = text(
  /^https?:\/\/(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:\/[\w-]+(?:\.\d+)?)*\/?$/i,
  "a plain http or https address",
);

const apiKey: Shape = (value, path, findings) => {
  if (typeof value !== "string") return findings.malformed(path, "is not text");
  if (variableOf(value) !== null) return;
  const remedy = "write os.environ/NAME, and set that variable on the machine of the worker";
  findings.refuse(path, "must be a reference to a variable: a key in clear is refused", remedy);
};

const litellmParams = closed(
  {
    model,
    api_base: optional(address),
    api_version: optional(text(/^[\w.-]{1,40}$/, "a version")),
    api_key: optional(apiKey),
    rpm: optional(count),
    tpm: optional(count),
    timeout: optional(seconds),
    max_tokens: optional(count),
    temperature: optional(number(10)),
    weight: optional(count),
    order: optional(count),
  },
  1,
);

const modelEntry = closed(
  {
    model_name: name,
    litellm_params: litellmParams,
    model_info: optional(
      closed({ id: optional(name), mode: optional(text(/^[a-z_]+$/, "a mode")) }),
    ),
  },
  2,
);

const fallbacks = list(named(list(name, MAX_NAMES), MAX_NAMES), MAX_NAMES);

const alias: Shape = (value, path, findings) => {
  const shape = typeof value === "string" ? name : closed({ model: name, hidden: boolean }, 1);
  shape(value, path, findings);
};

const STRATEGIES =
  /^(?:simple-shuffle|least-busy|(?:usage|latency|cost)-based(?:-routing)?|usage-based-routing-v2)$/;

const routerSettings = closed({
  routing_strategy: optional(text(STRATEGIES, "a known routing strategy")),
  num_retries: optional(count),
  timeout: optional(seconds),
  fallbacks: optional(fallbacks),
  model_group_alias: optional(named(alias, MAX_NAMES)),
  allowed_fails: optional(count),
  cooldown_time: optional(seconds),
});

const callback: Shape = (value, path, findings) => {
  if (typeof value !== "string") return findings.malformed(path, "is not text");
  if (Object.hasOwn(REMOTE_CALLBACKS, value)) return;
  const remedy = `these are allowed: ${Object.keys(REMOTE_CALLBACKS).join(", ")}`;
  findings.refuse(
    path,
    "is refused in queue settings: it is no callback of their closed list",
    remedy,
  );
};
const callbacks = optional((value, path, findings) =>
  (typeof value === "string" ? callback : list(callback, MAX_NAMES))(value, path, findings),
);

const litellmSettings = closed({
  drop_params: optional(boolean),
  num_retries: optional(count),
  request_timeout: optional(seconds),
  fallbacks: optional(fallbacks),
  context_window_fallbacks: optional(fallbacks),
  success_callback: callbacks,
  failure_callback: callbacks,
  callbacks,
});

/** `environment_variables` depend on the callbacks, so their shape is given. */
export function remoteSchema(environmentVariables: Shape): Shape {
  return closed({
    model_list: optional(list(modelEntry, MAX_MODELS)),
    router_settings: optional(routerSettings),
    litellm_settings: optional(litellmSettings),
    environment_variables: optional(environmentVariables),
  });
}

/** `os.environ/NAME`, `env:NAME`, `${env.NAME}`; null: none of them. */
export function variableOf(value: string): string | null {
  const match = /^(?:os\.environ\/|env:)([A-Za-z_]\w*)$|^\$\{env\.([A-Z_][A-Z0-9_]*)\}$/.exec(
    value,
  );
  return match?.[1] ?? match?.[2] ?? null;
}
