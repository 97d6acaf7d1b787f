"""The second question on a file: with the cache, against the first, and against doing without.

    python bench/second_question.py [--triples 1000000] [--runs 5]

The file is generated: companies with names, places, suppliers and products.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_HEAD = """@prefix : <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Company a rdfs:Class ; rdfs:label "company" . :Product a rdfs:Class ; rdfs:label "product" .
:City a rdfs:Class ; rdfs:label "city" . :supplies rdfs:label "supplies" . :makes rdfs:label "makes" .
:locatedIn rdfs:label "located in" . :employees rdfs:label "number of employees" . :price rdfs:label "price" .
"""
_TRIPLES_EACH = 19


def write_graph(path: Path, triples: int) -> str:
    """Write a graph of about so many triples and return the name of one of its companies."""
    chance = random.Random(7)  # noqa: S311 - made-up names
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]

    def word() -> str:
        return "".join(chance.choices(syllables, k=chance.randint(2, 4))).capitalize()

    number = max(50, triples // _TRIPLES_EACH)
    cities = max(10, number // 50)
    names = [f"{word()} {word()}" for _ in range(number)]
    with path.open("w", encoding="utf-8") as out:
        out.write(_HEAD)
        out.writelines(f':t{i} a :City ; rdfs:label "{word()}" .\n' for i in range(cities))
        for i, name in enumerate(names):
            suppliers = ", ".join(f":c{chance.randrange(number)}" for _ in range(9))
            out.write(
                f':c{i} a :Company ; rdfs:label "{name}" ; :locatedIn :t{chance.randrange(cities)} ;'
                f" :employees {chance.randrange(10, 99_999)} ; :supplies {suppliers} ;"
                f" :makes :p{i}, :p{i // 2} .\n"
                f':p{i} a :Product ; rdfs:label "{word()} {i}" ; :price {chance.randrange(1, 9999)} .\n'
            )
    return names[0]


def seconds(command: list[str], cache: str) -> float:
    """Return the wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "KGQ_CACHE": cache})
    return time.perf_counter() - start


def main() -> None:
    """Print the times and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5, help="second questions (default 5)")
    arguments = parser.parse_args()
    kgq = str(Path(sys.executable).with_name("kgq"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "graph.ttl")
        name = write_graph(file, arguments.triples)
        time.sleep(2.5)  # a file just written is hashed each time
        command = [kgq, "-g", str(file), "query", f"where is {name} located"]
        without = seconds(command, "off")
        first = seconds(command, str(Path(folder, "cache")))
        second = statistics.median(seconds(command, str(Path(folder, "cache"))) for _ in range(arguments.runs))
    print(
        f"{arguments.triples:,} triples\nwithout cache  {without:8.2f} s\nfirst          {first:8.2f} s\n"
        f"second         {second:8.2f} s   {second / first:.4f} x first, {second / without:.4f} x without"
    )


if __name__ == "__main__":
    main()
