"""What the keeper and its generations ask of the operating system, and the keeper's voice."""

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import threading
import time

CONTROL = 3
LIFELINE = 4  # nothing is ever written there: readable means that the supervisor's end is closed
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LINUX = sys.platform == "linux"
COOKIE = b"SIDELITE_COOKIE="
LINGER_S = 0.5


def wake_by_signals():
    """For the keeper: returns what is readable after the end of a child; it is not to be ended by a signal."""
    os.set_inheritable(CONTROL, False)
    os.set_inheritable(LIFELINE, False)
    waking, wake = os.pipe()  # no pair of sockets: there must be none at a fork
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    return waking


def emit(event, **fields):
    data = json.dumps({"event": event, **fields}).encode() + b"\n"
    try:
        while data:
            data = data[os.write(CONTROL, data) :]
    except OSError:
        pass  # the supervisor is gone: reading will say so


def die_with_parent():
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def is_lifeline_cut(timeout_ms=None):
    poll = select.poll()
    poll.register(LIFELINE, select.POLLIN)
    return bool(poll.poll(timeout_ms))


def watch_lifeline():
    def watch():
        is_lifeline_cut()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def wait_for_turns():
    """When this process is woken it does not interrupt the running one (Linux, sched(7)); refused, nothing is lost."""
    with contextlib.suppress(OSError):
        if os.sched_getscheduler(0) == os.SCHED_OTHER:  # else somebody chose
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def favour_one(generations):
    """Of those that came beside another one, which wait for their turns, when that one is gone."""
    if generations and all(generation["further"] for generation in generations.values()):
        pid, generation = next(iter(generations.items()))
        generation["further"] = False
        with contextlib.suppress(OSError):
            os.sched_setscheduler(pid, os.sched_getscheduler(0), os.sched_getparam(0))


def set_group(pid):
    """Parent and child both do it: whichever is first, the group is there before it is used."""
    try:
        os.setpgid(pid, pid)
    except OSError:
        pass


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def kill_orphans(spared, marks):
    """Kills children that nobody here knows, but none that a living generation may have sent off.

    `marks`: the cookies of the living. Returns the pids of the killed; none of them is reaped yet.
    """
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        orphans = [pid for pid in map(int, children.read().split()) if pid not in spared]
    killed = [pid for pid in orphans if not is_of_the_living(pid, marks)]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    return killed


def is_of_the_living(pid, marks):
    """Without the mark of a generation it may be anyone's: a fork that ran no program shows the keeper's cookie."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            entries = file.read().split(b"\0")
    except OSError:
        entries = []
    found = [entry.removeprefix(COOKIE) for entry in entries if entry.startswith(COOKIE)]
    own = os.environ.get("SIDELITE_COOKIE", "").encode()
    return bool(marks) if found in ([], [own]) else found[0] in marks


def next_dead():
    """The pid of a child that has ended and is not reaped yet, or None."""
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return None if found is None else found.si_pid


def is_fit_to_fork():
    """A thread or a socket could hang the child, or be closed by it."""
    return count_threads() == 1 and count_sockets() == 0


def stays_fit_to_fork():
    """A thread that was waited for may be seen for some milliseconds more."""
    until = time.monotonic() + LINGER_S
    while not is_fit_to_fork():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def become_errand(keeper, limit_s):
    """In a fork that finds something out and ends: it must not get in the way, nor outlive the keeper."""
    die_with_parent()
    if os.getppid() != keeper:
        os._exit(0)
    set_group(0)
    signal.set_wakeup_fd(-1)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(name, signal.SIG_DFL)
    signal.alarm(limit_s)
    os.nice(19)
    os.close(CONTROL)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def count_threads():
    return len(os.listdir("/proc/self/task")) if LINUX else threading.active_count()


def count_sockets():
    """Sockets and event loops, those on 0 to 4 apart."""
    if not LINUX:
        return 0
    kinds = [kind_of(name) for name in os.listdir("/proc/self/fd") if int(name) > LIFELINE]
    return sum(kind.startswith(("socket:", "anon_inode:[eventpoll]")) for kind in kinds)


def kind_of(descriptor):
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except FileNotFoundError:  # the listing's own
        return ""
