// `sidelite completion`: a script by which a shell completes our commands, made from the table of verbs.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { nearest } from "../core/suggest.ts";
import type { Shell } from "../instance/completion-script.ts";
import { buildCompletion, SHELLS } from "../instance/completion-script.ts";
import { CLIENT_NAMES } from "../litellm/clients.ts";
import { renderBash } from "../ui/completion/bash.ts";
import { renderFish } from "../ui/completion/fish.ts";
import type { TableVerb, VerbGrammar } from "../ui/completion/grammar.ts";
import { buildGrammar } from "../ui/completion/grammar.ts";
import { renderZsh } from "../ui/completion/zsh.ts";

const RENDERERS = { bash: renderBash, zsh: renderZsh, fish: renderFish } as const satisfies Record<
  Shell,
  (verbs: readonly VerbGrammar[]) => string
>;

export async function completion(
  verbs: readonly TableVerb[],
  { args }: Input,
  context: Context,
): Promise<number> {
  const shell = readShell(args[0]);
  const grammar = buildGrammar(verbs, { "--client": [...CLIENT_NAMES, "all", "none"] });
  context.print((await buildCompletion(shell, RENDERERS[shell](grammar))).trimEnd());
  return EXIT_CODES.ok.code;
}

function readShell(written: string | undefined): Shell {
  const shell = SHELLS.find((known) => known === written);
  if (shell !== undefined) return shell;
  const near = written === undefined ? [] : nearest(written, SHELLS);
  const remedy =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : `use ${SHELLS.join(", ")}`;
  const message =
    written === undefined
      ? "no shell is named"
      : `there is no completion for ${JSON.stringify(written)}`;
  throw new UserError("usage", problem(message, { remedy }));
}
