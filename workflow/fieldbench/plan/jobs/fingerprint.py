"""The fingerprint of a file: all that decided it, as sixteen digits.

A file's fingerprint is a digest of the parameters of its job, which hold its settings and the
digest of its code, and of the fingerprints of the files that the job reads.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def fingerprint(params: Mapping[str, Any], inputs: Iterable[str] = ()) -> str:
    """The fingerprint of what a job makes with these parameters of inputs of these fingerprints."""
    text = json.dumps([params, list(inputs)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
