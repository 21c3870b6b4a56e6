import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { openPreferences } from "../../src/state/preferences.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

async function homeFolder(): Promise<string> {
  return join(await temporaryFolder(), ".kubiya");
}

describe("openPreferences", () => {
  it("remembers proven configurations by runtime, over runs, 0600", async () => {
    const home = await homeFolder();
    const first = await openPreferences(home);
    expect(first.isProven("litellm-1", "abc")).toBe(false);
    first.addProven("litellm-1", "abc");
    const second = await openPreferences(home);
    expect(second.isProven("litellm-1", "abc")).toBe(true);
    expect(second.isProven("litellm-2", "abc")).toBe(false);
    expect((await stat(join(home, "preferences.json"))).mode & 0o777).toBe(0o600);
  });

  it("takes away what a killed process was writing, and leaves what may still be written", async () => {
    const home = await homeFolder();
    await mkdir(home, { mode: 0o700 });
    const [old, young] = [
      "preferences.json.tmp-5190040363aaaaaa",
      "preferences.json.tmp-5190040363bbbbbb",
    ];
    for (const name of [old, young]) await writeFile(join(home, name ?? ""), "{");
    const before = new Date(Date.now() - 3_600_000);
    await utimes(join(home, old ?? ""), before, before);
    await openPreferences(home);
    expect(await readdir(home)).toEqual(expect.arrayContaining([young]));
    expect(await readdir(home)).not.toContain(old);
  });

  it("keeps the latest hundred, each once", async () => {
    const preferences = await openPreferences(await homeFolder());
    for (let count = 0; count < 101; count += 1) preferences.addProven("r", `d${count}`);
    preferences.addProven("r", "d1");
    preferences.addProven("r", "new");
    expect(
      ["d0", "d2", "d1", "d3", "d100", "new"].map((digest) => preferences.isProven("r", digest)),
    ).toEqual([false, false, true, true, true, true]);
  });

  it.each(["", "not json", "[]", '{"proven": [1]}', '{"proven": {}}', "\0"])(
    "starts anew from %j",
    async (text) => {
      const home = await homeFolder();
      await mkdir(home, { mode: 0o700 });
      await writeFile(join(home, "preferences.json"), text);
      const preferences = await openPreferences(home);
      expect(preferences.isProven("r", "d")).toBe(false);
      preferences.addProven("r", "d");
      expect(preferences.isProven("r", "d")).toBe(true);
    },
  );

  it("puts a link aside instead of writing through it", async () => {
    const home = await homeFolder();
    await mkdir(home, { mode: 0o700 });
    const victim = join(home, "victim");
    await writeFile(victim, "{}");
    await symlink(victim, join(home, "preferences.json"));
    (await openPreferences(home)).addProven("r", "d");
    expect(await readFile(victim, "utf8")).toBe("{}");
    expect((await readdir(home)).some((name) => name.startsWith("preferences.json.bad-"))).toBe(
      true,
    );
  });
});
