"""What English adjectives measure: *long* is a length or a duration, *cheap* a low price, *old* an early date.

General English only. Which property of a graph an adjective means is decided by the graph: the words
of its labels, its units and datatypes, and the class it is asked of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kg.vocabulary.words import root, stem

__all__ = [
    "CONCEPTS",
    "QUANTITY_ADJECTIVES",
    "QUANTITY_VERBS",
    "UNITS",
    "Adjective",
    "adjective",
    "concept_rank",
    "convert",
    "graded",
    "same_unit",
]


@dataclass(frozen=True, slots=True)
class Concept:
    """A kind of quantity: the words that name it, its units, and whether it is a date."""

    nouns: frozenset[str]
    units: frozenset[str]
    date: bool = False


class Adjective(NamedTuple):
    """What an adjective measures.

    Attributes:
        concepts: names of concepts, the likeliest first; empty where any quantity will do.
        sign: 1 where more of the quantity is more of the adjective, else -1.
        by_date: the sign on a date (an *older* thing has an earlier date), 0 where dates do not count.
    """

    concepts: tuple[str, ...]
    sign: int
    by_date: int = 0


def _concept(nouns: str, units: str = "", *, date: bool = False) -> Concept:
    return Concept(frozenset(stem(w) for w in nouns.split()), frozenset(units.split()), date)


_MONEY = "usd eur gbp $ € £ dollars euros pounds"

CONCEPTS: dict[str, Concept] = {
    "area": _concept("area surface acreage", "km² km2 sqkm acres hectares ha m² m2 sqm"),
    "volume": _concept("volume capacity", "l litres liters m³ m3 cubic gallons ml gb mb tb"),
    "size": _concept("size magnitude", "kb gb mb bytes"),
    "population": _concept("population inhabitants people residents citizens", "people inhabitants"),
    "staff": _concept("employees staff headcount workforce personnel members seats beds students enrollment"),
    "turnover": _concept("revenue turnover sales income earnings assets capitalization budget gross", _MONEY),
    "amount": _concept("amount quantity count number total sum value"),
    "length": _concept(
        "length distance mileage pages", "km kilometres kilometers m metres meters mi miles ft feet cm mm"
    ),
    "duration": _concept(
        "duration runtime time period term lifespan lifetime",
        "min mins minutes hours h seconds s days weeks months years",
    ),
    "diameter": _concept("diameter radius circumference", "km m cm mm"),
    "height": _concept("height elevation altitude stature tall", "m metres meters ft feet cm"),
    "depth": _concept("depth draught draft", "m metres meters ft feet"),
    "width": _concept("width breadth wingspan", "m metres meters cm mm"),
    "weight": _concept("weight mass tonnage payload", "kg kilograms g grams t tonnes tons lb lbs pounds"),
    "speed": _concept("speed velocity pace rate", "km/h kmh mph knots"),
    "price": _concept("price cost fee rent fare charge premium rate expense amount", _MONEY),
    "age": _concept("age", "years"),
    "date": _concept(
        "date year founded established born birth built opened released published created", date=True
    ),
    "temperature": _concept("temperature heat", "celsius fahrenheit kelvin °c °f"),
    "density": _concept("density concentration"),
    "rating": _concept("rating score rank grade stars review popularity", "stars"),
    "wealth": _concept("wealth income salary wage worth fortune assets", _MONEY),
    "profit": _concept("profit margin profitability return", _MONEY),
    "power": _concept("power strength output capacity wattage", "w kw mw gw watts megawatts hp"),
    "risk": _concept("risk severity danger cvss"),
}

_BIG = (
    "area",
    "size",
    "volume",
    "population",
    "staff",
    "turnover",
    "power",
    "amount",
    "length",
    "weight",
    "height",
    "diameter",
)
_ADJECTIVES: dict[str, Adjective] = {}
for _words, _found in (
    ("big large great huge vast extensive", Adjective(_BIG, 1)),
    ("small little tiny", Adjective(_BIG, -1)),
    ("long", Adjective(("length", "duration"), 1)),
    ("short", Adjective(("length", "duration", "height"), -1)),
    ("tall", Adjective(("height", "length"), 1)),
    ("high", Adjective(("height",), 1)),
    ("low", Adjective(("height",), -1)),
    ("deep", Adjective(("depth",), 1)),
    ("shallow", Adjective(("depth",), -1)),
    ("wide broad", Adjective(("width", "diameter"), 1)),
    ("narrow", Adjective(("width",), -1)),
    ("heavy", Adjective(("weight",), 1)),
    ("light lightweight", Adjective(("weight",), -1)),
    ("fast quick rapid", Adjective(("speed", "duration"), 1)),
    ("slow", Adjective(("speed",), -1)),
    ("expensive costly dear pricey", Adjective(("price", "amount"), 1)),
    ("cheap inexpensive affordable", Adjective(("price", "amount"), -1)),
    ("old early", Adjective(("age", "date"), 1, -1)),
    ("young new recent late latest modern", Adjective(("age", "date"), -1, 1)),
    ("first", Adjective(("date",), -1, -1)),
    ("last", Adjective(("date",), 1, 1)),
    ("hot warm", Adjective(("temperature",), 1)),
    ("cold cool", Adjective(("temperature",), -1)),
    ("dense crowded", Adjective(("density", "population"), 1)),
    ("sparse", Adjective(("density", "population"), -1)),
    ("populous populated peopled", Adjective(("population",), 1)),
    ("good popular", Adjective(("rating",), 1)),
    ("bad poor", Adjective(("rating", "wealth"), -1)),
    ("rich wealthy", Adjective(("wealth", "turnover"), 1)),
    ("profitable lucrative", Adjective(("profit", "turnover"), 1)),
    ("powerful strong", Adjective(("power",), 1)),
    ("weak", Adjective(("power",), -1)),
    ("risky dangerous severe", Adjective(("risk", "rating"), 1)),
    ("safe", Adjective(("risk",), -1)),
):
    for _word in _words.split():
        _ADJECTIVES[_word] = _found

_GRADED = {
    "best": ("good", "sup"), "better": ("good", "cmp"), "worst": ("bad", "sup"), "worse": ("bad", "cmp"),
    "latest": ("late", "sup"), "later": ("late", "cmp"), "highest": ("high", "sup"), "elder": ("old", "cmp"),
    "eldest": ("old", "sup"), "first": ("first", "sup"), "last": ("last", "sup"), "biggest": ("big", "sup"),
    "further": ("long", "cmp"), "farther": ("long", "cmp"), "farthest": ("long", "sup"),
    "furthest": ("long", "sup"), "longer": ("long", "cmp"), "maximal": ("high", "sup"), "minimal": ("low", "sup"),
    "largest": ("large", "sup"), "earliest": ("early", "sup"), "newest": ("new", "sup"),
}  # fmt: skip


QUANTITY_ADJECTIVES = {
    "price": "expensive", "turnover": "rich", "weight": "heavy", "duration": "long", "population": "populous",
    "length": "long",
}  # fmt: skip
"""The adjective that measures what a quantity verb speaks of (*weigh*: heavy)."""

QUANTITY_VERBS = {
    word: name
    for name, words in {
        "price": "pay paid paying pays charge charged cost costs spent spend billed owed worth",
        "turnover": "earn earned earns generated made",
        "weight": "weigh weighs weighed",
        "duration": "last lasts lasted take takes took taken",
        "population": "live lives living inhabit inhabiting reside stay",
        "length": "measure measures travelled traveled stretch stretches",
    }.items()
    for word in words.split()
}
"""Verbs that only repeat what quantity is spoken of: premiums *paid*, people *living* there."""

_ANY_UNIT = frozenset(("size",))
"""Quantities that come in units of every kind."""
_SCALE_WORDS = frozenset(("thousand", "thousands", "million", "millions", "billion", "billions", "percent", "%"))
_HEADS = frozenset(("population",))
"""Quantities whose unit only counts (*20,000 people*)."""

_DIMENSIONS = {
    "length": "mm 0.001|cm 0.01|m 1|km 1000|in 0.0254|ft 0.3048|mi 1609.344",
    "mass": "mg 0.000001|g 0.001|kg 1|t 1000|lb 0.45359237",
    "time": "s 1|min 60|h 3600|d 86400|weeks 604800",
    "data": "bytes 1|kb 1000|mb 1000000|gb 1000000000|tb 1000000000000",
    "power": "w 1|kw 1000|mw 1000000|gw 1000000000",
    "area": "sq m 1|ha 10000|sq km 1000000|sq mi 2589988.11|acres 4046.86",
}
_SCALES = {
    unit: (dimension, float(factor))
    for dimension, text in _DIMENSIONS.items()
    for unit, _, factor in (item.rpartition(" ") for item in text.split("|"))
}
UNITS = frozenset(
    [
        "g",
        "kg",
        "mg",
        "t",
        "lb",
        "mm",
        "cm",
        "m",
        "km",
        "mi",
        "ft",
        "in",
        "s",
        "min",
        "h",
        "ms",
        "kb",
        "mb",
        "gb",
        "tb",
        "w",
        "kw",
        "mw",
        "gw",
        "ha",
        "l",
        "ml",
        "eur",
        "usd",
        "gbp",
        "pct",
        "percent",
        "kmh",
        "mph",
        "hours",
        "minutes",
        "seconds",
        "days",
        "meters",
        "metres",
        "kilometers",
        "kilometres",
        "miles",
    ]
)
"""Words that are a unit when they end a property's name (``weight_g``)."""


def convert(value: float, unit: str, wanted: str) -> float | None:
    """Return a value in another unit, None where the two do not measure the same.

    >>> convert(2, "hours", "minutes"), convert(2, "hours", "kg")
    (120.0, None)
    """
    left, right = _unit_key(unit), _unit_key(wanted)
    if left == right or not right:
        return value
    a, b = _SCALES.get(left), _SCALES.get(right)
    return value * a[1] / b[1] if a and b and a[0] == b[0] else None


_UNITS = {
    "kilometre": "km", "kilometer": "km", "metre": "m", "meter": "m", "mile": "mi", "foot": "ft", "feet": "ft",
    "square": "sq", "sqkm": "sq km", "km²": "sq km", "km2": "sq km", "kilogram": "kg", "gram": "g", "tonne": "t",
    "ton": "t", "euro": "eur", "€": "eur", "dollar": "usd", "$": "usd", "pound": "gbp", "£": "gbp", "year": "y",
    "hour": "h", "minute": "min", "mins": "min", "second": "s", "day": "d", "week": "weeks", "people": "",
    "per": "/", "hectare": "ha", "acre": "acres", "litre": "l", "liter": "l", "watt": "w", "kilowatt": "kw",
    "megawatt": "mw", "gigawatt": "gw",    "sqm": "sq m", "m²": "sq m", "m2": "sq m",
}  # fmt: skip


def is_unit(word: str) -> bool:
    """Whether a word by itself is a unit (*in days*, but not *in space*).

    >>> is_unit("days"), is_unit("space")
    (True, False)
    """
    known = word in UNITS or word in _UNITS or word.rstrip("s") in _UNITS or word in _SCALE_WORDS or "/" in word
    return known or any(word in concept.units for concept in CONCEPTS.values())


def counts_in(words: frozenset[str], unit: str) -> bool:
    """Whether what some words name may be counted in a unit: no number of rooms in square metres.

    >>> counts_in(frozenset({"number", "room"}), "square metres"), counts_in(frozenset({"room"}), "kg")
    (False, True)
    """
    said = {name for name, concept in CONCEPTS.items() if words & concept.nouns and not concept.date}
    key = _unit_key(unit)
    units = {name for name, c in CONCEPTS.items() if any(_unit_key(u) == key for u in c.units)}
    return not said or not units or bool(said & units) or bool(said & _ANY_UNIT) or bool(units & _HEADS)


def same_unit(left: str, right: str) -> bool:
    """Whether two ways to write a unit mean the same.

    >>> same_unit("square kilometres", "sq km"), same_unit("km", "miles")
    (True, False)
    """
    return _unit_key(left) == _unit_key(right)


def _unit_key(text: str) -> str:
    words = [_UNITS.get(w, _UNITS.get(w.rstrip("s"), w)) for w in text.lower().split()]
    return " ".join(w for w in words if w)


def adjective(word: str) -> Adjective | None:
    """Return what a plain adjective measures, or None.

    >>> adjective("cheap").sign
    -1
    """
    return _ADJECTIVES.get(word)


def graded(word: str) -> tuple[str, str] | None:
    """Return (plain adjective, ``sup`` or ``cmp``) for a graded form that is known, or None.

    >>> graded("heaviest"), graded("cheaper"), graded("forest")
    (('heavy', 'sup'), ('cheap', 'cmp'), None)
    """
    if word in _GRADED:
        return _GRADED[word]
    for ending, kind in (("est", "sup"), ("er", "cmp")):
        if word.endswith(ending):
            base = word[: -len(ending)]
            options = [base, base + "e"]
            if base.endswith("i"):
                options.append(base[:-1] + "y")
            if len(base) > 2 and base[-1] == base[-2]:
                options.append(base[:-1])
            for option in options:
                if option in _ADJECTIVES:
                    return option, kind
    return None


def concept_rank(concepts: tuple[str, ...], words: frozenset[str], unit: str, is_date: bool) -> int | None:
    """Return which of some concepts a property's words, unit or datatype name, or None; 0 is the likeliest."""
    units = {unit} if unit.startswith(("square", "cubic")) else {unit, *unit.split()}
    roots = {root(w) for w in words}
    for position, name in enumerate(concepts):
        concept = CONCEPTS[name]
        if concept.date:
            if is_date:
                return position
        elif not is_date and (words & concept.nouns or roots & {root(n) for n in concept.nouns}):
            return position
    others = (concept for name, concept in CONCEPTS.items() if name not in concepts and not concept.date)
    if any(words & concept.nouns for concept in others):
        return None
    for position, name in enumerate(concepts):
        if not is_date and units & CONCEPTS[name].units:
            return position + len(concepts)
    return None
