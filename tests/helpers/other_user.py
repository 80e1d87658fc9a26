"""Running as somebody else, for what users share. Only root can."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

NAME = "nobody"
# Where Python lies in a folder of root's own, the other user is shown it, and nothing else there.
SHOW_PYTHON = """
set -e
mkdir "$STAGE"
mount --bind "$PYTHON" "$STAGE"
mount -t tmpfs -o mode=755 shown "$CLOSED"
(umask 022 && mkdir -p "$PYTHON")
mount --bind "$STAGE" "$PYTHON"
rmdir "$STAGE" 2>/dev/null || true
exec "$@"
"""


def run(words: list[str], folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess:
    """Run a command in a folder, as somebody who may enter no folder of ours that is closed."""
    user = pwd.getpwnam(NAME)
    switch = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    python = Path(sys.base_prefix)
    closed = [p for p in reversed(python.parents) if not p.stat().st_mode & 0o001]
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, user.pw_uid, user.pw_gid)
        env = env | {"HOME": home, "LOGNAME": NAME, "USER": NAME}
        words = [*switch, *words]
        if closed:
            env |= {"PYTHON": str(python), "CLOSED": str(closed[0]), "STAGE": f"{home}/python"}
            words = ["unshare", "--mount", "bash", "-c", SHOW_PYTHON, "-", *words]
        return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)


@cache
def is_there() -> bool:
    """Whether there is another user here, who can run this Python."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return False
    return run([sys.executable, "-c", "import yaml"], Path("/"), dict(os.environ)).returncode == 0


def give(folder: Path) -> None:
    """Make a folder theirs, with all that it holds."""
    user = pwd.getpwnam(NAME)
    subprocess.run(["chown", "-hR", f"{user.pw_uid}:{user.pw_gid}", str(folder)], check=True)


def share(folder: Path) -> None:
    """Open a folder to their group, as users do who share one."""
    os.chown(folder, -1, pwd.getpwnam(NAME).pw_gid)
    folder.chmod(0o2770)
