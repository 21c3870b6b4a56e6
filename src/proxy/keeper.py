"""Hosts LiteLLM: imports it once, then forks one serving process for each order. README.md has the protocol."""

import gc

gc.disable()  # before anything else: the collector would take a quarter of LiteLLM's import

import importlib.metadata
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
import types

PROTOCOL = 1
LARGEST_ORDER = 1 << 20
LONGEST_SOCKET_PATH = 103  # what every Unix takes

given = dict(os.environ)  # what imports change in it is kept
generations = {}  # by pid
doomed = set()  # pids of orphans that were killed


class Refused(Exception):
    """With the reason, and an errno or None."""


def sibling(name):
    """A module beside this file. Not through sys.path: LiteLLM's and the user's imports must not find ours."""
    path = os.path.join(os.path.dirname(__file__), f"{name}.py")
    with open(path, encoding="utf-8") as source:
        module = types.ModuleType(f"sidelite_{name}")
        exec(compile(source.read(), path, "exec"), vars(module))
    return module


process = sibling("process")
emit = process.emit
warmth = sibling("warm").Warmth(process, sibling("steps"), sibling("pages"), lambda: sibling("learn"), emit)


def main():
    waking = process.wake_by_signals()
    process.die_with_parent()
    if process.is_lifeline_cut(0):  # the supervisor died before that call: its descriptors close first
        os._exit(0)
    forking = process.LINUX and os.environ.pop("SIDELITE_FORK", "") != "0"
    if forking:
        process.adopt_orphans()
    else:
        process.watch_lifeline()
    forking = load(forking) and forking
    order, log, parent = obey(forking, waking)  # comes back only in the process that shall serve
    if parent is None:
        emit("started", generation=order["generation"], pid=os.getpid())
    os.close(process.CONTROL)
    sibling("generation").serve(order, log, parent, process, given, warmth.take_pages, sibling("prime").follow)


def load(forking):
    """Says hello and imports LiteLLM; true when the process may be forked now."""
    began = time.monotonic()
    try:
        python, litellm = sys.version.split()[0], importlib.metadata.version("litellm")
        emit("hello", protocol=PROTOCOL, pid=os.getpid(), python=python, litellm=litellm, fork=forking)
        finish, defer_no_more = sibling("quicken").quicken(), sibling("defer").defer()
        import uvicorn  # noqa: F401
        from litellm.proxy import proxy_server  # noqa: F401

        finish()
        defer_no_more()
    except BaseException as error:  # SystemExit too: an import must not end us without a word
        traceback.print_exc()
        emit("fatal", step="import", error=f"{type(error).__name__}: {error}")
        sys.exit(70)
    gc.freeze()  # what is never written stays shared; collecting first would cost every start 0.4 s
    threads, sockets = process.count_threads(), process.count_sockets()
    emit("imported", ms=round((time.monotonic() - began) * 1000), threads=threads, sockets=sockets)
    return threads == 1 and sockets == 0


def obey(forking, waking):
    """Carries out orders to the end; returns in a process that shall serve: its order, log and parent."""
    rest, closing = b"", False
    while not closing or generations or doomed:
        ready, _, _ = select.select([process.CONTROL, waking], [], [], warmth.pause())
        if waking in ready:
            os.read(waking, 4096)
            reap()
        if not ready:
            warmth.work()
        if process.CONTROL not in ready:
            continue
        data = os.read(process.CONTROL, 1 << 16)
        if not data or len(rest) > LARGEST_ORDER:
            break
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            order = {}
            try:
                order = json.loads(line)
                closing = closing or order["order"] == "quit"
                serving = carry_out(order, forking, closing)
                if serving is not None:
                    return serving
            except (Refused, ValueError, KeyError, TypeError) as error:
                reason, number = error.args if isinstance(error, Refused) else ("bad-order", None)
                generation = order.get("generation") if isinstance(order, dict) else None
                emit("refused", generation=generation, reason=reason, errno=number)
        data = lines = line = order = None  # orders hold secrets
    for pid in generations:
        process.kill_group(pid)
    doomed.update(warmth.end())
    while generations or doomed:
        os.read(waking, 4096)
        reap()
    sys.stdout.flush()
    os._exit(0)  # taking the interpreter down in order costs 0.1 s and saves nothing


def carry_out(order, forking, closing):
    kind = order["order"]
    if kind == "start" and not closing:
        return start(order, forking)
    if kind == "signal":
        tell(order["generation"], signal.Signals[f"SIG{order['signal']}"])
    elif kind == "warm":
        if forking and not closing:
            warmth.begin()
    elif kind == "quit":
        doomed.update(warmth.end())
        for generation in list(generations.values()):
            tell(generation["number"], signal.SIGTERM)
    else:
        raise Refused("closing" if kind == "start" else "bad-order", None)
    return None


def start(order, forking):
    number, path, log = order["generation"], order["socket"], order["log"]
    if any(generation["number"] == number for generation in generations.values()):
        raise Refused("duplicate", None)
    if max(len(os.fsencode(path)), len(os.fsencode(log))) > LONGEST_SOCKET_PATH:
        raise Refused("socket-path", None)
    if forking and not process.is_fit_to_fork():
        raise Refused("unsafe", None)
    keeper = os.getpid()
    with socket.socket(socket.AF_UNIX) as output:
        try:
            output.connect(log)
        except OSError as error:
            raise Refused("log-connect", error.errno) from error
        sys.stdout.flush()
        try:
            pid = os.fork() if forking else 0
        except OSError as error:
            raise Refused("fork", error.errno) from error
        if pid == 0:
            return order, output.detach(), keeper if forking else None
    process.set_group(pid)
    mark = order["environment"].get("SIDELITE_COOKIE", "").encode()
    generations[pid] = {"number": number, "socket": path, "mark": mark, "asked": False, "further": order["further"]}
    warmth.give_way()
    emit("started", generation=number, pid=pid)
    return None


def tell(number, name):
    for pid, generation in generations.items():
        if generation["number"] == number:
            generation["asked"] = True
            (os.killpg if name == signal.SIGKILL else os.kill)(pid, name)


def reap():
    while (pid := process.next_dead()) is not None:
        generation = generations.pop(pid, None)
        if generation is not None:
            process.kill_group(pid)  # before it is reaped: nobody else can have the pid yet
        _, status, usage = os.wait4(pid, 0)
        if generation is not None or pid in doomed:
            marks = {living["mark"] for living in generations.values()}
            # What it left came to us, the subreaper.
            doomed.update(process.kill_orphans({*generations, *warmth.forks()}, marks))
        doomed.discard(pid)
        warmth.reaped(pid)
        if generation is None:
            continue
        if os.path.exists(generation["socket"]):
            os.unlink(generation["socket"])
        code = os.waitstatus_to_exitcode(status)
        end = {"code": code} if code >= 0 else {"signal": signal.Signals(-code).name}
        emit("exited", generation=generation["number"], asked=generation["asked"], max_rss_kb=usage.ru_maxrss, **end)
        process.favour_one(generations)


main()
