#!/usr/bin/env python3
"""Holds records against man/schema: schema_check.py [--strict] TYPE < records.

Every line must be a record of TYPE ("any": of the type that it says). With
--strict a field that the schema does not name is wrong too, where records of
the type carry nothing from elsewhere. Says what is wrong, exits 1.
"""
import json
import os
import sys

import jsonschema

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "man", "schema")


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key is repeated")
    return dict(pairs)


def load(name, strict, known={}):
    if name not in known:
        with open(os.path.join(SCHEMAS, name + ".json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        if strict and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
        known[name] = jsonschema.Draft202012Validator(schema)
    return known[name]


def main():
    args = sys.argv[1:]
    strict = "--strict" in args
    wanted = [arg for arg in args if not arg.startswith("--")][0]
    wrong = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            record = json.loads(line.decode("utf-8"), object_pairs_hook=unique)
            name = record["type"] if wanted == "any" else wanted
            errors = [e.json_path + ": " + e.message for e in load(name, strict).iter_errors(record)]
        except (ValueError, KeyError, TypeError, OSError) as error:
            errors = [repr(error)]
        if any(isinstance(v, float) for v in (record.values() if isinstance(record, dict) else [])):
            errors.append("a fraction")
        if any(v is None for v in record.values()):
            errors.append("a null")
        for error in errors:
            print("line %d: %s" % (number, error))
            wrong += 1
    return 1 if wrong else 0


sys.exit(main())
