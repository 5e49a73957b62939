"""Folders that belong to a living process, and are found and removed when it has died without doing so itself.

Whoever makes one holds a lock on the folder (flock), which the kernel lets go with the last breath of the process,
`kill -9` included. A folder of ours that nobody holds is therefore nobody's: the next run removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "syncproof-"
# Only folders with this ending are looked at: earlier versions held no lock, and nothing tells whether theirs still live.
SUFFIX = ".held"


class HeldFolder:
    """A folder that is ours until `release`."""

    def __init__(self, path: Path, descriptor: int, *, is_locked: bool = True) -> None:
        self.path = path
        self.is_locked = is_locked  # not on a file system without locks: there nobody can tell whether it is held
        self._descriptor = descriptor

    def release(self) -> None:
        """Remove the folder with all that is in it; safe to call twice."""
        if self._descriptor >= 0:
            remove(self.path)  # before the lock goes, lest another one begins to remove it too
            self.let_go()

    def let_go(self) -> None:
        """Leave the folder where it is; it is nobody's then. Safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def hold(path: Path) -> HeldFolder | None:
    """Hold a folder that exists; return None when another one holds it, or has just removed it.

    On a file system without locks it is returned all the same, and says so. Raises OSError when it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        return HeldFolder(path, descriptor, is_locked=False)
    if not _is_same(path, descriptor):
        os.close(descriptor)
        return None
    return HeldFolder(path, descriptor)


def _is_same(path: Path, descriptor: int) -> bool:
    """Tell whether the folder that was opened is still the one that stands there."""
    try:
        return os.path.samestat(os.stat(path, follow_symlinks=False), os.fstat(descriptor))  # noqa: PTH116
    except OSError:
        return False


@contextlib.contextmanager
def temporary_folder(purpose: str = "") -> Iterator[Path]:
    """Give a private temporary folder for as long as the block lasts, and remove those of processes that have died."""
    held = make_temporary(purpose)
    try:
        yield held.path
    finally:
        held.release()
        sweep()  # once more: a connector that was still being ended may have written into its folder meanwhile


def make_temporary(purpose: str = "") -> HeldFolder:
    """Return a new temporary folder, `syncproof-PURPOSE-*.held`, and remove those of processes that have died."""
    sweep()
    prefix = f"{PREFIX}{purpose}-" if purpose else PREFIX
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix, suffix=SUFFIX))
        with contextlib.suppress(FileNotFoundError):  # somebody swept in between, when nobody held it yet
            held = hold(path)
            if held is not None:
                return held


def sweep() -> None:
    """Remove the temporary folders of ours that no living process holds; those of other users are left alone."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*{SUFFIX}"):
        with contextlib.suppress(OSError):
            if path.lstat().st_uid != os.getuid():
                continue
            dead = hold(path)
            if dead is not None and dead.is_locked:
                dead.release()
            elif dead is not None:
                dead.let_go()


def remove(path: Path) -> None:
    """Remove a folder, whatever a connector has made of the permissions inside; what cannot be removed stays."""
    shutil.rmtree(path, ignore_errors=True)
    if not path.exists():
        return
    with contextlib.suppress(OSError):
        path.chmod(0o700)
        for place, names, _ in os.walk(path):
            for name in names:
                inside = Path(place, name)
                if not inside.is_symlink():
                    inside.chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)
