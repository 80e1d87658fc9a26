"""Requests to servers: what their answers mean, and when to try again."""

import contextlib
import datetime
import email.utils
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from fieldbench.downloads.faults import CutError, RefusedError
from fieldbench.downloads.telling import Voice

AGAIN = (408, 425, 429, 500, 502, 503, 504)  # answers that may be others the next time
# Never packed for the way: lengths and ranges are then those of the file.
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "fieldbench"}
STEP = 1 << 16  # bytes that a try must add to count as progress


@dataclass(frozen=True)
class Patience:
    """The limits on tries and waiting times at one source."""

    tries: int = 5  # in a row that bring nothing new
    first_wait: float = 1.0  # seconds; doubled each time
    longest_wait: float = 60.0
    connect: float = 10.0
    silence: float = 30.0  # seconds without a byte

    @property
    def timeout(self) -> tuple[float, float]:
        return self.connect, self.silence


@contextlib.contextmanager
def session() -> Iterator[requests.Session]:
    """A session that raises a CutError or a RefusedError for a bad answer."""
    with requests.Session() as asking:
        asking.headers.update(HEADERS)
        asking.hooks["response"].append(_judge)
        yield asking


def _judge(answer: requests.Response, **_: Any) -> None:
    if answer.is_redirect:
        _check_way(answer)
    status = f"the server answers {answer.status_code} {answer.reason}"
    if answer.status_code in AGAIN:
        raise CutError(status, _seconds(answer.headers.get("Retry-After")))
    # 416 is the transfer's own matter: what it has is longer than what there is.
    if answer.status_code >= 400 and answer.status_code != 416:
        raise RefusedError(status)


def _check_way(answer: requests.Response) -> None:
    """Refuse redirects from https to anything else, and to what is no server."""
    here = urllib.parse.urlsplit(answer.url)
    there = urllib.parse.urlsplit(urllib.parse.urljoin(answer.url, answer.headers["Location"]))
    allowed = ("https",) if here.scheme == "https" else ("http", "https")
    if there.scheme not in allowed:
        raise RefusedError(f"the server sends on from {here.scheme} to {there.scheme}")


def _seconds(retry_after: str | None) -> float | None:
    """The seconds that a Retry-After header asks for, given as a number or a date."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        then = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, (then - datetime.datetime.now(datetime.UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


@contextlib.contextmanager
def failures() -> Iterator[None]:
    """Turn faults of a connection into a CutError, faults of an address into a RefusedError."""
    try:
        yield
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise CutError("the server was silent for too long") from None
    except requests.exceptions.SSLError:
        raise RefusedError("the server's certificate cannot be trusted") from None
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError):
        raise CutError("the connection was cut") from None
    except (requests.ConnectionError, urllib3.exceptions.HTTPError) as error:
        # What was begun and fell silent comes wrapped.
        silent = error.args and isinstance(error.args[0], urllib3.exceptions.TimeoutError)
        why = "was silent for too long" if silent else "cannot be reached"
        raise CutError(f"the server {why}") from None
    except requests.RequestException as error:
        raise RefusedError(f"it cannot be asked ({type(error).__name__})") from None


def again(
    once: Callable[[], Any], reached: Callable[[], int], voice: Voice, patience: Patience
) -> Any:
    """Repeat `once` until it works; failures are counted anew after each new progress."""
    best, fails = reached(), 0
    while True:
        try:
            return once()
        except CutError as cut:
            now = reached()
            fails = 1 if now >= best + STEP else fails + 1
            best = max(best, now)
            if fails >= patience.tries:
                raise RefusedError(f"{cut}, {fails} times in a row") from None
            wait = min(patience.first_wait * 2 ** (fails - 1), patience.longest_wait)
            wait = max(wait, min(cut.after or 0.0, patience.longest_wait))
            voice.say(f"{cut}; trying again in {wait:.3g} s")
            time.sleep(wait)
