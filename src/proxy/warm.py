"""Loads in steps what requests will need, while nothing else is to be done. What that is was learned in a fork.

The list is kept in the runtime's folder, for the LiteLLM and the Python that it was learned with. A new list is
rehearsed in a second fork: a step that leaves a thread or a socket would make the keeper useless.
"""

import contextlib
import gc
import json
import os
import signal
import time

BATCH_S = 0.02  # then it pauses as long as that took: at most half a processor
AFTER_START_S = 2  # a generation that boots comes first
FORK_LIMIT_S = 120  # for learning, for rehearsing
REHEARSALS = 5
TOLD = 20  # skipped steps


class Warmth:
    def __init__(self, process, steps, learn, emit):
        """`steps`: steps.py; `learn`: gives the list, in a fork that ends afterwards; `emit`: tells the supervisor."""
        self.process, self.library, self.learn, self.emit = process, steps, learn, emit
        self.began = None
        self.steps = None  # still to be taken
        self.skipped = []
        self.quiet_until = 0
        self.fork = None  # its pid, the file for its answer, what follows
        self.rehearsals = 0

    def begin(self):
        if self.began is not None:
            return
        self.began = time.monotonic()
        self.steps = self.library.read()
        if self.steps is None and self.library.is_installed():
            self.in_fork(self.learn, self.rehearse)
        elif self.steps is None:
            self.skipped.append("nothing was learned: this LiteLLM was not installed here")
            self.finish()

    def pause(self):
        """Seconds until the next step; None: there is none."""
        return None if self.steps is None else max(0, self.quiet_until - time.monotonic())

    def give_way(self):
        self.quiet_until = time.monotonic() + AFTER_START_S

    def work(self):
        began = time.monotonic()
        while self.steps and time.monotonic() - began < BATCH_S:
            step = self.steps.pop(0)
            if not self.library.take(step):
                self.skipped.append(" ".join(step))
            if not self.process.stays_fit_to_fork():
                self.skip_for_ever(step)
        self.quiet_until = time.monotonic() + (time.monotonic() - began)
        if not self.steps:
            self.finish()

    def skip_for_ever(self, step):
        """It was harmless when it was rehearsed. The next start is refused, and the next keeper does not take it."""
        self.skipped.append(f"unsafe: {' '.join(step)}")
        self.library.write([kept for kept in self.library.read() or [] if kept != step])
        self.steps = []

    def rehearse(self, steps):
        self.rehearsals += 1

        def judge(found):
            unsafe, vain = found
            if unsafe is not None:
                self.skipped.append(f"unsafe: {' '.join(unsafe)}")
            self.skipped += [" ".join(step) for step in vain]
            left = [step for step in steps if step != unsafe and step not in vain]
            if unsafe is not None and self.rehearsals < REHEARSALS:
                return self.rehearse(left)
            self.steps = left if unsafe is None else []
            return self.library.write(self.steps)

        self.in_fork(lambda: self.try_out(steps), judge)

    def try_out(self, steps):
        """The first step that leaves something, and those before it that could not be taken."""
        vain = []
        for step in steps:
            if not self.library.take(step):
                vain.append(step)
            if not self.process.stays_fit_to_fork():
                return step, vain
        return None, vain

    def finish(self):
        self.steps = None
        gc.freeze()
        ms = round((time.monotonic() - self.began) * 1000)
        self.emit("warmed", ms=ms, skipped=self.skipped[:TOLD])

    def in_fork(self, errand, then):
        answer = os.memfd_create("answer")
        keeper = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(answer)
            self.skipped.append(f"fork: {error}")
            return self.finish()
        if pid == 0:
            with contextlib.suppress(BaseException):
                self.process.become_errand(keeper, FORK_LIMIT_S)
                os.write(answer, json.dumps(errand()).encode())
            os._exit(0)
        self.process.set_group(pid)
        self.fork = pid, answer, then
        return None

    def forks(self):
        return () if self.fork is None else (self.fork[0],)

    def reaped(self, pid):
        """Goes on with what a fork has found."""
        if self.fork is None or self.fork[0] != pid:
            return
        _, answer, then = self.fork
        self.fork = None
        with os.fdopen(answer, "rb") as file:
            file.seek(0)
            text = file.read()
        try:
            then(json.loads(text))
        except ValueError:  # it was killed, or failed
            self.skipped.append("nothing was learned")
            self.finish()

    def end(self):
        """Returns the pids of what was killed."""
        self.steps = None
        forks = self.forks()
        for pid in forks:
            self.process.kill_group(pid)
        return forks
