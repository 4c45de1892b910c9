# SPDX-License-Identifier: MIT
"""Validates files against the JSON Schemas of scenarios/, with a validator that is not ours.

usage: scenario_schemas.py FOLDER-OF-SCHEMAS SCHEMA=FILE...

Prints one line per file: "ok FILE", or "bad FILE: first complaint". Exit code 77 when the validator
(Debian: python3-jsonschema) is not installed.
"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)


def main() -> None:
    folder = pathlib.Path(sys.argv[1]).resolve()
    schemas = {}
    for path in folder.glob("*.schema.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft7Validator.check_schema(schema)
        schemas[path.name] = schema
    store = {f"{folder.as_uri()}/{name}": schema for name, schema in schemas.items()}
    store.update({schema["$id"]: schema for schema in schemas.values() if "$id" in schema})
    for argument in sys.argv[2:]:
        name, path = argument.split("=", 1)
        resolver = jsonschema.RefResolver(
            f"{folder.as_uri()}/{name}.schema.json", schemas[f"{name}.schema.json"], store=store)
        validator = jsonschema.Draft7Validator(schemas[f"{name}.schema.json"], resolver=resolver)
        try:
            document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        except (ValueError, UnicodeDecodeError) as fault:
            print(f"bad {path}: {fault}")
            continue
        fault = next(iter(validator.iter_errors(document)), None)
        print(f"ok {path}" if fault is None else f"bad {path}: {fault.message[:200]}")


main()
