#!/usr/bin/python3
"""compose.py: facts of compose files, for tests/docker.t.

compose.py names FILE     "SERVICE VARIABLE" of every environment, "SERVICE !VARIABLE" of one that is reset
compose.py variables FILE ...   every ${NAME} of the files, sorted
compose.py get FILE PATH  the JSON of what lies under a path such as networks.avr.name
"""
import json
import re
import sys

import yaml


class Loader(yaml.SafeLoader):
    """Knows Compose's own tag."""


RESET = "!reset"
Loader.add_constructor(RESET, lambda loader, node: RESET)


def load(path):
    with open(path) as f:
        return yaml.load(f, Loader)


def names(path):
    for service, of in sorted(load(path)["services"].items()):
        for name, value in sorted(of.get("environment", {}).items()):
            print(service, ("!" if value == RESET else "") + name)


def variables(*paths):
    found = set()
    for path in paths:
        load(path)
        with open(path) as f:
            text = "".join(line for line in f if not line.lstrip().startswith("#"))
        found |= set(re.findall(r"\$\{([A-Z_]+)", text))
    print("\n".join(sorted(found)))


def get(path, place):
    at = load(path)
    for key in place.split("."):
        at = at[key]
    print(json.dumps(at))


if __name__ == "__main__":
    {f.__name__: f for f in (names, variables, get)}[sys.argv[1]](*sys.argv[2:])
