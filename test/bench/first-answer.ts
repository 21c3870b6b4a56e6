// The client of the start figure: asks for one completion as soon as it can, checks it, prints when it came.
import { setTimeout as delay } from "node:timers/promises";

import { now } from "./clock.ts";

const [expected] = process.argv.slice(2);
const base = process.env["LITELLM_API_BASE"] ?? "";
const request = {
  method: "POST",
  headers: {
    authorization: `Bearer ${process.env["LITELLM_API_KEY"] ?? ""}`,
    "content-type": "application/json",
  },
  body: JSON.stringify({ model: "bench", messages: [{ role: "user", content: "ping" }] }),
};

const text = await ask();
const answered = now();
if (!text.includes(`"content":"${expected}"`)) throw new Error(`not the answer: ${text}`);
process.stdout.write(`answered at ${answered}\n`);

/** Nobody listens yet: again soon. Anything else is a failure. */
async function ask(): Promise<string> {
  for (;;) {
    try {
      const response = await fetch(`${base}/v1/chat/completions`, request);
      return await response.text();
    } catch (error) {
      if (!String(error instanceof Error ? error.cause : error).includes("ECONNREFUSED"))
        throw error;
      await delay(20); // rare enough to leave the processor to LiteLLM
    }
  }
}
