// The configurations that `init` writes, as they lie in the package.
import { readdir, readFile } from "node:fs/promises";
import { problem, UserError } from "../core/errors.ts";
import { nearest } from "../core/suggest.ts";

export interface Template {
  readonly name: string;
  /** What it is for: its second line. */
  readonly title: string;
  readonly text: string;
  /** Variables that it refers to, in order. */
  readonly variables: readonly string[];
}

const FOLDER = new URL("../../templates/init/", import.meta.url);
const ENDING = ".yaml";
const REFERENCE = /\bos\.environ\/(\w+)/g;

export async function listTemplateNames(): Promise<string[]> {
  const names = await readdir(FOLDER);
  return names
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .toSorted();
}

export async function readTemplates(): Promise<Template[]> {
  return Promise.all((await listTemplateNames()).map(readTemplate));
}

/** Throws UserError("usage") with near names, or all of them. */
export async function findTemplate(name: string): Promise<Template> {
  const names = await listTemplateNames();
  if (names.includes(name)) return readTemplate(name);
  const near = nearest(name, names);
  const remedy =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : `use one of: ${names.join(", ")}`;
  throw new UserError("usage", problem(`there is no template ${JSON.stringify(name)}`, { remedy }));
}

async function readTemplate(name: string): Promise<Template> {
  const text = await readFile(new URL(`${name}${ENDING}`, FOLDER), "utf8");
  const lines = text.split("\n");
  const live = lines.filter((line) => !line.trimStart().startsWith("#")).join("\n");
  return {
    name,
    title: lines[1]?.replace(/^# /, "") ?? "",
    text,
    variables: [...new Set([...live.matchAll(REFERENCE)].map(([, variable = ""]) => variable))],
  };
}
