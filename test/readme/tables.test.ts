import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REPOSITORY } from "../fixtures/built.ts";
import { TABLES } from "./tables.ts";

const README = join(REPOSITORY, "README.md");

describe("the README's tables", () => {
  // UPDATE_README=1 writes them anew.
  it.each(Object.keys(TABLES))("%s is what the code says", async (name) => {
    const text = await readFile(README, "utf8");
    const marked = new RegExp(`(<!-- table: ${name} -->\n)[^]*?(\n<!-- end -->)`);
    const wanted = `$1\n${TABLES[name]?.()}\n$2`;
    if (process.env["UPDATE_README"] === "1") await writeFile(README, text.replace(marked, wanted));
    const now = await readFile(README, "utf8");
    expect(marked.exec(now)).not.toBeNull();
    expect(now).toBe(now.replace(marked, wanted));
  });
});
