// The same kernel lock as flock(1) where that program is missing: macOS, minimal containers.
import type { LockHelper } from "./os-contract.ts";

/** Perl is part of macOS. `>&=3` takes the inherited descriptor itself, not a copy. */
export const perlLock: LockHelper = {
  file: "perl",
  args: [
    "-e",
    'use Fcntl ":flock"; open(my $file, ">&=", 3) or exit 2; exit 0 if flock($file, LOCK_EX | LOCK_NB); exit($!{EWOULDBLOCK} ? 1 : 2)',
  ],
};

export const pythonLock: LockHelper = {
  file: "python3",
  args: [
    "-I",
    "-c",
    `import fcntl, sys
try: fcntl.flock(3, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError: sys.exit(1)
except OSError: sys.exit(2)`,
  ],
};
