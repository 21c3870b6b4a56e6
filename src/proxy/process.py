"""What the keeper and its generations ask of the operating system about processes."""

import ctypes
import os
import select
import signal
import sys
import threading

LIFELINE = 4  # nothing is ever written there: readable means that the supervisor's end is closed
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LINUX = sys.platform == "linux"


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


def kill_children(spared):
    """Returns the pids of those that are not spared; none of them is reaped yet."""
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        killed = [pid for pid in map(int, children.read().split()) if pid not in spared]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    return killed


def next_dead():
    """The pid of a child that has ended and is not reaped yet, or None."""
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return None if found is None else found.si_pid


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
