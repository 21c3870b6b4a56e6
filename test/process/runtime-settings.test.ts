import { chmod, mkdir, readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { ensureLocked } from "../../src/runtime/ensure.ts";
import { readInstallerFiles } from "../../src/runtime/installer-files.ts";
import { startCli } from "../fixtures/cli.ts";
import { listenOnLoopback } from "../fixtures/listen.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { failure } from "../runtime/failure.ts";
import { useFakeRuntime } from "../runtime/fake-runtime.ts";
import { realTools } from "../runtime/real-tools.ts";
import { standIn } from "../runtime/stand-ins.ts";

describe("the user's package index", () => {
  it("is honoured from pip's file, with a password that stays out of files and argv", async () => {
    const home = await useHome();
    const fake = await useFakeRuntime(home, { env: { PIP_INDEX_URL: "" } });
    const password = home.canary("index");
    const url = fake.index.url.replace("//", `//user:${password}@`);
    await home.write(
      join(home.home, ".config/pip/pip.conf"),
      `[global]\nindex-url = ${url}\nfind-links = /nowhere\n`,
    );
    await ensureLocked(fake.lock, fake.context);
    expect([...fake.index.logins]).toEqual([`user:${password}`]);
    expect(fake.report.said).toContain(
      "verbose: not honoured when installing: pip.conf find-links",
    );
  });

  it("is honoured from uv's file", async () => {
    const home = await useHome();
    const fake = await useFakeRuntime(home, { env: { PIP_INDEX_URL: "" } });
    const toml = `[[index]]\nname = "corp"\nurl = "${fake.index.url}"\ndefault = true\n[pip]\ntarget = "/nowhere"\n`;
    await home.write(join(home.home, ".config/uv/uv.toml"), toml);
    await ensureLocked(fake.lock, fake.context);
    expect(fake.index.downloads.size).toBe(2);
    expect(fake.report.said).toContain("verbose: not honoured when installing: uv.toml target");
  });

  it("is read as pip and uv read it", async () => {
    const home = await useHome();
    const { python } = await realTools();
    const own = join(home.dir, "own.conf");
    await home.write(join(home.home, ".config/pip/pip.conf"), "[global]\nproxy = unused\n");
    await home.write(
      own,
      "[global]\nindex_url = https://a/s\ncert = ~/ca.pem\n[install]\nindex-url = https://b/s\nextra-index-url =\n  https://c/s\n  https://d/s\n",
    );
    await home.write(join(home.home, ".config/uv/uv.toml"), "index-url = 7\nnot toml");
    const env = { HOME: home.home, PIP_CONFIG_FILE: own };
    const files = await readInstallerFiles(python, { env, signal: AbortSignal.timeout(20_000) });
    expect(files.pip).toMatchObject({
      index: "https://b/s",
      extra: ["https://c/s", "https://d/s"],
      cert: join(home.home, "ca.pem"),
    });
    expect(files.pip.proxy).toBeUndefined();
    expect(files.uv).toEqual({});
    expect(files.problems.join()).toMatch(/uv\.toml: /);
  });
});

it("a broken file of pip's is told without what it says, and the installation goes on", async () => {
  const home = await useHome();
  const fake = await useFakeRuntime(home);
  const secret = home.canary("broken");
  await home.write(
    join(home.home, ".config/pip/pip.conf"),
    `index-url = https://u:${secret}@m/s\n`,
  );
  await ensureLocked(fake.lock, fake.context);
  const said = fake.report.said.join("\n");
  expect(said).toMatch(/verbose: not read: .+pip\.conf: MissingSectionHeaderError/);
  expect(said).not.toContain(secret);
});

describe("an installer", () => {
  it("sees no provider key and nothing that changes what it installs or where to", async () => {
    const home = await useHome();
    const { uv, path } = await realTools();
    await standIn(home, "tools", "uv", `env >> '${home.dir}/seen'; exec '${uv}' "$@"`);
    const fake = await useFakeRuntime(home, {
      env: {
        PATH: `${join(home.dir, "tools")}:${path}`,
        OPENAI_API_KEY: home.canary("openai"),
        KUBIYA_API_KEY: home.canary("kubiya"),
        PIP_FIND_LINKS: "/nowhere",
        UV_CONSTRAINT: "/nowhere",
        UV_LINK_MODE: "symlink",
        PYTHONPATH: "/nowhere",
      },
    });
    await ensureLocked(fake.lock, fake.context);
    const seen = await readFile(join(home.dir, "seen"), "utf8");
    expect(seen).toContain(`UV_DEFAULT_INDEX=${fake.index.url}`);
    expect(seen).not.toMatch(/API_KEY|FIND_LINKS|CONSTRAINT|LINK_MODE|PYTHONPATH/);
    const ignored = fake.report.said.find((text) => text.startsWith("verbose: not honoured"));
    expect(ignored).toContain("PIP_FIND_LINKS, UV_CONSTRAINT, UV_LINK_MODE");
  });

  it("that fails for want of space is exit 7 with the folder and the way out", async () => {
    const home = await useHome();
    const { path } = await realTools();
    const full =
      '[ "$1" = --version ] && { echo uv 0.9.0; exit; }; echo "error: No space left on device (os error 28)" >&2; exit 2';
    await standIn(home, "tools", "uv", full);
    const { lock, context } = await useFakeRuntime(home, {
      env: { PATH: `${join(home.dir, "tools")}:${path}` },
    });
    const error = await failure(ensureLocked(lock, context));
    expect(error.exitCode).toBe(7);
    expect(error.message).toContain(
      "cannot install LiteLLM 0.0.1: the disk is full (uv 0.9.0, exit 2)",
    );
    expect(error.problems[0]?.remedy).toMatch(
      /free about 1 GB below .+runtimes .+SIDELITE_RUNTIME_DIR/,
    );
    expect((await readdir(context.runtimesDir)).filter((name) => !name.startsWith("."))).toEqual(
      [],
    );
  });

  it("is stopped at once by Ctrl+C, and nothing is left", async () => {
    const home = await useHome();
    let asked = 0;
    const silent = createServer((socket) => {
      asked += 1;
      socket.on("error", () => undefined);
    });
    const port = await listenOnLoopback(silent);
    home.onStop(async () => void silent.close());
    const env = { PIP_INDEX_URL: `http://127.0.0.1:${port}/simple` };
    const { lock, context } = await useFakeRuntime(home, { env });
    const abort = new AbortController();
    const installing = ensureLocked(lock, { ...context, signal: abort.signal });
    const ended = installing.catch((error: unknown) => error);
    await until(() => asked > 0, { what: "the first request" });
    abort.abort(new Error("stopped by SIGINT"));
    const outcome = await Promise.race([ended, delay(3_000, "still running")]);
    expect(String(outcome)).toBe("Error: stopped by SIGINT");
    expect((await readdir(context.runtimesDir)).filter((name) => !name.startsWith("."))).toEqual(
      [],
    );
  });

  it("that outlived its sidelite is ended before its folder is removed", async () => {
    const home = await useHome();
    const { lock, context } = await useFakeRuntime(home);
    const id = "0123456789abcdef01234567";
    const stale = join(context.runtimesDir, `venv.tmp-${id}.litellm`);
    await mkdir(stale, { recursive: true, mode: 0o700 });
    const program = ["/bin/sh", "-c", "echo started; while :; do mkdir -p sub; sleep 0.05; done"];
    const orphan = startCli(home, [], {
      program,
      cwd: stale,
      env: { SIDELITE_COOKIE: `install-${id}` },
    });
    await orphan.waitFor(/started/);
    await ensureLocked(lock, context);
    expect((await orphan.finished).signal).toBe("SIGKILL");
    expect((await readdir(context.runtimesDir)).filter((name) => !name.startsWith("."))).toEqual([
      lock.id,
    ]);
  });
});

describe("a runtimes folder that cannot be written", () => {
  it("is exit 7 that names it and the variable", async () => {
    const home = await useHome();
    const { lock, context } = await useFakeRuntime(home);
    await mkdir(context.runtimesDir, { mode: 0o700 });
    // Root may write anywhere: an ordinary user does it.
    const user = process.geteuid?.() === 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : [];
    for (const folder of [home.dir, home.cwd]) await chmod(folder, 0o755);
    await chmod(lock.path, 0o644);
    if (user.length === 0) await chmod(context.runtimesDir, 0o500);
    const driver = fileURLToPath(new URL("../runtime/ensure-driver.mjs", import.meta.url));
    const missing = join(home.dir, user.length === 0 ? "runtimes/new" : "new");
    const program = [...user, process.execPath, driver, lock.path, missing, home.home];
    const { code, stdout } = await startCli(home, [], { program }).finished;
    expect(stdout).toContain(`machine: cannot be created: permission denied\n${missing}\n`);
    expect(stdout).toMatch(/set SIDELITE_HOME/);
    expect(code).toBe(7);
  });
});
