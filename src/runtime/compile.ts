// Byte-compiles an environment, so that its first start is as fast as the next and nothing is written later.
import { runCommand } from "../platform/run-command.ts";

/** Also counts the bytes on the disk; a file that is not Python's syntax (a template) is passed over. */
const COMPILE = `
import compileall, os, sys
compileall.compile_dir(sys.argv[1], quiet=2, workers=0)
def size(folder):
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from size(entry.path)
        else:
            yield entry.stat(follow_symlinks=False).st_size
print(sum(size(sys.argv[2])))
`;

/**
 * Run by the base Python, not by the environment's: nothing of what was installed is executed. Returns the bytes below
 * `measured`.
 */
export async function compileFolder(
  folder: string,
  measured: string,
  options: {
    readonly python: string;
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { python, env, signal } = options;
  const args = ["-I", "-c", COMPILE, folder, measured];
  const { stdout } = await runCommand({ file: python, args, env, cwd: "/", signal });
  return Number.parseInt(stdout, 10) || 0;
}
