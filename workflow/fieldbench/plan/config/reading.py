"""Read a user's YAML as people mean it, check it against a model, say each fault in a sentence."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from fieldbench.plan.entries.registry import nearest
from fieldbench.plan.errors import UserError


class _TwiceError(yaml.MarkedYAMLError):
    """A mapping that has one key twice."""


class _UniqueKeys(yaml.SafeLoader):
    """YAML that refuses a key given twice, where the standard keeps the last one silently."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        # Here, and not where values are made: by then the keys of `<<` have been mixed in.
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    raise _TwiceError(
                        problem=f"'{key.value}' is there twice", problem_mark=key.start_mark
                    )
                seen.add((key.tag, key.value))
        return node


# YAML 1.1 reads 1e4 and 1e-3 as text; people who write them mean numbers.
_UniqueKeys.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    """1e4 is a whole number, 1e-3 and 1.0 are not."""
    value = loader.construct_yaml_float(node)
    return int(value) if "e" in node.value.lower() and value.is_integer() else value


_UniqueKeys.add_constructor("tag:yaml.org,2002:float", _number)


MOST_VALUES = 1_000_000  # in one YAML file, each counted wherever it is repeated


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
        many = _count(data, {}) > MOST_VALUES
    except _TwiceError as error:
        number = error.problem_mark.line + 1 if error.problem_mark else 0
        raise UserError(
            f"{path}, line {number}: {error.problem}.", "Keep one of the two, or rename one."
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not a text file.", "Name a YAML file, in UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise UserError(
            f"{path}{line} is not valid YAML.", "Check its indentation, colons and quotes."
        ) from None
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions."
        ) from None
    except RecursionError:  # also of what holds itself
        many = True
    if many:
        raise UserError(
            f"{path} repeats or nests its values without end.", "Write out what *names stand for."
        )
    if not isinstance(data, dict):
        raise UserError(f"{path} holds no keys.", "See config/README.md for what goes in it.")
    return data


def _count(data: Any, known: dict[int, int]) -> int:
    """How many values there are once all that `*names` repeat is written out."""
    if not isinstance(data, (dict, list)):
        return 1
    if id(data) not in known:
        parts = data.values() if isinstance(data, dict) else data
        known[id(data)] = 1 + sum(_count(part, known) for part in parts)
    return known[id(data)]


def parse(model: type[BaseModel], data: Any, where: str) -> Any:
    """Check data against a config model; the first fault becomes a UserError."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(p) for p in fault["loc"][:-1])
        inside = f" in '{place}'" if place else ""
        key = str(fault["loc"][-1]) if fault["loc"] else "its content"
        if fault["type"] == "extra_forbidden":
            known = _fields_at(model, fault["loc"][:-1])
            raise UserError(f"{where}: unknown key '{key}'{inside}.", nearest(key, known)) from None
        if fault["type"] == "missing":
            raise UserError(
                f"{where}: the key '{key}' is missing{inside}.",
                "Add it; config/README.md says what it means.",
            ) from None
        at = ".".join(str(p) for p in fault["loc"]) or key
        raise UserError(
            f"{where}: '{at}' is {fault['input']!r}, which is not allowed: {fault['msg']}.",
            "Change it; config/README.md says what each key may be.",
        ) from None


def _fields_at(model: type[BaseModel], location: tuple) -> list[str]:
    """The names allowed at a place inside a config model."""
    for step in location:
        field = model.model_fields.get(str(step)) if isinstance(step, str) else None
        if field is None:
            continue  # a key of a dictionary: the model of its values is already in hand
        inner = [
            a
            for a in (field.annotation, *getattr(field.annotation, "__args__", ()))
            if isinstance(a, type) and issubclass(a, BaseModel)
        ]
        model = inner[0] if inner else model
    return list(model.model_fields)
