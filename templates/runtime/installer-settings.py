"""Prints, as JSON, where pip's and uv's own configuration files say that packages come from.

Run by `python -I` before an installation. Neither tool reads these files afterwards: sidelite gives both the same
answer by environment, and leaves out whatever would change what is installed or where to.
"""
import configparser
import json
import os
import sys

PIP_OPTIONS = {
    "index-url": "index",
    "extra-index-url": "extra",
    "trusted-host": "trusted",
    "cert": "cert",
    "client-cert": "clientCert",
    "proxy": "proxy",
    "timeout": "timeout",
    "default-timeout": "timeout",
    "keyring-provider": "keyring",
}
LISTS = ("extra", "trusted")
PATHS = ("cert", "clientCert")
MAC = sys.platform == "darwin"

read, ignored, problems = [], set(), []


def config_home():
    return os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")


def config_dirs():
    return [d for d in (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep) if d]


def pip_files():
    """Lowest precedence first, as pip does it."""
    own = os.environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return []
    if MAC:
        yield "/Library/Application Support/pip/pip.conf"
    for folder in reversed(config_dirs()):
        yield os.path.join(folder, "pip", "pip.conf")
    yield "/etc/pip.conf"
    if not (own and os.path.exists(own)):
        yield os.path.expanduser("~/.pip/pip.conf")
        mac_home = os.path.expanduser("~/Library/Application Support/pip")
        folder = mac_home if MAC and os.path.isdir(mac_home) else os.path.join(config_home(), "pip")
        yield os.path.join(folder, "pip.conf")
    yield os.path.join(sys.prefix, "pip.conf")
    if own:
        yield own


def read_pip():
    sections = {"global": {}, "install": {}}
    for path in pip_files():
        parser = configparser.RawConfigParser()
        try:
            if not parser.read(path, encoding="utf-8"):
                continue
        except (configparser.Error, OSError, UnicodeDecodeError) as error:
            # Not the message: it quotes the line, which may hold a password.
            problems.append("%s: %s" % (path, type(error).__name__))
            continue
        read.append(path)
        for section, options in sections.items():
            for name, value in parser.items(section) if parser.has_section(section) else ():
                name = name.replace("_", "-")
                known = PIP_OPTIONS.get(name)
                if known:
                    options[known] = value.split() if known in LISTS else value.strip()
                else:
                    ignored.add("pip.conf " + name)
    found = {**sections["global"], **sections["install"]}
    for name in PATHS:
        if name in found:
            found[name] = os.path.expanduser(found[name])
    return found


def uv_files():
    own = os.environ.get("UV_CONFIG_FILE")
    if own:
        return [own]
    system = [os.path.join(folder, "uv", "uv.toml") for folder in config_dirs()] + ["/etc/uv/uv.toml"]
    system = [path for path in system if os.path.exists(path)][:1]
    return system + [os.path.join(config_home(), "uv", "uv.toml")]


def toml():
    try:
        import tomllib
        return tomllib
    except ImportError:
        from pip._vendor import tomli
        return tomli


def read_uv():
    found = {}
    for path in uv_files():
        if not os.path.exists(path):
            continue
        try:
            with open(path, "rb") as file:
                table = toml().load(file)
            take_uv(table, found)
            take_uv(table.get("pip", {}), found)
            read.append(path)
        except (ImportError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            problems.append("%s: %s" % (path, type(error).__name__))
    return found


def named(index):
    return "%s=%s" % (index["name"], index["url"]) if "name" in index else index["url"]


def take_uv(table, found):
    indexes = [index for index in table.get("index", []) if not index.get("explicit")]
    default = [named(index) for index in indexes if index.get("default")]
    extra = [named(index) for index in indexes if not index.get("default")]
    extra += table.get("extra-index-url", [])
    if default or "index-url" in table:
        found["index"] = default[0] if default else table["index-url"]
    if extra:
        found["extra"] = extra
    if "allow-insecure-host" in table:
        found["trusted"] = table["allow-insecure-host"]
    if "keyring-provider" in table:
        found["keyring"] = table["keyring-provider"]
    if "native-tls" in table or "system-certs" in table:
        found["nativeTls"] = bool(table.get("native-tls") or table.get("system-certs"))
    known = {"index", "index-url", "extra-index-url", "allow-insecure-host", "keyring-provider", "native-tls"}
    ignored.update("uv.toml " + name for name in set(table) - known - {"system-certs", "pip"})


print(json.dumps({"pip": read_pip(), "uv": read_uv(), "read": read, "ignored": sorted(ignored), "problems": problems}))
