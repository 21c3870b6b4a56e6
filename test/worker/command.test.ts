import { describe, expect, it } from "vitest";

import { BugError } from "../../src/core/errors.ts";
import { adapterFor } from "../../src/worker/adapters.ts";
import type { WorkerRequest } from "../../src/worker/command.ts";
import { buildWorkerSpec } from "../../src/worker/command.ts";

const REQUEST: WorkerRequest = {
  mode: "logged",
  command: null,
  kubiyaProgram: "/runtime/bin/kubiya-control-plane-worker",
  queueId: "q1",
  env: { KUBIYA_API_KEY: "secret" },
  cwd: "/somewhere",
  stopSignal: null,
};

describe("buildWorkerSpec", () => {
  it("starts the Kubiya worker by default, its key in the environment only, and stops it by SIGINT", () => {
    expect(buildWorkerSpec(REQUEST)).toEqual({
      adapter: "kubiya-worker",
      mode: "logged",
      file: "/runtime/bin/kubiya-control-plane-worker",
      args: ["--queue-id", "q1"],
      env: { KUBIYA_API_KEY: "secret" },
      cwd: "/somewhere",
      stopSignal: "SIGINT",
    });
  });

  it("starts the user's command as it stands, empty arguments included", () => {
    const command = ["my-agent", "", "--flag", "a b"];
    const spec = buildWorkerSpec({ ...REQUEST, mode: "shared", command });
    expect(spec).toMatchObject({ adapter: "command", mode: "shared", stopSignal: "SIGTERM" });
    expect([spec.file, ...spec.args]).toEqual(command);
  });

  it("lets the user choose the stop signal", () => {
    expect(buildWorkerSpec({ ...REQUEST, stopSignal: "SIGQUIT" }).stopSignal).toBe("SIGQUIT");
  });

  it("cannot be asked for nothing", () => {
    expect(() => buildWorkerSpec({ ...REQUEST, command: [] })).toThrow(BugError);
    expect(() => buildWorkerSpec({ ...REQUEST, queueId: null })).toThrow(BugError);
    expect(() => buildWorkerSpec({ ...REQUEST, kubiyaProgram: null })).toThrow(BugError);
  });
});

describe("adapterFor", () => {
  it.each<[readonly string[] | null, string]>([
    [null, "kubiya-worker"],
    [["kubiya-control-plane-worker", "--queue-id", "q"], "kubiya-worker"],
    [["/opt/venv/bin/kubiya-control-plane-worker"], "kubiya-worker"],
    [["python3", "-m", "control_plane_api.worker.worker"], "kubiya-worker"],
    [["python3", "-m", "my_agent"], "command"],
    [["./kubiya-control-plane-worker.sh"], "command"],
    [["claude", "-m"], "command"],
  ])("%j is a %s", (command, adapter) => {
    expect(adapterFor(command)).toBe(adapter);
  });
});
