"""Run by keeper.py before it imports LiteLLM: spares FastAPI work that it does again and again, or for nothing.

LiteLLM has 700 routes. FastAPI reads the same few signatures some ten thousand times, and builds about 2,000
validators of which a process uses a handful: together a sixth of LiteLLM's import and half of its first answer.
Here signatures are remembered and validators are built at first use, with the same results. A FastAPI that does
not have these two places, as they are known from 0.163, is left alone.
"""

import dataclasses
import functools


def quicken():
    try:
        from fastapi._compat.v2 import FieldInfo, ModelField
        from fastapi.dependencies import utils

        build, read = ModelField.__post_init__, utils.get_typed_signature
        made = vars(ModelField(field_info=FieldInfo(annotation=int), name="probe"))
    except (ImportError, AttributeError, TypeError):
        return
    if made.keys() - {field.name for field in dataclasses.fields(ModelField)} != {"_type_adapter"}:
        return
    remembered = functools.cache(read)

    def get_typed_signature(call):
        try:
            return remembered(call)
        except TypeError:  # not hashable
            return read(call)

    def build_at_first_use(field, name):
        if name == "_type_adapter" and name not in vars(field):
            build(field)
        return object.__getattribute__(field, name)

    utils.get_typed_signature = get_typed_signature
    ModelField.__post_init__ = lambda field: None
    ModelField.__getattr__ = build_at_first_use
