"""Which of the keeper's pages a generation uses first for its first requests, and how it gets them before they come.

A fork shares the keeper's memory until it writes to it, and maps the libraries' files anew: each first use of a page
costs a fault, often with a copy: 4,200 at the first request, a third of its time. A throwaway fork answers samples and
lists the pages; every later fork takes them in its boot, while the one before it serves. Where the kernel does not
tell or take that (before Linux 5.14, macOS), nothing is gained and nothing lost.
"""

import array
import ctypes
import os

POPULATE_READ, POPULATE_WRITE = 22, 23  # madvise: as if every page were read, written to
# Of an entry of /proc/PID/pagemap.
PRESENT, EXCLUSIVE = 1 << 63, 1 << 56
ENTRY = 8


def private():
    """First address, last and whether it may be written to, of the memory that a fork has like its parent."""
    bounds = []
    with open("/proc/self/maps") as maps:
        for line in maps:
            place, mode, *_ = line.split()
            if mode in ("rw-p", "r--p", "r-xp"):
                bounds.append((*(int(end, 16) for end in place.split("-")), "w" in mode))
    return bounds


def note(bounds):
    """The table's bytes as they are: objects made of them would lie where the requests' own ones are to lie."""
    size, tables = os.sysconf("SC_PAGE_SIZE"), []
    with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        for first, last, _ in bounds:
            pagemap.seek(first // size * ENTRY)
            tables.append(pagemap.read((last - first) // size * ENTRY))
    return tables


def gained(bounds, before, after):
    """[address, length] of what was this process's own, or there to be read, only in the second note."""
    size, found = os.sysconf("SC_PAGE_SIZE"), []
    for (first, _, writable), *tables in zip(bounds, before, after, strict=True):
        mask = PRESENT | EXCLUSIVE if writable else PRESENT
        for at, entries in enumerate(zip(*(array.array("Q", table) for table in tables), strict=True)):
            was, is_now = (entry & mask == mask for entry in entries)
            if was or not is_now:
                continue
            page = first + at * size
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
        if madvise(address, length, POPULATE_WRITE) != 0:
            madvise(address, length, POPULATE_READ)
