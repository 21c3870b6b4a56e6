// The queue settings as a layer of configuration: asked for once, kept for the next time, renewed by polling.
import { createHash } from "node:crypto";
import type { JudgeDestination } from "../core/destination.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { Place } from "../core/place.ts";
import { createRedactor } from "../core/redact.ts";
import type { Report } from "../core/report.ts";
import { readCache, writeCache } from "./cache.ts";
import { fetchSettings } from "./fetch-settings.ts";
import { guardConfig } from "./guard.ts";
import type { Answer } from "./parse-answer.ts";
import { parseAnswer } from "./parse-answer.ts";
import type {
  GuardedSettings,
  QueueSettingsSource,
  Refresh,
  SettingsRequest,
} from "./queue-settings.ts";
import { renderAge } from "./render-age.ts";
import { settingsNotes } from "./settings-notes.ts";
import { settingsUrl } from "./settings-url.ts";

export interface QueueSourceOptions {
  /** Has the form of design 3.5. */
  readonly queueId: string;
  /** A file in a folder of ours; made when needed. */
  readonly cachePath: string;
  readonly host: Pick<Host, "env" | "now" | "monotonic">;
  readonly report: Report;
  readonly judge: JudgeDestination;
  readonly signal: AbortSignal;
}

interface Held {
  readonly request: SettingsRequest;
  readonly answer: Answer;
  readonly digest: string;
}

const MAX_SHOWN = 200;

export function createQueueSource(options: QueueSourceOptions): QueueSettingsSource {
  const source = new Source(options);
  return {
    read: (request) => source.read(request),
    refresh: (signal) => source.refresh(signal),
    isAsked: () => source.isAsked(),
  };
}

class Source {
  readonly #options: QueueSourceOptions;
  #held: Held | null = null;

  constructor(options: QueueSourceOptions) {
    this.#options = options;
  }

  isAsked(): boolean {
    return this.#held !== null;
  }

  async read(request: SettingsRequest): Promise<GuardedSettings> {
    if (this.#held && isSame(this.#held.request, request)) {
      this.#guard(this.#held.answer, request);
      this.#held = { ...this.#held, request };
      return this.#settings(this.#held.answer, []);
    }
    const { signal } = this.#options;
    const fetched = await fetchSettings({ ...this.#ask(request), signal });
    if (fetched.kind === "refused") throw fetched.error;
    if (fetched.kind === "answer") {
      const answer = this.#accept(fetched.body, request);
      await this.#save(answer, request);
      return this.#settings(answer, this.#notes(answer, request));
    }
    return this.#readCache(request, fetched.reason);
  }

  async refresh(signal: AbortSignal): Promise<Refresh> {
    const held = this.#held;
    if (!held) return { kind: "same" };
    try {
      const fetched = await fetchSettings({ ...this.#ask(held.request), signal, retries: 0 });
      if (fetched.kind === "refused") return { kind: "failed", error: fetched.error };
      if (fetched.kind === "down")
        return { kind: "failed", error: this.#down(held.request, fetched.reason) };
      const answer = this.#accept(fetched.body, held.request);
      if (this.#held?.digest === held.digest) return { kind: "same" };
      await this.#save(answer, held.request);
      return { kind: "changed" };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { kind: "failed", error };
    }
  }

  async #readCache(request: SettingsRequest, reason: string): Promise<GuardedSettings> {
    const { cachePath, host, queueId } = this.#options;
    const url = settingsUrl(request.controlPlaneUrl, queueId);
    const cached = await readCache(cachePath, { url, apiKey: request.apiKey }, host.now());
    if (!cached) throw this.#down(request, reason);
    const answer = this.#accept(cached.body, request);
    const age = renderAge(cached.fetchedAt, host.now());
    const message = `the control plane cannot be asked (${reason}): its last settings are used, ${age}`;
    const used: Problem = { severity: "warning", message, place: this.#place(answer.version) };
    return this.#settings(answer, [used, ...this.#notes(answer, request)]);
  }

  /** Checks and keeps it. */
  #accept(body: Buffer, request: SettingsRequest): Answer {
    const answer = this.#parse(body, request);
    this.#guard(answer, request);
    const text = JSON.stringify([answer.status, answer.settings]);
    this.#held = { request, answer, digest: createHash("sha256").update(text).digest("hex") };
    return answer;
  }

  #parse(body: Buffer, { apiKey }: SettingsRequest): Answer {
    try {
      return parseAnswer(body, this.#place(null));
    } catch (error) {
      const start = createRedactor([apiKey]).text(body.subarray(0, 20 * MAX_SHOWN).toString());
      this.#options.report.verbose(`the answer begins with: ${start.slice(0, MAX_SHOWN)}`);
      throw error;
    }
  }

  #guard({ settings, version }: Answer, { trust }: SettingsRequest): void {
    const config = settings["litellm_config"];
    if (config === undefined || trust.full) return;
    const { judge } = this.#options;
    guardConfig(config, { trustedHosts: trust.hosts, judge, place: this.#place(version) });
  }

  /** A machine that cannot write it starts all the same. */
  async #save(answer: Answer, request: SettingsRequest): Promise<void> {
    const { cachePath, host, queueId, report } = this.#options;
    const key = { url: settingsUrl(request.controlPlaneUrl, queueId), apiKey: request.apiKey };
    try {
      await writeCache(cachePath, key, answer, host.now());
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      report.verbose(`the queue settings are not kept: ${error.message}`);
    }
  }

  #notes({ status, version }: Answer, { controlPlaneUrl }: SettingsRequest): Problem[] {
    const { env } = this.#options.host;
    return settingsNotes({ status, controlPlaneUrl, env, place: this.#place(version) });
  }

  #settings({ settings, version }: Answer, problems: readonly Problem[]): GuardedSettings {
    const place = this.#place(version);
    return { settings, problems, place: () => place };
  }

  #ask({ controlPlaneUrl, apiKey }: SettingsRequest) {
    const { queueId, host } = this.#options;
    return {
      url: settingsUrl(controlPlaneUrl, queueId),
      queueId,
      apiKey,
      now: () => host.now(),
      monotonic: () => host.monotonic(),
    };
  }

  #place(version: string | null): Place {
    const { queueId } = this.#options;
    return {
      source: version === null ? `queue ${queueId}` : `queue ${queueId} (version ${version})`,
    };
  }

  #down({ controlPlaneUrl }: SettingsRequest, reason: string): UserError {
    const remedy =
      "try again later; a configuration by flag, variable or context needs no control plane";
    const message = `the control plane cannot be asked for the queue's settings: ${reason}`;
    return new UserError(
      "controlPlane",
      problem(message, { place: { source: controlPlaneUrl }, remedy }),
    );
  }
}

function isSame(one: SettingsRequest, other: SettingsRequest): boolean {
  return (
    one.controlPlaneUrl === other.controlPlaneUrl && one.apiKey.reveal() === other.apiKey.reveal()
  );
}
