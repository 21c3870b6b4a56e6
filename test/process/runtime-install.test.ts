import { lstat, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { auditLocked } from "../../src/runtime/audit.ts";
import { ensureLocked } from "../../src/runtime/ensure.ts";
import { findRuntime } from "../../src/runtime/find-runtime.ts";
import { findSitePackages } from "../../src/runtime/records.ts";
import { runCli } from "../fixtures/cli.ts";
import { useHome } from "../fixtures/use-home.ts";
import { failure } from "../runtime/failure.ts";
import { EXTRA, fakeWheels, useFakeRuntime } from "../runtime/fake-runtime.ts";
import { flipByte, makeWheel } from "../runtime/fake-wheel.ts";

async function leftOver(runtimesDir: string): Promise<string[]> {
  return (await readdir(runtimesDir)).filter((name) => !name.startsWith("."));
}

describe("an installation", () => {
  it("is verified, marked complete, private, and found again without work", async () => {
    const home = await useHome();
    const { lock, index, report, context } = await useFakeRuntime(home);
    const runtime = await ensureLocked(lock, context);
    expect(runtime.id).toMatch(/^litellm-0\.0\.1-[0-9a-f]{12}$/);
    expect((await lstat(runtime.dir)).mode & 0o777).toBe(0o700);
    expect(report.said.join("\n")).toMatch(/info: found Python 3\.\d+\.\d+ \(.+\), uv \d.+ \(.+\)/);
    expect(report.said.slice(-2)).toEqual([
      expect.stringMatching(/^done: LiteLLM 0\.0\.1 installed: 2 packages, \d+ MB$/),
      "event: runtime.installed",
    ]);
    expect(await leftOver(context.runtimesDir)).toEqual([runtime.id]);

    const files = [...index.downloads];
    const spoken = report.said.length;
    const again = await ensureLocked(lock, context);
    expect(again.dir).toBe(runtime.dir);
    expect([...index.downloads]).toEqual(files);
    expect(report.said).toHaveLength(spoken);
    const audit = await auditLocked(lock, context, { deep: true });
    expect(audit).toMatchObject({ packages: 2 });
    expect(audit.files).toBeGreaterThan(150);
    await Promise.all([runtime.release(), again.release()]);
  });

  it("has byte code, and programs that work where they are and through a link", async () => {
    const home = await useHome();
    const { lock, context } = await useFakeRuntime(home);
    const runtime = await ensureLocked(lock, context);
    const cache = await readdir(join(await findSitePackages(runtime.dir), "litellm/__pycache__"));
    expect(cache.filter((name) => name.endsWith(".pyc"))).toHaveLength(151);
    const link = join(home.cwd, "litellm");
    await symlink(runtime.bin("litellm"), link);
    for (const program of [runtime.bin("litellm"), link]) {
      const { stdout } = await runCli(home, [], { program: [program] });
      expect(stdout).toBe("fake litellm 0.0.1\n");
    }
    const config = await readFile(join(runtime.dir, "pyvenv.cfg"), "utf8");
    expect(config).not.toContain("venv.tmp");
  });

  it("is made anew on demand, and the old one serves if that fails", async () => {
    const home = await useHome();
    const { lock, context } = await useFakeRuntime(home);
    await ensureLocked(lock, context);
    const module = join(
      await findSitePackages(join(context.runtimesDir, lock.id)),
      "side_extra.py",
    );
    await writeFile(module, "VALUE = 2\n");
    const closed = { PIP_INDEX_URL: "http://127.0.0.1:9/simple", UV_HTTP_RETRIES: "0" };
    const env = { ...context.env, ...closed, UV_CACHE_DIR: join(home.dir, "empty") };
    const error = await failure(ensureLocked(lock, { ...context, env }, { rebuild: true }));
    expect(error.problems[0]?.message).toContain("the package index cannot be reached");
    expect(error.exit).toBe("machine");
    expect(await findRuntime(lock, context.runtimesDir)).not.toBeNull();
    await ensureLocked(lock, context, { rebuild: true });
    expect(await readFile(module, "utf8")).toBe("VALUE = 1\n");
    expect(await leftOver(context.runtimesDir)).toEqual([lock.id]);
  });
});

describe("what is refused (exit 8)", () => {
  it("a wheel with one flipped byte", async () => {
    const home = await useHome();
    const wheels = fakeWheels();
    const served = wheels.map((wheel) =>
      wheel.name === "side-extra" ? flipByte(wheel, EXTRA) : wheel,
    );
    const { lock, context } = await useFakeRuntime(home, { wheels, served });
    const error = await failure(ensureLocked(lock, context));
    expect(error.exit).toBe("security");
    expect(error.problems[0]?.message).toContain("a package is not the one that the lock names");
    expect(error.problems[0]?.remedy).toContain("uv cache clean");
    expect(await leftOver(context.runtimesDir)).toEqual([]);
  });

  it("a file changed in uv's unpacked cache", async () => {
    const home = await useHome();
    const { lock, context } = await useFakeRuntime(home);
    await ensureLocked(lock, context);
    const cache = join(home.home, ".cache/uv");
    const names = await readdir(cache, { recursive: true });
    const cached = names.filter((name) => name.endsWith("side_extra.py"));
    expect(cached.length).toBeGreaterThan(0);
    for (const name of cached) await writeFile(join(cache, name), "VALUE = 666\n");
    const error = await failure(ensureLocked(lock, context, { rebuild: true }));
    expect(error.exit).toBe("security");
    expect(error.problems[0]?.message).toMatch(/site-packages\/side_extra\.py: changed/);
  });

  it("code that would run at every start, which does not run", async () => {
    const home = await useHome();
    const canary = join(home.dir, "canary");
    const hook = `import os; open(${JSON.stringify(canary)}, "w")\n`;
    const wheels = fakeWheels({ files: { "side_extra.py": "", "evil.pth": hook } });
    const { lock, context } = await useFakeRuntime(home, { wheels });
    const error = await failure(ensureLocked(lock, context));
    expect(error.exit).toBe("security");
    expect(error.problems[0]?.message).toContain("evil.pth: import os; open(");
    await expect(lstat(canary)).rejects.toThrow("ENOENT");
    expect(await leftOver(context.runtimesDir)).toEqual([]);
  });

  it("a file that no package lists, by the deep audit", async () => {
    const home = await useHome();
    const { lock, context } = await useFakeRuntime(home);
    const runtime = await ensureLocked(lock, context);
    const sitePackages = await findSitePackages(runtime.dir);
    await writeFile(join(sitePackages, "planted.py"), "");
    const deep = await failure(auditLocked(lock, context, { deep: true }));
    expect(deep.exit).toBe("security");
    expect(deep.problems[0]?.message).toContain("planted.py: not part of any package");
    expect((await auditLocked(lock, context, { deep: false })).files).toBeNull();
  });

  it("a release on the deny list, though the lock names it", async () => {
    const home = await useHome();
    const wheels = [makeWheel("litellm", "1.82.7", EXTRA)];
    const error = await failure(useFakeRuntime(home, { wheels }));
    expect(error.exit).toBe("security");
    expect(error.message).toContain("malicious");
  });
});

describe("an audit", () => {
  it("finds a file edited after the installation, and a changed list of files", async () => {
    const home = await useHome();
    const { lock, context } = await useFakeRuntime(home);
    const runtime = await ensureLocked(lock, context);
    const sitePackages = await findSitePackages(runtime.dir);
    await writeFile(join(sitePackages, "litellm/m7.py"), "N = 'edited'\n");
    const deep = await failure(auditLocked(lock, context, { deep: true }));
    expect(deep.problems[0]?.message).toContain("litellm/m7.py: changed");
    expect(deep.problems[0]?.remedy).toContain("sidelite runtime install --rebuild");
    const record = join(sitePackages, "litellm-0.0.1.dist-info/RECORD");
    const text = await readFile(record, "utf8");
    await writeFile(record, text.replace(/litellm\/m7\.py,sha256=[^,]+/, "litellm/m7.py,"));
    const shallow = await failure(auditLocked(lock, context, { deep: false }));
    expect(shallow.exit).toBe("security");
    expect(shallow.message).toContain("lists of installed files changed");
  });

  it("says that nothing is installed (exit 7)", async () => {
    const home = await useHome();
    const { lock, context } = await useFakeRuntime(home);
    const error = await failure(auditLocked(lock, context, { deep: false }));
    expect(error).toMatchObject({
      exit: "machine",
      problems: [{ remedy: "sidelite runtime install" }],
    });
  });
});
