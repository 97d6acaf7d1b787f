"""What a worker process may do to the machine: memory, sockets, priority. Linux; elsewhere what there is."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

__all__ = ["die_with_parent", "limit_memory", "take_sockets_away"]

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_M_ARENA_MAX = -8
_ALLOW = 0x7FFF0000
_DENY = 0x00050000 | 13  # SECCOMP_RET_ERRNO with EACCES
# audit architecture, system calls: socket, connect, socketpair is harmless, io_uring_setup
_CALLS = {"x86_64": (0xC000003E, (41, 42, 425)), "aarch64": (0xC00000B7, (198, 203, 425))}


def _prctl(*arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(*(ctypes.c_ulong(a) for a in arguments)) != 0:
        raise OSError(ctypes.get_errno(), "prctl failed")


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it ends."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_memory(extra: int) -> None:
    """Let this process take `extra` bytes of address space more than it has now."""
    if not extra or sys.platform != "linux":
        return
    _share_arenas()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    bound = pages * os.sysconf("SC_PAGE_SIZE") + extra
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _share_arenas() -> None:
    """Let all threads allocate from two arenas.

    The engine on disk starts threads of its own, and glibc reserves up to 128 MB of address space for
    each: enough of them, and the next thread could not start under the limit, which ends the process.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none, and no arenas
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


def take_sockets_away() -> bool:
    """Refuse this process every new socket from now on; False where the kernel cannot.

    The text of a query is checked before it runs; this holds even if that check is wrong. The filter
    is the classic BPF of seccomp(2): other calls pass, socket and connect fail with EACCES.
    """
    known = _CALLS.get(platform.machine()) if sys.platform == "linux" else None
    if known is None:
        return False
    architecture, calls = known
    statements = [
        (0x20, 0, 0, 4),  # load the architecture
        (0x15, 1, 0, architecture),
        (0x06, 0, 0, _DENY),  # a call of another architecture
        (0x20, 0, 0, 0),  # load the number of the call
        *((0x15, len(calls) - place, 0, number) for place, number in enumerate(calls)),
        (0x06, 0, 0, _ALLOW),
        (0x06, 0, 0, _DENY),
    ]
    code = b"".join(struct.pack("<HBBI", *statement) for statement in statements)
    program = ctypes.create_string_buffer(code)
    filter_ = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(statements), ctypes.addressof(program)))
    try:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(filter_), 0, 0)
    except OSError:
        return False
    return True
