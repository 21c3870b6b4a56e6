// `sidelite config set-credentials NAME --token-stdin`: keeps a key that no command line ever showed.
import { setCredentials } from "../config/context-edits.ts";
import { locateContextFile } from "../config/locate.ts";
import { parseApiKey } from "../config/parse-key.ts";
import { Invalid } from "../config/spelling.ts";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { changeContextFile } from "../instance/context-store.ts";

/** Longer than any key. */
const MAX_BYTES = 64 * 1024;
const EXAMPLE = 'printf %s "$KUBIYA_API_KEY" | sidelite config set-credentials NAME --token-stdin';

export async function configSetCredentials(
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const [name = ""] = args;
  if (flags["tokenStdin"] !== true) {
    const message = "a key is only taken from stdin, where nobody else sees it";
    throw new UserError("usage", problem(message, { remedy: EXAMPLE }));
  }
  const token = parseApiKey(await readStdin(context));
  if (token instanceof Invalid) {
    const { message, remedy } = token;
    throw new UserError("usage", problem(message, { place: { source: "stdin" }, remedy }));
  }
  const location = locateContextFile(flags, context.host);
  await changeContextFile(
    location,
    (file) => setCredentials(file, name, token.reveal()),
    context.signals.abort,
  );
  context.report.info(`user "${name}" set`);
  return EXIT_CODES.ok.code;
}

async function readStdin({ host, report, signals }: Context): Promise<string> {
  if (host.stdin.isTTY === true) report.info("type or paste the key, then Enter and Ctrl+D");
  const stop = (): void => void host.stdin.destroy(signals.abort.reason);
  signals.abort.addEventListener("abort", stop, { once: true });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of host.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BYTES) break;
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks).toString().trim();
  if (text !== "" && length <= MAX_BYTES) return text;
  const message = text === "" ? "stdin is empty" : "stdin is longer than any key";
  throw new UserError("usage", problem(message, { remedy: EXAMPLE }));
}
