"""The network of a graph: nothing lost between claims and edges, ways, measures, comparison, formats."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import networkx
import pytest

from kg.claims import ClaimReader
from kg.dataset import Dataset
from kg.network import NETWORK_FORMATS, Network, communities, compare, export_network, measure, read_network
from kg.opening import open_dataset

ID = "http://example.org/id/"
HOSTILE = "</script><img src=x onerror=alert(1)>\"'; DROP -- }}{{ \u202e\x01"


@pytest.fixture(scope="module")
def network(claims_dataset: Dataset) -> Network:
    return read_network(claims_dataset, include=("stated", "inferred", "background"))


@pytest.fixture
def plain(tmp_path: Path) -> Network:
    """A graph without claims: parallel edges, a loop, both directions, a value, no labels for some."""
    path = tmp_path / "plain.ttl"
    path.write_text(
        """@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ex:a a ex:Person ; rdfs:label "Ann"@en ; ex:knows ex:b , ex:a ; ex:pays ex:b ; ex:age 42 .
        ex:b a ex:Person ; rdfs:label "Bob"@en, "Robert"@de ; ex:knows ex:a ; ex:worksFor ex:c .
        ex:c a ex:Firm . ex:d ex:worksFor ex:c .""",
        encoding="utf-8",
    )
    return read_network(open_dataset(path))


def test_every_claim_of_the_graph_is_in_the_network(network: Network, claims_dataset: Dataset) -> None:
    assert {c.iri for c in network.claims} == {c.iri for c in ClaimReader(claims_dataset).matching()}


def test_every_claim_between_entities_is_one_edge(network: Network) -> None:
    assert network.graph.number_of_edges() == sum(claim.object is not None for claim in network.claims)


def test_only_the_kinds_asked_for_are_read(claims_dataset: Dataset) -> None:
    assert {claim.kind for claim in read_network(claims_dataset, include=("stated",)).claims} == {"stated"}


def test_a_plain_graph_keeps_parallel_edges_directions_loops_and_values(plain: Network) -> None:
    ends = sorted(
        (c.subject[-1], c.predicate.rsplit("/", 1)[1], (c.object or c.value or "")[-2:]) for c in plain.claims
    )
    assert ends == [
        ("a", "age", "42"), ("a", "knows", "/a"), ("a", "knows", "/b"), ("a", "pays", "/b"),
        ("b", "knows", "/a"), ("b", "worksFor", "/c"), ("d", "worksFor", "/c"),
    ]  # fmt: skip


def test_labels_classes_and_sentences_come_from_the_graph(plain: Network) -> None:
    ann = plain.entities["http://example.org/a"]
    assert (ann.label, plain.label(ann.classes[0]), plain.label("http://example.org/b")) == (
        "Ann",
        "Person",
        "Bob",
    )
    assert "Bob worksFor c" in {claim.text for claim in plain.claims}


def test_a_limit_is_said_not_silent(tmp_path: Path) -> None:
    path = tmp_path / "many.nt"
    path.write_text("".join(f"<urn:a{n}> <urn:p> <urn:b{n}> .\n" for n in range(20)), encoding="utf-8")
    assert read_network(open_dataset(path), limit=5).truncated
    assert not read_network(open_dataset(path), limit=20).truncated


def test_the_neighbourhood_counts_hops_in_either_direction(plain: Network) -> None:
    near = {iri[-1]: hops for iri, hops in plain.within(["http://example.org/c"], 2).items()}
    assert near == {"c": 0, "b": 1, "d": 1, "a": 2}


def test_a_path_carries_the_claims_of_each_hop_and_says_its_direction(plain: Network) -> None:
    (way,) = plain.paths("http://example.org/d", "http://example.org/b")
    assert [iri[-1] for iri in way.entities] == ["d", "c", "b"]
    assert not way.directed
    assert [[claim.text for claim in hop.claims] for hop in way.hops] == [["d worksFor c"], ["Bob worksFor c"]]


def test_a_directed_path_follows_claims_from_subject_to_object_only(plain: Network) -> None:
    start, end = "http://example.org/c", "http://example.org/a"
    assert plain.paths(start, end, directed=True) == []
    (way,) = plain.paths(end, start, directed=True)
    assert way.directed


@pytest.mark.parametrize("end", ["http://example.org/a", "http://example.org/nowhere"])
def test_there_is_no_path_to_itself_or_to_the_unknown(plain: Network, end: str) -> None:
    assert plain.paths("http://example.org/a", end) == []


def test_denials_and_scenarios_join_nothing(network: Network) -> None:
    apart = [c for c in network.edges if c.polarity == "negative" or c.scenario is not None]
    assert apart
    for claim in apart:
        for way in network.paths(claim.subject, claim.object or ""):
            walked = {c.iri for hop in way.hops for c in hop.claims}
            assert claim.iri not in walked


def test_a_comparison_holds_every_claim_about_the_two_once(network: Network) -> None:
    first, second = ID + "hyperscalers", ID + "merchants"
    found = compare(network, first, second)
    told = [c.iri for row in found.rows for c in (*row.first, *row.second)] + [c.iri for c in found.between]
    about = [c.iri for c in network.claims if {c.subject, c.object} & {first, second}]
    assert sorted(told) == sorted(about)


def test_what_is_denied_of_one_is_not_shared_with_what_is_said_of_the_other(network: Network) -> None:
    for row in compare(network, ID + "hyperscalers", ID + "merchants").rows:
        assert len({claim.polarity for claim in (*row.first, *row.second)}) == 1


def test_measures_agree_with_networkx(network: Network) -> None:
    joined = networkx.Graph(
        (c.subject, c.object) for c in network.edges if c.polarity != "negative" and c.scenario is None
    )
    joined.add_nodes_from(network.entities)
    broker = networkx.betweenness_centrality(joined)
    cut = set(networkx.articulation_points(joined))
    for row in measure(network):
        assert row.broker == pytest.approx(broker[row.iri], abs=1e-4)
        assert row.cut_point == (row.iri in cut)
        assert row.statements == row.outgoing + row.incoming


def test_measures_of_a_large_network_are_the_same_by_the_quick_way(
    plain: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = measure(plain)
    monkeypatch.setattr("kg.network.measures._SMALL", 0)
    assert measure(plain) == slow


def test_communities_are_the_same_every_time_and_hold_every_entity_once(network: Network) -> None:
    found = communities(network)
    assert found == communities(network)
    assert sorted(iri for group in found for iri in group) == sorted(network.entities)


def test_a_scenario_holds_its_claims_and_what_is_claimed_around_them(network: Network) -> None:
    scenario = next(c.scenario for c in network.claims if c.scenario)
    part = network.in_scenario(scenario)
    assert {c.iri for c in network.claims if c.scenario == scenario} <= {c.iri for c in part.claims}
    assert {c.scenario for c in part.claims} <= {scenario, None}


def hostile_network(tmp_path: Path) -> Network:
    text = HOSTILE.replace("\\", "\\\\").replace('"', '\\"').replace("\x01", "\\u0001")
    path = tmp_path / "hostile.ttl"
    path.write_text(
        f"""@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ex:a rdfs:label "{text}" ; ex:p ex:b . ex:b rdfs:label "b\\nb" . ex:p rdfs:label "{text}" .""",
        encoding="utf-8",
    )
    return read_network(open_dataset(path))


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_xml_formats_are_well_formed_and_hold_every_edge(network: Network, tmp_path: Path, form: str) -> None:
    for each in (network, hostile_network(tmp_path)):
        root = ElementTree.fromstring(export_network(each, form))  # noqa: S314 - our own text
        assert len([e for e in root.iter() if e.tag.endswith("}edge")]) == len(each.edges)


def test_graphml_is_read_back_by_networkx_with_quotes_and_positions(network: Network) -> None:
    again = networkx.parse_graphml(export_network(network, "graphml"), force_multigraph=True)
    assert again.number_of_edges() == len(network.edges)
    quotes = {data["quote"] for _, _, data in again.edges(data=True)}
    assert {c.quotes[0].quote for c in network.edges if c.quotes} <= quotes


@pytest.mark.parametrize("form", ["dot", "mermaid", "cypher", "edges"])
def test_line_formats_hold_every_edge_on_a_line_of_its_own(network: Network, tmp_path: Path, form: str) -> None:
    sign = {"dot": " -> ", "mermaid": "|", "cypher": "MERGE (a)-[r:CLAIM", "edges": "\t"}[form]
    for each in (network, hostile_network(tmp_path)):
        lines = [line for line in export_network(each, form).splitlines() if sign in line]
        assert len(lines) == len(each.edges) + (form == "edges")


def test_mermaid_and_dot_quote_what_could_be_markup(tmp_path: Path) -> None:
    hostile = hostile_network(tmp_path)
    assert not set('<>{}"') & set(
        export_network(hostile, "mermaid")
        .replace('["', "")
        .replace('"]', "")
        .replace('|"', "")
        .replace('"|', "")
        .replace("-->", "")
    )
    assert '\\"' in export_network(hostile, "dot")


def test_the_table_of_edges_is_read_back_cell_by_cell(network: Network) -> None:
    rows = list(csv.DictReader(io.StringIO(export_network(network, "edges")), delimiter="\t"))
    assert [row["claim"] for row in rows] == [claim.iri for claim in network.edges]


@pytest.mark.parametrize("form", NETWORK_FORMATS)
def test_the_same_network_gives_the_same_text(network: Network, claims_dataset: Dataset, form: str) -> None:
    again = read_network(claims_dataset, include=("stated", "inferred", "background"))
    assert export_network(network, form) == export_network(again, form)


def test_another_format_is_refused_by_name(network: Network) -> None:
    with pytest.raises(ValueError, match="'svg' is no network format"):
        export_network(network, "svg")


BLANK = """@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:Line rdfs:label "line" . ex:o1 a ex:Order ; rdfs:label "Order 1" ; ex:note [ ex:by ex:x ] ;
  ex:item [ a ex:Line ; ex:of ex:x ; ex:count 2 ] .
ex:o2 a ex:Order ; rdfs:label "Order 2" ; ex:item [ a ex:Line ; ex:of ex:x ; ex:count 2 ] ."""


def test_blank_nodes_have_the_same_names_at_each_reading_and_say_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "blank.ttl"
    path.write_text(BLANK, encoding="utf-8")
    one, other = (read_network(open_dataset(path)) for _ in range(2))
    assert one == other
    labels = {entity.label for iri, entity in one.entities.items() if iri.startswith("_:")}
    assert labels == {"line of Order 1", "line of Order 2", "note of Order 1"}


def test_things_are_named_by_the_property_of_their_graph_that_names_things(tmp_path: Path) -> None:
    path = tmp_path / "named.ttl"
    path.write_text(
        """@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ex:fullName rdfs:label "full name" . ex:1 ex:fullName "Anna Weiss" ; ex:knows ex:2 ; ex:age 4 .
        ex:2 rdfs:label "Bo" ; ex:fullName "Boris Lind" .""",
        encoding="utf-8",
    )
    found = read_network(open_dataset(path))
    assert {entity.label for entity in found.entities.values()} == {"Anna Weiss", "Bo"}
    assert {claim.value for claim in found.claims if claim.value} == {"4"}


def test_of_a_large_graph_only_what_is_near_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ring.ttl"
    path.write_text("\n".join(f"<urn:e{n}> a <urn:C> ; <urn:p> <urn:e{(n + 1) % 60}> ." for n in range(60)))
    dataset = open_dataset(path)
    whole = read_network(dataset, around=["urn:e5"], hops=2)
    monkeypatch.setattr("kg.network.source._LARGE", 50)
    near = read_network(dataset, around=["urn:e5"], hops=2)
    assert len(whole.entities) == 60
    assert set(near.entities) == set(whole.within(["urn:e5"], 2))
    assert near.entities["urn:e4"] == whole.entities["urn:e4"]


def test_claims_near_a_thing_are_those_a_walk_through_all_of_them_meets(
    network: Network, claims_dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.network.source._LARGE", 0)
    start = max(network.neighbours, key=lambda iri: len(network.neighbours[iri]))
    kinds = ("stated", "inferred", "background")
    near = read_network(claims_dataset, include=kinds, around=[start], hops=1)
    assert {c.iri for c in near.claims} == {c.iri for c in network.claims if start in (c.subject, c.object)}
