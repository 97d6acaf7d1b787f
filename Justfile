# The commands of the project; `just` alone does what every change must pass.
set shell := ["bash", "-euo", "pipefail", "-c"]

default: lint test

# set up the environment every other recipe uses
install:
    python3 -m venv .venv
    .venv/bin/pip install -e '.[test,lint,tables,docs]'

lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy

test *arguments:
    .venv/bin/pytest {{arguments}}

# rebuild what ships: the graph of the document, its vocabulary, and the maps in exports/
build:
    .venv/bin/kgq build
    .venv/bin/kgq map --gallery exports

# the documentation: what is generated is written anew, then the pages are built into build/pages
docs:
    .venv/bin/python -m docs.generate
    .venv/bin/sphinx-build -q -W --keep-going -b html docs build/pages

# all that CI does, on a clean clone
ci:
    bash .ci/run

# wheel, sdist, manual pages, SBOM and checksums of the last commit, into dist/
release:
    bash .ci/release

# what takes longer than CI may: more runs, more examples
full:
    .venv/bin/python bench/cold_start.py --runs 20
    .venv/bin/python -m bench --quick
    HYPOTHESIS_PROFILE=full .venv/bin/pytest
    .venv/bin/python bench/questions.py ${KGQ_DEVSETS:-../shared/devsets}/geo ${KGQ_DEVSETS:-../shared/devsets}/acme_x40
