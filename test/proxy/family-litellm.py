# A LiteLLM that has children: one in its group, one in a session of its own, one that lost its parent.
import json
import os
import subprocess

CHILDREN = [
    "sleep 91 & wait",
    "setsid sleep 91 & wait",
    "(setsid sh -c 'sleep 91 & sleep 91' &)",
]


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        for child in CHILDREN:
            subprocess.Popen(["sh", "-c", child], start_new_session=False)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = json.dumps({"data": [{"id": "m"}], "pid": os.getpid()}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
