// Measures on a generation's own socket whether it serves what is configured.
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExpectedModels } from "../core/proxy-spec.ts";
import type { Secret } from "../core/secret.ts";
import type { Answer, Readiness } from "./model-list.ts";
import { judgeModelList } from "./model-list.ts";

export interface ReadinessProbe {
  readonly socket: string;
  readonly masterKey: Secret;
  readonly models: ExpectedModels;
  /** The generation ended, or its time is over. */
  readonly signal: AbortSignal;
}

/** Start time is felt: one failed connect costs 0.2 ms. */
const POLL_MS = 10;
/** With this LiteLLM lists `openai/*` itself and not only the models that it knows of. */
const MODELS_PATH = "/v1/models?return_wildcard_routes=true";

/** null when the signal fires first. Its own private socket proves that it is our process. */
export async function measureReadiness(probe: ReadinessProbe): Promise<Readiness | null> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (path: string, key?: Secret): Promise<Answer | null> =>
    fetchOnce({ agent, path, key, ...probe });
  try {
    while (!probe.signal.aborted) {
      const health = await get("/health/readiness");
      if (health?.status === 200) {
        const answer = await get(MODELS_PATH, probe.masterKey);
        const judged = answer === null ? null : judgeModelList(answer, probe.models);
        if (judged !== null) return judged;
      }
      await sleep(POLL_MS, undefined, { signal: probe.signal }).catch(() => undefined);
    }
    return null;
  } finally {
    agent.destroy();
  }
}

interface Request {
  readonly agent: Agent;
  readonly socket: string;
  readonly path: string;
  readonly key: Secret | undefined;
  readonly signal: AbortSignal;
}

/** null when nobody listens or the connection broke. */
async function fetchOnce({ agent, socket, path, key, signal }: Request): Promise<Answer | null> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key.reveal()}` };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { agent, socketPath: socket, path, headers, signal };
      request(options, resolve).on("error", reject).end();
    });
    return { status: response.statusCode ?? 0, body: await text(response) };
  } catch {
    return null;
  }
}
