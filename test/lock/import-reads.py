# Prints, as JSON, the names of the variables that LiteLLM's import and the modules of its first requests look up.
import importlib
import json
import os
import sys

names = set()
encode = os.environ.encodekey


def noted(name):
    names.add(str(name))
    return encode(name)


os.environ.encodekey = noted
importlib.import_module("uvicorn")
importlib.import_module("litellm.proxy.proxy_server")
for module in sys.argv[1:]:
    importlib.import_module(module)
os.environ.encodekey = encode
print(json.dumps(sorted(names)))
