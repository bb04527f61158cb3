"""Text as files hold it: compressed, marked, with other line ends and blank lines."""

import gzip
import struct
import zlib

from hypothesis import strategies as st

BOM = b"\xef\xbb\xbf"
BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def gzipped(content: bytes) -> bytes:
    """Return `content` as gzip packs it, without the time, so that it is always alike.

    Parameters of tests have to be: processes that share tests compare their names.
    """
    return gzip.compress(content, mtime=0)


def bgzip(content: bytes, block: int = 50) -> bytes:
    """Return `content` as bgzip packs it: small gzip members that tell their size."""
    members = []
    for start in range(0, len(content), block):
        part = content[start : start + block]
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(part) + packer.flush()
        head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0"
        size = struct.pack("<H", len(packed) + 25)
        members.append(
            head + size + packed + struct.pack("<II", zlib.crc32(part), len(part))
        )
    return b"".join(members) + BGZIP_END


def joined_members(content: bytes) -> bytes:
    """Return `content` in two gzip members, as cat joins compressed files."""
    half = len(content) // 2
    return gzip.compress(content[:half]) + gzip.compress(content[half:])


PACKINGS = (bytes, gzip.compress, bgzip, joined_members)


@st.composite
def spellings(draw):
    """Draw a function that writes lines as bytes, in a way that changes nothing."""
    pack = draw(st.sampled_from(PACKINGS))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    mark = draw(st.sampled_from([b"", BOM]))
    blank = draw(st.sampled_from(["", " ", "  "]))
    blanks = draw(st.sets(st.integers(0, 50)))
    last = draw(st.booleans())

    def spelt(lines) -> bytes:
        rows = []
        for number, line in enumerate(lines):
            rows += [blank] * (number in blanks) + [line]
        more = (blank + end) * (len(blanks) % 3)
        text = end.join(rows) + end * (last or bool(more)) + more
        return pack(mark + text.encode())

    return spelt
