"""A damaged file is read or refused in one line that names it, whatever the damage."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import bgzip

from helpers.loaders import plink
from helpers.loaders.accessibility import CELLS, load_dhs
from helpers.loaders.fasta import chromosome_lengths
from helpers.loaders.motifs import read_motifs
from helpers.loaders.peaks import read_manifest, read_peaks
from helpers.loaders.tables import read_table
from helpers.loaders.traits import read_trait

MEME = (
    "MEME version 4\n\nALPHABET= ACGT\n\nBackground letter frequencies\n"
    "A 0.3 C 0.2 G 0.2 T 0.3\n\nMOTIF m x\nletter-probability matrix: w= 2\n"
    "0.25 0.25 0.25 0.25\n0.1 0.2 0.3 0.4\n"
)
SITES = "chr\tsequence\tTAG\tdata_label\n" + "".join(
    f"chr{i}\t{base * 200}\t{CELLS['K562']}\t{part}\n"
    for i, (base, part) in enumerate(
        zip("ACG", ("training", "validation", "test"), strict=True)
    )
)
# Loader by the name of a file: what is read, and what reads it.
FILES = {
    "a.bim": ("1\trs1\t0.5\t100\tA\tG\n2 rs2 0 200 C T\n", plink.read_bim),
    "a.fam": ("f p 0 0 1 -9\ng q 0 0 2 1.5\n", plink.read_fam),
    "g.bed": ("chr1\t10\t20\tHLA A\nchr2 3 4 B\n", plink.read_gene_windows),
    "t.csv": ('IID,FID,t\na,1,"1.5"\nb,2,-9\nc,2,3\n', lambda p: read_trait(p, "t")),
    "t.phen": ("IID t\na 1\nb 2\n", lambda p: read_trait(p, "t")),
    "y.csv": (
        "a,y\n" + "".join(f"{i},{i % 3}\n" for i in range(30)),
        lambda p: read_table(p, "y"),
    ),
    "p.narrowPeak": ("chr1\t1\t9\t.\t0\t.\t3\t-1\t-1\t2\n", read_peaks),
    "m.tsv": ("# cells\nx\tm.tsv\n", read_manifest),
    "m.meme": (MEME, read_motifs),
    "m.jaspar": (">M x\nA [ 1 2 ]\nC [ 3 4 ]\nG [ 5 6 ]\nT [ 7 8 ]\n", read_motifs),
    "g.fa": (">chr1 x\nACGT\nACN\n>chr2\nTT\n", chromosome_lengths),
    "d.tsv": (SITES, lambda p: load_dhs(p, p)),
}

EDITS = st.tuples(
    st.integers(0, 10_000),  # where, as a remainder
    st.integers(0, 12),  # bytes that go
    st.one_of(
        st.binary(max_size=4),
        st.sampled_from([b"\r", b"\n\n", b"\t", b" ", b'"', b";", b"\0", b"-1", b">"]),
        st.sampled_from(
            [b"nan", b"1e999", b"\xc2\xb2", b"\xe2\x80\xa8", b"\xef\xbb\xbf"]
        ),
    ),
)


@pytest.mark.parametrize("name", FILES)
@given(
    edits=st.lists(EDITS, min_size=1, max_size=3),
    pack=st.sampled_from([bytes, gzip.compress, bgzip]),
    cut=st.integers(0, 40),
)
@settings(deadline=None, max_examples=60)
def test_damage_is_never_a_riddle(tmp_path_factory, name, edits, pack, cut):
    content, read = FILES[name]
    content = content.encode()
    for where, gone, new in edits:
        where %= len(content) + 1
        content = content[:where] + new + content[where + gone :]
    packed = pack(content)
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(packed[: len(packed) - cut] if cut < 20 else packed)
    try:
        read(path)
    except (ValueError, OSError) as error:
        said = str(error)
        assert name in said or name.split(".")[0] in said
        assert not set("\r\n") & set(said) and said.endswith((".", "?"))


def test_a_line_break_in_a_name_of_the_header_stays_in_one_line(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('IID,"FID,t\na",x\nb,2,1\n')
    with pytest.raises(ValueError, match=r"it has IID, 'FID,t\\na', x\.$"):
        read_trait(path, "t")


@pytest.mark.parametrize("name", FILES)
def test_undamaged_they_are_read(tmp_path, name):
    content, read = FILES[name]
    path = tmp_path / name
    path.write_text(content)
    if name == "d.tsv":  # given twice, each site repeats
        with pytest.raises(ValueError, match="column TAG, must be HepG2"):
            read(path)
    else:
        assert read(path) is not None
