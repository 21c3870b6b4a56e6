"""Which of the keeper's pages a generation writes to for its first requests, and how it gets them before they come.

A fork shares the keeper's memory until it writes to it. Each first write to a page costs a fault and a copy: 2,000 at
the first request, half of its time. A throwaway fork answers samples and lists the pages; every later fork copies them
in its boot, while the one before it serves. Where the kernel does not tell or take that (before Linux 5.14, macOS),
nothing is gained and nothing lost.
"""

import array
import ctypes
import os

POPULATE_WRITE = 23  # madvise: as if every page were written to
# Of an entry of /proc/PID/pagemap.
PRESENT, EXCLUSIVE = 1 << 63, 1 << 56
ENTRY = 8


def shared():
    """Bounds of the private, writable memory of no file: what a fork shares with its parent."""
    bounds = []
    with open("/proc/self/maps") as maps:
        for line in maps:
            place, mode, _, _, file, *_ = line.split()
            if mode == "rw-p" and file == "0":
                bounds.append([int(end, 16) for end in place.split("-")])
    return bounds


def own(bounds):
    """Addresses of the pages that are this process's alone."""
    size = os.sysconf("SC_PAGE_SIZE")
    found = set()
    with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        for first, last in bounds:
            pagemap.seek(first // size * ENTRY)
            entries = array.array("Q", pagemap.read((last - first) // size * ENTRY))
            found.update(first + at * size for at, entry in enumerate(entries) if entry & PRESENT and entry & EXCLUSIVE)
    return found


def ranges(pages):
    """[address, length] of neighbours together."""
    size = os.sysconf("SC_PAGE_SIZE")
    found = []
    for page in sorted(pages):
        if found and sum(found[-1]) == page:
            found[-1][1] += size
        else:
            found.append([page, size])
    return found


def take(known):
    """In a fork. A page that is not there any more is passed over."""
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = [ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int]
    for address, length in known:
        madvise(address, length, POPULATE_WRITE)
