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
    def __init__(self, process, steps, pages, learn, emit):
        """`learn`: loads learn.py, in a fork that ends afterwards; `emit`: tells the supervisor; the others: modules."""
        self.process, self.library, self.pages, self.learn, self.emit = process, steps, pages, learn, emit
        self.began = None
        self.steps = None  # still to be taken
        self.skipped = []
        self.quiet_until = 0
        self.fork = None  # its pid, the file for its answer, what follows
        self.rehearsals = 0
        self.written = []  # by a generation's first requests: ranges of memory

    def begin(self):
        if self.began is not None:
            return
        self.began = time.monotonic()
        self.steps = self.library.read()
        if self.steps is None and self.library.is_installed():
            self.in_fork(lambda: self.learn().learn(), self.rehearse)
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
        if steps is None:
            return self.give_up()
        self.rehearsals += 1

        def judge(found):
            if found is None:
                return self.give_up()
            unsafe, vain = found
            if unsafe is not None:
                self.skipped.append(f"unsafe: {' '.join(unsafe)}")
            self.skipped += [" ".join(step) for step in vain]
            left = [step for step in steps if step != unsafe and step not in vain]
            if unsafe is not None and self.rehearsals < REHEARSALS:
                return self.rehearse(left)
            self.steps = left if unsafe is None else []
            return self.library.write(self.steps)

        return self.in_fork(lambda: self.try_out(steps), judge)

    def try_out(self, steps):
        """The first step that leaves something, and those before it that could not be taken."""
        vain = []
        for step in steps:
            if not self.library.take(step):
                vain.append(step)
            if not self.process.stays_fit_to_fork():
                return step, vain
        return None, vain

    def give_up(self):
        self.skipped.append("nothing was learned")
        self.finish()

    def finish(self):
        self.steps = None
        gc.freeze()
        if self.library.is_installed() and self.process.is_fit_to_fork():
            self.in_fork(lambda: self.learn().trace(self.pages), self.tell)
        else:
            self.tell(None)

    def tell(self, written):
        self.written = written or []
        ms = round((time.monotonic() - self.began) * 1000)
        self.emit("warmed", ms=ms, skipped=self.skipped[:TOLD])

    def take_pages(self):
        """In a generation."""
        self.pages.take(self.written)

    def in_fork(self, errand, then):
        """`then` gets what `errand` returned, or None."""
        answer = os.memfd_create("answer")
        keeper = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(answer)
            self.skipped.append(f"fork: {error}")
            return then(None)
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
        then(json.loads(text) if text else None)  # nothing: it was killed, or failed

    def end(self):
        """Returns the pids of what was killed."""
        self.steps = None
        forks, self.fork = self.forks(), None
        for pid in forks:
            self.process.kill_group(pid)
        return forks
