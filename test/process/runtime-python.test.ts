import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { auditLocked } from "../../src/runtime/audit.ts";
import { ensureLocked } from "../../src/runtime/ensure.ts";
import { findUv } from "../../src/runtime/find-uv.ts";
import { probePython } from "../../src/runtime/python-probe.ts";
import { runCli } from "../fixtures/cli.ts";
import { useHome } from "../fixtures/use-home.ts";
import { failure } from "../runtime/failure.ts";
import { EXTRA, fakeWheels, useFakeRuntime } from "../runtime/fake-runtime.ts";
import { flipByte } from "../runtime/fake-wheel.ts";
import { realTools } from "../runtime/real-tools.ts";
import { standIn } from "../runtime/stand-ins.ts";

const OLD = 'echo "Python 3.8.10"';
const SHIM = 'echo "pyenv: python3.12: command not found" >&2; exit 127';

describe("no usable Python is exit 7 with the command that fixes it", () => {
  it("none on PATH", async () => {
    const home = await useHome();
    await standIn(home, "tools", "apt-get", "exit 1");
    const PATH = join(home.dir, "tools");
    const { lock, context } = await useFakeRuntime(home, { env: { PATH } });
    const error = await failure(ensureLocked(lock, context));
    expect(error.exitCode).toBe(7);
    expect(error.problems).toEqual([
      {
        severity: "error",
        message: "no Python found on PATH, CPython 3.10 to 3.14 is needed",
        remedy: "sudo apt-get install -y python3 python3-venv",
      },
    ]);
  });

  it("only an old one, a shim that does not run, and a relative folder that is not looked into", async () => {
    const home = await useHome();
    const old = await standIn(home, "tools", "python3", OLD);
    const shim = await standIn(home, "tools", "python3.12", SHIM);
    await standIn(home, "tools", "brew", "exit 1");
    const PATH = `.:bin:${join(home.dir, "tools")}`;
    const { lock, context } = await useFakeRuntime(home, { env: { PATH } });
    const error = await failure(ensureLocked(lock, context));
    expect(error.exitCode).toBe(7);
    expect(error.message).toContain(
      `found ${old}: 3.8.10 is too old; ${shim}: does not run (exit 127)`,
    );
    expect(error.problems[0]?.remedy).toBe("brew install python@3.12");
  });

  it("with uv there, by uv's own command", async () => {
    const home = await useHome();
    const uv = await standIn(home, "tools", "uv", 'echo "uv 0.9.0"; [ "$1" = --version ]');
    await standIn(home, "tools", "python3", OLD);
    const { lock, context } = await useFakeRuntime(home, {
      env: { PATH: join(home.dir, "tools") },
    });
    const error = await failure(ensureLocked(lock, context));
    expect(error.problems[0]?.remedy).toBe(`'${uv}' python install 3.12`);
  });
});

describe("the search", () => {
  it("goes on after an old Python and a broken shim", async () => {
    const home = await useHome();
    const { path, python } = await realTools();
    await standIn(home, "tools", "python3", OLD);
    await standIn(home, "tools", "python3.13", SHIM);
    const PATH = `${join(home.dir, "tools")}:${path}`;
    const { lock, context, report } = await useFakeRuntime(home, { env: { PATH } });
    const runtime = await ensureLocked(lock, context);
    expect(report.said[0]).toContain(`found Python ${python.version} (`);
    await auditLocked(lock, context, { deep: true });
    await runtime.release();
  });

  it("tells what a Python is that cannot be used", async () => {
    const home = await useHome();
    const options = { env: home.env, signal: AbortSignal.timeout(20_000) };
    const answer = {
      version: "3.12.1",
      implementation: "CPython",
      path: "/p",
      bits: 64,
      machine: "linux-x86_64",
      free_threaded: false,
      venv: true,
      pip: null,
    };
    const cases = {
      "3.15.0 is too new": { version: "3.15.0" },
      "3.12.1 is PyPy, not CPython": { implementation: "PyPy" },
      "3.12.1 is the free-threaded build, LiteLLM has no packages for it": { free_threaded: true },
      "3.12.1 is a 32-bit program": { bits: 32 },
      "3.12.1 is built for darwin-x86_64; there are packages for linux-x86_64, linux-aarch64, darwin-arm64":
        { machine: "darwin-x86_64" },
      "3.12.1 has no venv module (Debian and Ubuntu: python3-venv)": { venv: false },
    };
    for (const [reason, change] of Object.entries(cases)) {
      const text = JSON.stringify({ ...answer, ...change });
      const path = await standIn(home, "tools", "python3", `echo '${text}'`);
      expect(await probePython(path, options)).toMatchObject({ ok: false, reason });
    }
    const good = await standIn(home, "tools", "python3", `echo '${JSON.stringify(answer)}'`);
    expect(await probePython(good, options)).toEqual({
      ok: true,
      python: { path: "/p", version: "3.12.1", pip: null },
    });
  });

  it("passes over a uv that is too old or does not run", async () => {
    const home = await useHome();
    const folders = ["old", "broken", "good"].map((name) => join(home.dir, name));
    await standIn(home, "old", "uv", "echo uv 0.4.30");
    await standIn(home, "broken", "uv", "echo uv 0.9.0; exit 3");
    const good = await standIn(home, "good", "uv", "echo 'uv 0.10.2 (abc 2026-01-01)'");
    const search = { env: home.env, folders, signal: AbortSignal.timeout(20_000) };
    expect(await findUv(search)).toEqual({ path: good, version: "0.10.2" });
    expect(await findUv({ ...search, folders: folders.slice(0, 2) })).toBeNull();
  });
});

describe("without uv", () => {
  it("pip alone installs, verified and with programs that work", async () => {
    const home = await useHome();
    const { python } = await realTools();
    await standIn(home, "tools", "python3", `exec '${python.path}' "$@"`);
    const PATH = `${join(home.dir, "tools")}:/usr/bin:/bin`;
    const fake = await useFakeRuntime(home, {
      env: { PATH, PIP_TARGET: join(home.dir, "elsewhere") },
    });
    const { lock, context, report } = fake;
    const runtime = await ensureLocked(lock, context);
    expect(report.said).toContain("verbose: not honoured when installing: PIP_TARGET");
    expect(report.said.join("\n")).toContain("progress: installing LiteLLM 0.0.1 with pip");
    const { packages } = await auditLocked(lock, context, { deep: true });
    expect(packages).toBe(2);
    const { stdout } = await runCli(home, [], { program: [runtime.bin("litellm")] });
    expect(stdout).toBe("fake litellm 0.0.1\n");
  });

  it("pip, too, refuses a wheel with one flipped byte", async () => {
    const home = await useHome();
    const { python } = await realTools();
    await standIn(home, "tools", "python3", `exec '${python.path}' "$@"`);
    const wheels = fakeWheels();
    const served = wheels.map((wheel) =>
      wheel.name === "side-extra" ? flipByte(wheel, EXTRA) : wheel,
    );
    const { lock, context } = await useFakeRuntime(home, {
      wheels,
      served,
      env: { PATH: join(home.dir, "tools") },
    });
    const error = await failure(ensureLocked(lock, context));
    expect(error.exit).toBe("security");
    expect(error.message).toContain("a package is not the one that the lock names (pip, exit 1)");
  });

  it("and without pip: exit 7 that names python3-venv", async () => {
    const home = await useHome();
    const { python } = await realTools();
    const without = `'${python.path}' "$@" | sed 's/"pip": "[^"]*"/"pip": null/'`;
    await standIn(home, "tools", "python3", without);
    const { lock, context } = await useFakeRuntime(home, {
      env: { PATH: `${join(home.dir, "tools")}:/usr/bin:/bin` },
    });
    const error = await failure(ensureLocked(lock, context));
    expect(error.exitCode).toBe(7);
    expect(error.message).toContain("has no pip, and there is no uv 0.5.0 or newer");
    expect(error.problems[0]?.remedy).toContain("sudo apt-get install -y python3-venv");
  });
});
