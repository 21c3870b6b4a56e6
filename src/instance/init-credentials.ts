// Which credentials of a template this machine has: variables, and where cloud tools keep theirs.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../core/host.ts";
import { lookUp } from "../core/references.ts";
import type { Template } from "./init-templates.ts";
import { readTemplates } from "./init-templates.ts";

export interface Credentials {
  /** Something was found and nothing is missing. */
  readonly found: boolean;
  /** Variables that the template refers to and that are unset. */
  readonly unset: readonly string[];
  /** The same for a person: `found OPENAI_API_KEY`. */
  readonly text: string;
}

export interface Offer extends Template {
  readonly credentials: Credentials;
}

interface Chain {
  readonly owner: string;
  readonly variables: readonly string[];
  /** Below the home folder. */
  readonly files: readonly string[];
}

const AWS: Chain = {
  owner: "AWS",
  variables: [
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ],
  files: [".aws/credentials", ".aws/config"],
};
const GOOGLE: Chain = {
  owner: "Google",
  variables: ["GOOGLE_APPLICATION_CREDENTIALS"],
  files: [".config/gcloud/application_default_credentials.json"],
};

/** Templates whose provider looks for credentials by itself. */
const CHAINS: Readonly<Record<string, Chain>> = {
  "bedrock-role": AWS,
  "bedrock-assumed-role": AWS,
  vertex: GOOGLE,
};

export async function readOffers(host: Pick<Host, "env" | "home">): Promise<Offer[]> {
  const templates = await readTemplates();
  return Promise.all(
    templates.map(async (each) => ({ ...each, credentials: await findCredentials(each, host) })),
  );
}

export async function findCredentials(
  template: Template,
  { env, home }: Pick<Host, "env" | "home">,
): Promise<Credentials> {
  const unset = template.variables.filter((name) => lookUp(env, name) === null);
  const chain = Object.hasOwn(CHAINS, template.name) ? CHAINS[template.name] : undefined;
  const source = chain && (await findSource(chain, env, home));
  const missing = [...unset, ...(chain && !source ? [`${chain.owner} credentials`] : [])];
  if (missing.length > 0) return { found: false, unset, text: `needs ${missing.join(", ")}` };
  const have = [...template.variables, ...(source ? [source] : [])];
  const found = have.length > 0;
  return { found, unset, text: found ? `found ${have.join(", ")}` : "needs no key" };
}

async function findSource(
  { variables, files }: Chain,
  env: Host["env"],
  home: string | null,
): Promise<string | null> {
  const variable = variables.find((name) => lookUp(env, name) !== null);
  if (variable !== undefined || home === null) return variable ?? null;
  for (const file of files) {
    const found = await stat(join(home, file)).catch(() => null);
    if (found?.isFile()) return `~/${file}`;
  }
  return null;
}
