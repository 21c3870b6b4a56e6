// doctor: the instances of this home, the gateway's port, and the control plane.
import { createServer } from "node:net";
import { once } from "node:events";
import type { Check, Finding, Patient } from "./doctor-check.ts";
import { ok } from "./doctor-check.ts";
import { reach } from "./doctor-network.ts";
import type { FoundInstance } from "./find-instances.ts";
import { listInstances } from "./find-instances.ts";
import type { InstanceStatus } from "./instance-status.ts";
import { readStatus } from "./read-status.ts";

export const INSTANCE_CHECKS: readonly Check[] = [
  { name: "instances", look: checkInstances },
  { name: "port", look: checkPort },
  { name: "control plane", look: checkControlPlane },
];

async function checkInstances({ home, context }: Patient): Promise<readonly Finding[]> {
  const found = await listInstances(home.dir, context.host);
  const judged = await Promise.all(found.map(async (each) => judge(each, await readStatus(each))));
  return judged.length > 0 ? judged : ok("there is none");
}

function judge({ name, record, runs }: FoundInstance, status: InstanceStatus): Finding {
  const { state, pid, url, proxy, worker, failure, files } = status;
  const group = status.kind === "proxy" ? "proxy" : "worker";
  if (state === "killed") {
    const message = `${name}: its sidelite (pid ${record?.pid}) was killed; the next start tidies up`;
    return { result: "warning", message, remedy: `sidelite ${group} start` };
  }
  if (state === "not answering") {
    const remedy = `sidelite ${group} stop ${name} --force`;
    return { result: "failed", message: `${name}: pid ${pid} does not answer`, remedy };
  }
  const cause = proxy?.failure?.cause;
  if (state === "failed" || cause) {
    const remedy = `${cause?.remedy ?? `see ${files["proxyLog"] ?? files["workerLog"] ?? "its logs"}`}; then sidelite ${group} ${runs ? "restart" : "start"}`;
    return {
      result: "failed",
      message: `${name}: ${failure ?? cause?.summary ?? "failed"}`,
      remedy,
    };
  }
  if (pid === null) return { result: "ok", message: `${name}: ${state}` };
  const latest = proxy?.restarts.at(-1);
  const message = `${name}: ${state}, pid ${pid}, ${url ?? "no LiteLLM"}`;
  if (proxy && proxy.missing.length > 0) {
    const remedy = `see ${files["proxyLog"]}`;
    return {
      result: "warning",
      message: `${message}; LiteLLM lacks ${proxy.missing.join(", ")}`,
      remedy,
    };
  }
  if (latest) {
    const told = `${message}; LiteLLM was restarted ${proxy?.restarts.length} times: ${latest.cause}`;
    return { result: "warning", message: told, remedy: `see ${files["proxyLog"]}` };
  }
  const exit = worker?.lastExit;
  if (exit && exit.code !== 0) {
    const told = `${message}; the worker ended with ${exit.signal ?? `exit status ${exit.code}`}`;
    return { result: "warning", message: told, remedy: `see ${files["workerLog"]}` };
  }
  return { result: "ok", message };
}

async function checkPort({ config, home, context }: Patient): Promise<readonly Finding[]> {
  const port = config?.proxy.port ?? null;
  if (port === null) return ok("any free one is taken");
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    server.close();
    return ok(`${port} is free`);
  } catch {
    const found = await listInstances(home.dir, context.host);
    const owner = found.find(({ runs, record }) => runs && record?.port === port);
    if (owner) return ok(`${port} is served by ${owner.name}`);
    const remedy = `end what listens there (ss -ltnp 'sport = :${port}'), or leave --proxy-port out`;
    return [{ result: "failed", message: `${port} is taken by another program`, remedy }];
  }
}

async function checkControlPlane({ config, context }: Patient): Promise<readonly Finding[]> {
  if (config === null) return [{ result: "skipped", message: "the configuration is not usable" }];
  const { url, apiKey } = config.controlPlane;
  if (apiKey === null) {
    const message = "no API key: no queue settings are asked, and the Kubiya worker cannot start";
    return [
      {
        result: "note",
        message,
        remedy: "set KUBIYA_API_KEY, or `sidelite config set-credentials`",
      },
    ];
  }
  const reached = await reach("control plane", url, context.signals.abort);
  const remark: Finding = {
    result: "note",
    message:
      "an agent's own env_vars on the control plane can overwrite LITELLM_API_BASE inside a Kubiya worker: no environment of ours can prevent it",
    remedy: "remove LITELLM_API_BASE from the agent's variables if its calls do not arrive here",
  };
  return [reached, remark];
}
