"""GraphML and GEXF, written as they come: first the things, then the edges.

networkx writes both too, but from a tree of the whole document. What is written here, it reads back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from kg.network.edge_data import EDGE_DATA, edge_data
from kg.network.model import Entity, Network

__all__ = ["gexf", "graphml"]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = "<?xml version='1.0' encoding='utf-8'?>\n"
_SCHEMA = "http://graphml.graphdrawing.org/xmlns"
_GEXF = "http://www.gexf.net/1.2draft"
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def graphml(things: Iterable[Network], statements: Iterable[Network]) -> Iterator[str]:
    """Yield GraphML: the things of some networks, and the edges of some.

    >>> "".join(graphml([], [])).count("<key ")
    13
    """
    yield (f'{_HEAD}<graphml xmlns="{_SCHEMA}" {_XSI} xsi:schemaLocation="{_SCHEMA} {_SCHEMA}/1.0/graphml.xsd">\n')
    for place, names in (("node", ("label", "classes")), ("edge", ("label", *EDGE_DATA))):
        for name in names:
            yield f'  <key id="{place[0]}{name}" for="{place}" attr.name="{name}" attr.type="string" />\n'
    yield '  <graph edgedefault="directed">\n'
    for part in things:
        for iri, entity in part.entities.items():
            data = {"label": entity.label, "classes": _classes(part, entity)}
            yield f"    <node id={_attribute(iri)}>\n{_data('n', data)}    </node>\n"
    for part in statements:
        for claim in part.edges:
            about = edge_data(part, claim)
            ends = f"source={_attribute(claim.subject)} target={_attribute(claim.object or '')}"
            inside = _data("e", {"label": about["relation"], **about})
            yield f"    <edge {ends} id={_attribute(claim.iri)}>\n{inside}    </edge>\n"
    yield "  </graph>\n</graphml>\n"


def _data(place: str, about: dict[str, str]) -> str:
    return "".join(
        f'      <data key="{place}{name}">{escape(_xml(text))}</data>\n' for name, text in about.items()
    )


def gexf(things: Iterable[Network], statements: Iterable[Network]) -> Iterator[str]:
    """Yield GEXF 1.2: the things of some networks, and the edges of some.

    >>> "".join(gexf([], [])).count("<attribute ")
    12
    """
    yield (
        f'{_HEAD}<gexf xmlns="{_GEXF}" {_XSI} xsi:schemaLocation="{_GEXF} {_GEXF}/gexf.xsd" version="1.2">\n'
        '  <graph defaultedgetype="directed" mode="static" name="">\n'
    )
    edge_names = (*EDGE_DATA, "networkx_key")  # the last is what networkx tells parallel edges apart by
    for place, names in (("node", ("classes",)), ("edge", edge_names)):
        yield f'    <attributes mode="static" class="{place}">\n'
        for number, name in enumerate(names):
            yield f'      <attribute id="{place[0]}{number}" title="{name}" type="string" />\n'
        yield "    </attributes>\n"
    yield "    <nodes>\n"
    for part in things:
        for iri, entity in part.entities.items():
            values = _values("n", [_classes(part, entity)])
            yield f"      <node id={_attribute(iri)} label={_attribute(entity.label)}>\n{values}      </node>\n"
    yield "    </nodes>\n    <edges>\n"
    edges = ((part, claim) for part in statements for claim in part.edges)
    for number, (part, claim) in enumerate(edges):
        about = edge_data(part, claim)
        ends = f"source={_attribute(claim.subject)} target={_attribute(claim.object or '')}"
        values = _values("e", [*about.values(), claim.iri])
        yield f'      <edge {ends} id="{number}" label={_attribute(about["relation"])}>\n{values}      </edge>\n'
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _values(place: str, texts: list[str]) -> str:
    lines = (f'          <attvalue for="{place}{n}" value={_attribute(t)} />\n' for n, t in enumerate(texts))
    return f"        <attvalues>\n{''.join(lines)}        </attvalues>\n"


def _classes(network: Network, entity: Entity) -> str:
    return ", ".join(network.label(c) for c in entity.classes)


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
