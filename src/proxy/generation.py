"""Turns the process that it is called in, a fork or the keeper itself, into one that serves LiteLLM."""

import gc
import importlib.util
import json
import os
import signal
import sys
import threading
import traceback

OOM_SCORE = "200"  # of 1000: when memory runs out a generation goes before the keeper
COLLECTOR_PAUSE_S = 5  # the first requests are answered without a collection
COLLECTOR_THRESHOLDS = 10_000, 10, 10  # from 700: a collection every fourth request would cost 2 % of the processor
ENTERPRISE = "litellm_enterprise"  # LiteLLM (1.106.2) tries to import it at every request
START_FAILED = 3  # uvicorn's own code for a start-up that failed


def serve(order, log, keeper, process, given, take_pages, prime):
    """`log`: descriptor for the output; `keeper`: the parent's pid, None in the keeper itself; `given`: its environment.

    `take_pages`: copies what a fork's first requests would copy; `prime`: has LiteLLM work out ahead what they need.
    """
    try:
        if keeper is not None:
            process.die_with_parent()
            if os.getppid() != keeper:
                os._exit(0)
            process.set_group(0)
            with open("/proc/self/oom_score_adj", "w") as score:
                score.write(OOM_SCORE)
            if order["further"]:
                process.wait_for_turns()
            take_pages()
            process.watch_lifeline()
        signal.set_wakeup_fd(-1)
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(name, signal.SIG_DFL)
        os.umask(0o077)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        sys.stdout.reconfigure(line_buffering=True)
        # LiteLLM's import sets variables for its libraries, such as the folder of tiktoken's files.
        imported = {name: value for name, value in os.environ.items() if given.get(name) != value}
        os.environ.clear()
        os.environ.update(imported)
        os.environ.update(order["environment"], WORKER_CONFIG=json.dumps(order["worker_config"]))
        if order["cwd"] is not None:
            os.chdir(order["cwd"])
            sys.path.append(order["cwd"])  # as LiteLLM's own command does: custom modules
        if "PYTHON_GC_THRESHOLD" not in os.environ:  # LiteLLM's own setting of it
            gc.set_threshold(*COLLECTOR_THRESHOLDS)
        collector = threading.Timer(COLLECTOR_PAUSE_S, gc.enable)
        collector.daemon = True
        collector.start()
        import uvicorn
        from litellm.proxy.proxy_server import app

        if importlib.util.find_spec(ENTERPRISE) is None:
            sys.modules[ENTERPRISE] = None  # an import fails at once, and not by searching every folder
        prime()

        level = os.environ.get("LITELLM_LOG", "").lower()
    except Exception:
        traceback.print_exc()
        sys.exit(START_FAILED)
    uvicorn.run(
        app,
        uds=order["socket"],
        log_level=level if level in uvicorn.config.LOG_LEVELS else "info",
        access_log=False,  # the gateway writes it
        server_header=False,
        timeout_graceful_shutdown=order["grace_s"],
        timeout_keep_alive=order["keep_alive_s"],
    )
