"""What tells two files of the same name apart: all that decided them, as sixteen digits.

A file's origin is a digest of the parameters of its job, which hold its settings and the digest
of its code, and of the origins of the files that the job reads.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def origin(params: Mapping[str, Any], inputs: Iterable[str] = ()) -> str:
    """The origin of what a job makes with these parameters of inputs of these origins."""
    text = json.dumps([params, list(inputs)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
