// The closed list of exit codes that sidelite itself uses (design 3.7); a worker's own code passes through.

export const EXIT_CODES = {
  ok: { code: 0, meaning: "success" },
  failed: { code: 1, meaning: "failed, or nothing is running" },
  usage: { code: 2, meaning: "usage or configuration" },
  credentials: { code: 3, meaning: "credentials" },
  controlPlane: { code: 4, meaning: "control plane" },
  proxy: { code: 5, meaning: "proxy not ready or given up" },
  alreadyRunning: { code: 6, meaning: "already running" },
  machine: { code: 7, meaning: "this machine: Python, disk, permissions" },
  security: { code: 8, meaning: "refused for security" },
  cannotRun: { code: 126, meaning: "the command cannot be run" },
  notFound: { code: 127, meaning: "the command is not found" },
  bug: { code: 70, meaning: "a bug in sidelite" },
} as const;

export type ExitName = keyof typeof EXIT_CODES;
