"""A graph of this field, of any size, the same each time: who builds data centers, with which chips, on whose risk.

Companies with data centers in cities, chip lines, people, contracts and the risks they bear, each with a name that
nothing else has. It streams, so that ten million triples take no more memory than ten thousand.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

__all__ = [
    "BASE",
    "FORMS",
    "LINK",
    "SCHEMA",
    "TRIPLES_EACH",
    "Names",
    "graph_lines",
    "labelled_things",
    "people",
    "questions",
    "write_graph",
]

BASE = "http://example.com/"
SCHEMA = f"{BASE}schema/"
LINK = "http://www.w3.org/2000/01/rdf-schema#label"
TRIPLES_EACH = 45
"""Triples for each company with what is its own."""
_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = f"<{LINK}>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_CLASSES = {
    "Company": "company", "DataCenter": "data center", "City": "city", "ChipLine": "chip line", "Person": "person",
    "Contract": "contract", "RiskBearing": "risk bearing", "RiskKind": "kind of risk",
}  # fmt: skip
_PROPERTIES = {
    "operates": "operates", "locatedIn": "located in", "makes": "makes", "worksFor": "works for",
    "hasManager": "has manager", "supplier": "supplier", "client": "client", "employees": "number of employees",
    "price": "price", "power": "power", "value": "contract value", "signed": "signed on", "founded": "founded",
    "bearer": "bearer", "risk": "risk",
}  # fmt: skip
_RISKS = ("capex", "demand", "technology", "credit", "power", "timing", "counterparty", "regulatory")
FORMS = (
    "Where are the data centers of {company}?",
    "How many employees does {company} have?",
    "Which chip lines does {company} make?",
    "Who works for {company}?",
    "Who is the manager of {person}?",
    "What is the price of {product}?",
    "Which company makes {product}?",
    "How many people work for {company}?",
    "What is the most expensive chip line made by {company}?",
    "Which contracts have {company} as supplier?",
    "Which companies operate a data center in {city} and make {product}?",
    "Is {product} cheaper than {other}?",
    "When was {company} founded?",
)


class Names:
    """Names that nothing else has, in the order of a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - made-up names
        self._syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
        self._taken: set[str] = set()

    def new(self) -> str:
        """Return two words that were not given yet."""
        while True:
            name = f"{self._word()} {self._word()}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def _word(self) -> str:
        return "".join(self._chance.choices(self._syllables, k=self._chance.randint(2, 4))).capitalize()


def node(kind: str, number: int) -> str:
    """Return the IRI of a thing, in angle brackets."""
    return f"<{BASE}{kind}/{number}>"


def _fact(subject: str, property_: str, value: str) -> str:
    return f"{subject} <{SCHEMA}{property_}> {value} .\n"


def _named(kind: str, number: int, name: str) -> str:
    subject = node(kind, number)
    return f'{subject} {_A} <{SCHEMA}{kind}> .\n{subject} {_LABEL} "{name}" .\n'


def _number(value: int) -> str:
    return f'"{value}"^^<{_XSD}integer>'


def schema_lines() -> Iterator[str]:
    """Yield the labels of classes, properties and kinds of risk."""
    for kind, label in _CLASSES.items():
        yield f"<{SCHEMA}{kind}> {_A} <http://www.w3.org/2000/01/rdf-schema#Class> .\n"
        yield f'<{SCHEMA}{kind}> {_LABEL} "{label}" .\n'
    for name, label in _PROPERTIES.items():
        yield f'<{SCHEMA}{name}> {_LABEL} "{label}" .\n'
    for number, name in enumerate(_RISKS):
        yield _named("RiskKind", number, f"{name} risk")


def people(triples: int) -> int:
    """Return how many people a graph of about so many triples tells of, four triples each: two a company."""
    return 2 * max(8, triples // TRIPLES_EACH)


def graph_lines(triples: int, told: list[dict[str, str]] | None = None) -> Iterator[str]:
    """Yield the N-Triples of a graph of about so many triples.

    Args:
        triples: how many.
        told: gets names to ask for.
    """
    companies, names, chance = people(triples) // 2, Names(7), random.Random(11)  # noqa: S311 - made-up facts
    yield from schema_lines()
    cities = [names.new() for _ in range(max(10, companies // 40))]
    for number, city in enumerate(cities):
        yield _named("City", number, city)
    for number in range(companies):
        said = {"city": "", "company": names.new()}
        yield "".join(_company((number, companies), cities, names, chance, said))
        if told is not None and number % max(1, companies // 8) == 0:
            told.append(said)


def _company(
    place: tuple[int, int], cities: list[str], names: Names, chance: random.Random, said: dict[str, str]
) -> Iterator[str]:
    number, companies = place
    company = node("Company", number)
    yield _named("Company", number, said["company"])
    yield _fact(company, "employees", _number(chance.randrange(10, 99_999)))
    yield _fact(company, "founded", f'"{chance.randrange(1900, 2020)}-03-0{1 + number % 9}"^^<{_XSD}date>')
    for at in (2 * number, 2 * number + 1):
        city = chance.randrange(len(cities))
        said["city"] = cities[city]
        yield _named("DataCenter", at, f"{said['company']} data center {at % 2 + 1}")
        yield _fact(company, "operates", node("DataCenter", at))
        yield _fact(node("DataCenter", at), "locatedIn", node("City", city))
        said["other" if at % 2 else "product"] = names.new()
        yield _named("ChipLine", at, said["other" if at % 2 else "product"])
        yield _fact(company, "makes", node("ChipLine", at))
        yield _fact(node("ChipLine", at), "price", _number(chance.randrange(5, 9_999)))
        yield _fact(node("ChipLine", at), "power", _number(chance.randrange(1, 999)))
        said["person"] = names.new()
        yield _named("Person", at, said["person"])
        yield _fact(node("Person", at), "worksFor", company)
        yield _fact(node("Person", at), "hasManager", node("Person", max(0, at // 2)))
        contract = node("Contract", at)
        yield _named("Contract", at, f"Contract {at}")
        yield _fact(contract, "supplier", company)
        yield _fact(contract, "client", node("Company", chance.randrange(companies)))
        yield _fact(contract, "value", _number(chance.randrange(1_000, 9_999_999)))
    yield _fact(
        node("Contract", 2 * number), "signed", f'"20{10 + number % 10}-0{1 + number % 9}-11"^^<{_XSD}date>'
    )
    bearing = node("RiskBearing", number)
    yield f"{bearing} {_A} <{SCHEMA}RiskBearing> .\n"
    yield _fact(bearing, "bearer", company)
    yield _fact(bearing, "risk", node("RiskKind", chance.randrange(len(_RISKS))))


def labelled_things(count: int, told: list[dict[str, str]] | None = None) -> Iterator[str]:
    """Yield a graph of little but names: so many companies, each with a label and the number of its employees."""
    names, chance = Names(13), random.Random(17)  # noqa: S311
    yield from schema_lines()
    for number in range(count):
        name = names.new()
        yield _named("Company", number, name)
        yield _fact(node("Company", number), "employees", _number(chance.randrange(10, 99_999)))
        if told is not None and number % max(1, count // 8) == 0:
            told.append({"company": name})


def questions(told: list[dict[str, str]]) -> list[str]:
    """Return forty questions about the names that were told, one of them with a slip in it."""
    found = [form.format(**told[i % len(told)]) for i, form in enumerate(FORMS * 3)]
    return [*found, f"How many employees does {told[-1]['company'][:-1]}x have?"]


def write_graph(path: Path, triples: int) -> list[dict[str, str]]:
    """Write a graph as N-Triples and return names to ask for."""
    told: list[dict[str, str]] = []
    with path.open("w", encoding="utf-8") as out:
        out.writelines(graph_lines(triples, told))
    return told
