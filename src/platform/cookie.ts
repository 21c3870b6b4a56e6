// The mark in every child's environment by which descendants are found, wherever they moved.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { os } from "./os.ts";

export interface Cookie {
  readonly name: "SIDELITE_COOKIE";
  /** No secret: it names an instance, it opens nothing. */
  readonly value: string;
}

const NAME = "SIDELITE_COOKIE";
/** Less than a whole cookie, from a torn record, might find others' processes. */
const WHOLE = /^.+-[0-9a-f]{24}(?:\.\w+\.)?$/;
/** A killed process may keep its environment for some milliseconds; one that cannot die must not hold us for ever. */
const SWEEP_LIMIT_MS = 2_000;
const PASS_PAUSE_MS = 5;

export function createCookie(label: string): Cookie {
  return { name: NAME, value: `${label}-${randomBytes(12).toString("hex")}` };
}

/** A cookie for one of the instance's children: sweeping it spares the others, sweeping the instance's finds it too. */
export function cookieFor(cookie: Cookie, role: string): Cookie {
  return { name: NAME, value: `${cookie.value}.${role}.` };
}

/** The cookie of an earlier run, from its record; one that is not whole finds nobody. */
export function restoreCookie(value: string): Cookie {
  return { name: NAME, value };
}

/** SIGKILLs every process that carries the cookie, until none is left; returns how many. Never ourselves. */
export async function sweepCookie(
  cookie: Cookie,
  options: { readonly exceptPids?: readonly number[] } = {},
): Promise<number> {
  const spared = new Set([process.pid, ...(options.exceptPids ?? [])]);
  const killed = new Set<number>();
  const limit = performance.now() + SWEEP_LIMIT_MS;
  for (;;) {
    const found = (await findByCookie(cookie)).filter((pid) => !spared.has(pid));
    if (found.length === 0 || performance.now() > limit) return killed.size;
    // Some milliseconds old, and the cookie is unique: no other process can have got the pid since.
    for (const pid of found) if (kill(pid)) killed.add(pid);
    await sleep(PASS_PAUSE_MS);
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

/** Pids of our own user that carry it. */
export async function findByCookie(cookie: Cookie): Promise<readonly number[]> {
  if (!WHOLE.test(cookie.value)) return [];
  return os.findByEnvironment(`${cookie.name}=${cookie.value}`);
}
