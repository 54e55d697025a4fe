"""Whether a path lies on a network share, where SQLite's write-ahead log does not work."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "ceph", "glusterfs", "lustre", "davfs"}
    | {"fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.davfs2", "fuse.gvfsd-fuse", "fuse.s3fs"}
)
_DRIVE_REMOTE = 4


def is_network_path(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """True for UNC paths, mapped network drives (Windows) and network file systems (Linux)."""
    shown = str(path)
    if shown.startswith(("\\\\", "//")):
        return True
    if sys.platform == "win32":  # pragma: no cover - only there
        import ctypes

        return bool(
            ctypes.windll.kernel32.GetDriveTypeW(os.path.splitdrive(shown)[0] + "\\") == _DRIVE_REMOTE
        )
    return _file_system(path, mounts) in _NETWORK


def _file_system(path: Path, mounts: Path) -> str:
    """The type of the longest mount point above the path; empty where the system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    target = os.path.realpath(path)
    best, kind = "", ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind
