// What a change of the queue's settings does to an instance that runs.
import { describe, expect, it, onTestFinished } from "vitest";

import type { Config } from "../../src/config/config.ts";
import type { QueueSettingsSource, Refresh } from "../../src/control-plane/queue-settings.ts";
import { problem, UserError } from "../../src/core/errors.ts";
import type { Report } from "../../src/core/report.ts";
import { withScope } from "../../src/core/scope.ts";
import { watchQueue } from "../../src/instance/watch-queue.ts";
import { until } from "../fixtures/poll.ts";

interface Given {
  readonly asked?: boolean;
  readonly reload?: (() => Promise<string>) | null;
  readonly fault?: UserError;
}

function start({ asked = true, reload = null, fault }: Given) {
  const said: string[] = [];
  const report: Report = {
    info: (text) => void said.push(text),
    verbose: () => {},
    problem: ({ severity, message }) => void said.push(`${severity}: ${message}`),
    event: () => {},
    progress: () => ({ update: () => {}, done: () => {} }),
  };
  const answers: Refresh[] = [{ kind: "same" }, { kind: "changed" }];
  let questions = 0;
  const source: QueueSettingsSource = {
    read: () => Promise.reject(new Error("not here")),
    refresh: async () => {
      questions += 1;
      return answers.shift() ?? { kind: "same" };
    },
    isAsked: () => asked,
  };
  const over = new AbortController();
  const readConfig = async (): Promise<Config> => {
    if (fault) throw fault;
    return {} as Config;
  };
  const options = { budgetSeconds: 5, abort: over.signal, force: over.signal };
  const ended = withScope({ ...options, onReleaseError: () => {} }, async (scope) => {
    watchQueue(scope, { source, readConfig, reload, report, everyMs: 5 });
    await until(() => !asked || questions > 4, { what: "five questions" });
  });
  onTestFinished(() => over.abort());
  return ended.then(() => ({ said, questions }));
}

describe("a change of the queue's settings", () => {
  it("goes through the reload, once", async () => {
    let reloads = 0;
    const reload = async (): Promise<string> => {
      reloads += 1;
      return "a new LiteLLM serves";
    };
    const { said } = await start({ reload });
    expect(reloads).toBe(1);
    expect(said).toEqual(["the queue's settings changed: a new LiteLLM serves"]);
  });

  it("waits for the next start where there is no proxy", async () => {
    const { said } = await start({ reload: null });
    expect(said).toEqual(["the queue's settings changed: this takes effect at the next start"]);
  });

  it("changes nothing where the reload refuses it", async () => {
    const refused = new UserError("usage", problem("a broken model"));
    const { said } = await start({ reload: () => Promise.reject(refused) });
    expect(said).toEqual([
      "warning: a broken model",
      "the queue's settings changed and cannot be used: what is in force stays",
    ]);
  });

  it("is told and changes nothing where it cannot be used", async () => {
    const fault = new UserError("usage", problem("a broken model"));
    const { said } = await start({ fault });
    expect(said).toEqual([
      "warning: a broken model",
      "the queue's settings changed and cannot be used: what is in force stays",
    ]);
  });
});

it("a queue that was not asked is not polled", async () => {
  const { said, questions } = await start({ asked: false });
  expect({ said, questions }).toEqual({ said: [], questions: 0 });
});
