"""Run every notebook that is out of date, then build the pages.

`make book` calls this; by hand: `snakemake --cores 4 --config size=quick`.
A notebook runs again when its source, its size file, its published table, a helper that
it imports, its committed results, the other files in `data` or the lock changed in
content, or a parameter or this file did.
"""

import sys
from pathlib import Path

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT))

from helpers.press import render, results
from helpers.press.results import needs

SIZE = config.get("size", "quick")
COMPUTE = str(config.get("compute", "false")).lower()
if SIZE not in render.SIZES:
    sys.exit(f"error: size must be one of {', '.join(render.SIZES)}; got {SIZE!r}.")
if COMPUTE not in ("true", "false"):
    sys.exit(f"error: compute must be true or false; got {COMPUTE!r}.")

BOOK = Path("book")
BUILD = Path("_build", SIZE)
RESULTS = str(Path("data", "results"))
NOTEBOOKS = {n: p.relative_to(ROOT) for n, p in render.notebooks(root=ROOT).items()}
CHAPTERS = render.chapters(root=ROOT)
for NAME in CHAPTERS:
    for STEP in results.notice_deleted(NAME, SIZE, root=ROOT):
        print(f"{NAME}: the stored table of {STEP} is gone; it runs again.")
        # Snakemake makes what is absent only where what rests on it is absent too.
        for RECEIPT in (f"{NAME}.json", "pages"):
            Path(ROOT, "_build", SIZE, "runs", RECEIPT).unlink(missing_ok=True)
PAGES = [name for name in NOTEBOOKS if name not in CHAPTERS]


def existing(*paths):
    return [str(path) for path in paths if Path(path).is_file()]


def files_below(folder):
    paths = Path(folder).rglob("*")
    return sorted(
        str(path)
        for path in paths
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    )


def staged(name):
    return str(BUILD / "stage" / NOTEBOOKS[name].relative_to(BOOK))


def receipt(name):
    return str(BUILD / "runs" / f"{name}.json")


def recorded(name):
    return str(Path("_build", "results", name, SIZE, results.RUN))


def helpers_of(name):
    try:
        paths = render.dependencies(name, root=ROOT)
    except render.RenderError as error:
        sys.exit(f"error: {error}")
    return [str(path.relative_to(ROOT)) for path in paths]


localrules: book, pages


onstart:
    # On one machine nothing limits how many jobs start in a second. Snakemake's default
    # limit looks at all inputs of all waiting jobs again each second, and once more for
    # every job that has ended: minutes of CPU in an hour.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


rule book:
    input: BUILD / "runs" / "pages"


for NAME in CHAPTERS:

    rule:
        name: f"chapter_{NAME}"
        input:
            str(NOTEBOOKS[NAME]),
            helpers_of(NAME),
            existing(
                BOOK / "sizes" / f"{NAME}.{SIZE}.yaml",
                BOOK / "published" / f"{NAME}.csv",
                BOOK / "published" / f"{NAME}.claims.yaml",
                "requirements.lock",
                "requirements-torch.lock",
            ),
            [f for f in files_below("data") if not f.startswith(RESULTS)],
            # A page beyond a chapter may show tables of that chapter.
            [f for p in sorted(Path(RESULTS, "paper").glob(f"{NAME[:2]}*"))
             for f in files_below(p)],
        output: staged(NAME), receipt(NAME), recorded(NAME)
        params:
            python=sys.executable,
            name=NAME,
            size=SIZE,
            given=f"-p compute={COMPUTE}" if COMPUTE == "true" else "",
        threads: workflow.cores
        resources: **needs.of_notebook(NAME, SIZE, root=ROOT)
        shell:
            "{params.python:q} -m helpers.render {params.name} --size {params.size} "
            "--threads {threads} {params.given}"


# Pages such as the scoreboard read the results of all chapters.
for NAME in PAGES:

    rule:
        name: f"page_{NAME}"
        input:
            str(NOTEBOOKS[NAME]),
            helpers_of(NAME),
            [recorded(chapter) for chapter in CHAPTERS],
            existing("requirements.lock", "requirements-torch.lock"),
            files_below(BOOK / "published"),
            files_below("data"),
        output: staged(NAME), receipt(NAME)
        params: python=sys.executable, name=NAME, size=SIZE
        resources: **needs.of_notebook(NAME, SIZE, root=ROOT)
        shell:
            "{params.python:q} -m helpers.render {params.name} --size {params.size}"


rule pages:
    input:
        [staged(name) for name in NOTEBOOKS],
        [receipt(name) for name in NOTEBOOKS],
        [f for f in files_below(BOOK) if Path(f) not in NOTEBOOKS.values()],
        [str(path) for path in sorted(Path("helpers", "press", "render").glob("*.py"))],
        existing("requirements.lock", "requirements-torch.lock"),
    # Not the pages themselves: Snakemake would remove them first, and the last good
    # ones are to outlive a failing build.
    output: touch(BUILD / "runs" / "pages")
    params: python=sys.executable, size=SIZE
    shell: "{params.python:q} -m helpers.render build --size {params.size}"
