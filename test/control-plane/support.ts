// A queue source on a fake control plane, in a private folder.
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { JudgeDestination } from "../../src/core/destination.ts";
import type {
  QueueSettingsSource,
  SettingsRequest,
} from "../../src/control-plane/queue-settings.ts";
import { createQueueSource } from "../../src/control-plane/queue-source.ts";
import type { Environment } from "../../src/core/host.ts";
import type { Report } from "../../src/core/report.ts";
import { Secret } from "../../src/core/secret.ts";
import { judgeDestination } from "../../src/litellm/judge-destination.ts";
import type { FakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

export const QUEUE = "team-queue";

export interface Plane {
  readonly plane: FakeControlPlane;
  /** The control plane's key; must turn up nowhere. */
  readonly apiKey: string;
  readonly folder: string;
  readonly cachePath: string;
  /** Lines that reached the user, at --verbose too. */
  readonly said: string[];
  readonly source: (options?: SourceChanges) => QueueSettingsSource;
  readonly request: (changes?: Partial<SettingsRequest>) => SettingsRequest;
}

interface SourceChanges {
  readonly env?: Environment;
  readonly now?: () => Date;
  readonly judge?: JudgeDestination;
  readonly signal?: AbortSignal;
  readonly queueId?: string;
}

export async function usePlane(): Promise<Plane> {
  const folder = await temporaryFolder();
  const apiKey = createHash("sha256").update(randomBytes(16)).digest("hex");
  const plane = await startFakeControlPlane({ apiKey });
  onTestFinished(() => plane.close());
  const said: string[] = [];
  const cachePath = join(folder, "workers", QUEUE, "queue_settings.json");
  return {
    plane,
    apiKey,
    folder,
    cachePath,
    said,
    source: (changes = {}) => buildSource(cachePath, said, changes),
    request: (changes = {}) => ({
      controlPlaneUrl: plane.url,
      apiKey: new Secret(apiKey),
      trust: { full: false, hosts: [] },
      ...changes,
    }),
  };
}

function buildSource(
  cachePath: string,
  said: string[],
  { env = {}, now = () => new Date(), judge, signal, queueId = QUEUE }: SourceChanges,
): QueueSettingsSource {
  return createQueueSource({
    queueId,
    cachePath,
    host: { env, now, monotonic: () => performance.now() },
    report: recordingReport(said),
    judge: judge ?? ((destination, hosts) => judgeDestination(destination, hosts, env)),
    signal: signal ?? new AbortController().signal,
  });
}

export function recordingReport(said: string[]): Report {
  return {
    info: (text) => void said.push(text),
    verbose: (text) => void said.push(`verbose: ${text}`),
    problem: ({ severity, message }) => void said.push(`${severity}: ${message}`),
    event: ({ name }) => void said.push(`event: ${name}`),
    progress: () => ({ update: () => {}, done: () => {} }),
  };
}

/** A LiteLLM config of the queue with one model. */
export function configWith(parameters: object = {}, rest: object = {}): Record<string, unknown> {
  const params = { model: "openai/gpt-4", api_key: "os.environ/OPENAI_API_KEY", ...parameters };
  return { model_list: [{ model_name: "gpt-4", litellm_params: params }], ...rest };
}

export function enabledWith(config: unknown): { settings: Record<string, unknown> } {
  return { settings: { enable_local_litellm_proxy: true, litellm_config: config } };
}
