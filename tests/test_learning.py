"""Asking back once, and the user's own lexicon: what was said is not asked again."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.learning.learning import learn, query_for
from kg.learning.lexicon import Lexicon, read_lexicon, remember
from kg.learning.overlay import LexicalWord, with_words
from kg.results import Answer, Reading
from kgq.lexicon_place import lexicon_place

BUYS = "https://w3id.org/kgq/aii#buys"
PLAIN = """@prefix : <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
:Firm a owl:Class ; rdfs:label "firm" . :Good a owl:Class ; rdfs:label "good" .
:makes a owl:ObjectProperty ; rdfs:label "makes" .
:acme a :Firm ; rdfs:label "Acme" ; :makes :anvil . :anvil a :Good ; rdfs:label "anvil" .
"""


@pytest.fixture(scope="module")
def claims() -> KnowledgeGraph:
    return open_graph()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "firms.ttl"
    path.write_text(PLAIN, encoding="utf-8")
    return path


def names(answer: Answer) -> set[str]:
    return {row.cells[0].value for row in answer.rows if row.cells[0] is not None}


def test_a_word_that_means_a_property_answers_the_question(claims: KnowledgeGraph) -> None:
    assert claims.query("who gobbles GPUs").status == "not_understood"
    found = learn(claims.asker(), claims.vocabulary, "who gobbles GPUs", "gobbles", BUYS)
    assert found is not None
    answer, word = found
    assert "merchants" in names(answer)
    assert (word.text, word.targets, word.part_of_speech) == ("gobbles", (BUYS,), "verb")
    assert answer.explanation[0] == "gobbles: buys (as you said)"


def test_a_word_may_read_from_object_to_subject(source: Path) -> None:
    graph = open_graph(source)
    found = learn(graph.asker(), graph.vocabulary, "who is the zork of anvil", "zork", "http://example.com/makes")
    assert found is not None
    assert names(found[0]) == {"Acme"}


def test_a_word_that_does_not_help_is_not_learned(claims: KnowledgeGraph) -> None:
    assert learn(claims.asker(), claims.vocabulary, "zork gobbles blurb", "gobbles", BUYS) is None


def test_what_is_asked_back_names_the_word_and_near_terms(claims: KnowledgeGraph) -> None:
    answer = Answer("what do merchants buyz", "not_understood", uncovered=("buyz",), suggestions=("buys",))
    query = query_for(claims.vocabulary, answer)
    assert query is not None
    assert query.text == "What does 'buyz' mean?"
    assert query.options[0].iri == BUYS


def test_unknown_words_in_a_row_are_one_phrase(claims: KnowledgeGraph) -> None:
    answer = Answer("who wolfs blurp GPUs", "not_understood", uncovered=("wolfs", "blurp"), suggestions=("buys",))
    query = query_for(claims.vocabulary, answer)
    assert query is not None
    assert query.word == "wolfs blurp"
    found = learn(claims.asker(), claims.vocabulary, answer.question, query.word, BUYS)
    assert found is not None
    assert "merchants" in names(found[0])


def test_nothing_is_asked_back_where_no_answer_could_help(claims: KnowledgeGraph) -> None:
    silent = Answer("q", "not_understood", uncovered=("qqqqqqqqqqqq",))
    assert query_for(claims.vocabulary, silent) is None
    assert query_for(claims.vocabulary, Answer("q", "answered")) is None
    assert query_for(claims.vocabulary, Answer("q", "not_stated")) is None


def test_a_remembered_word_is_loaded_with_the_graph(tmp_path: Path) -> None:
    lexicon = tmp_path / "deep" / "own.ttl"
    remember(lexicon, LexicalWord("gobble", (BUYS,), "verb"))
    graph = open_graph(lexicon=lexicon)
    assert "merchants" in names(graph.query("who gobbles GPUs"))
    assert open_graph().query("who gobbles GPUs").status == "not_understood"


def test_a_lexicon_serves_plain_rdf_and_ignores_terms_of_other_graphs(source: Path, tmp_path: Path) -> None:
    lexicon = tmp_path / "own.ttl"
    remember(lexicon, LexicalWord("fabricate", ("http://example.com/makes",), "verb"))
    remember(lexicon, LexicalWord("gobble", (BUYS,), "verb"))
    remember(lexicon, LexicalWord("outfit", ("http://example.com/Firm",)))
    remember(lexicon, LexicalWord("the Anvil Folk", ("http://example.com/acme",)))
    graph = open_graph(source, lexicon=lexicon)
    assert names(graph.query("which outfits fabricate anvil")) == {"Acme"}
    assert names(graph.query("what does the Anvil Folk make")) == {"anvil"}
    assert graph.query("who gobbles anvil").status == "not_understood"


def test_what_a_person_wrote_in_the_lexicon_stays(tmp_path: Path) -> None:
    lexicon = tmp_path / "own.ttl"
    mine = "# mine\n@prefix o: <http://www.w3.org/ns/lemon/ontolex#> .\n[] o:denotes <http://e/x> ;\n"
    mine += '  o:canonicalForm [ o:writtenRep "thing"@en ] ; o:otherForm [ o:writtenRep "things" ] .\n'
    lexicon.write_text(mine, encoding="utf-8")
    lexicon.chmod(0o640)
    remember(lexicon, LexicalWord("gobble", (BUYS,), "verb", inverse=True))
    assert lexicon.read_text("utf-8").startswith(mine)
    assert lexicon.stat().st_mode & 0o777 == 0o640
    words = read_lexicon(lexicon).words
    assert {w.text for w in words} == {"thing", "things", "gobble"}
    assert LexicalWord("gobble", (BUYS,), "verb", inverse=True) in words


@given(
    text=st.text(min_size=1, max_size=40).filter(lambda t: "\x00" not in t and t.isprintable()),
    part=st.sampled_from(("noun", "verb", "adjective")),
    inverse=st.booleans(),
)
def test_what_is_remembered_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, text: str, part: str, inverse: bool
) -> None:
    lexicon = tmp_path_factory.mktemp("lexicon") / "own.ttl"
    word = LexicalWord(text, (BUYS,), part, inverse)
    remember(lexicon, word)
    assert read_lexicon(lexicon).words == [word]


def _remember_many(lexicon: Path, start: int) -> None:
    for n in range(start, start + 10):
        remember(lexicon, LexicalWord(f"word{n}", (BUYS,), "verb"))


@pytest.mark.slow
def test_processes_at_once_lose_no_word(tmp_path: Path) -> None:
    lexicon = tmp_path / "own.ttl"
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=_remember_many, args=(lexicon, n * 10)) for n in range(3)]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    assert {w.text for w in read_lexicon(lexicon).words} == {f"word{n}" for n in range(30)}


def test_a_broken_lexicon_is_told_with_its_line_and_left_alone(tmp_path: Path) -> None:
    lexicon = tmp_path / "own.ttl"
    lexicon.write_text("# fine\n<a> <b> .\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"own\.ttl:2: not valid Turtle"):
        open_graph(lexicon=lexicon).query("who bears capex risk")
    with pytest.raises(SourceError, match="not valid Turtle"):
        remember(lexicon, LexicalWord("gobble", (BUYS,)))
    assert lexicon.read_text("utf-8") == "# fine\n<a> <b> .\n"


def test_a_lexicon_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_lexicon(tmp_path / "none.ttl").words == []
    assert open_graph(lexicon=tmp_path / "none.ttl").query("who bears capex risk").status == "answered"


READINGS = (
    Reading("Who buys GPUs?", "SELECT DISTINCT ?answer ?claim1 { ?claim1 kgq:claimSubject ?answer ;"
            " kgq:claimPredicate aii:buys ; kgq:claimObject id:gpus }"),
    Reading("Is there a claim?", "ASK { ?claim a kgq:StatedClaim }"),
)  # fmt: skip


def test_a_reading_that_was_chosen_answers_with_its_evidence(claims: KnowledgeGraph) -> None:
    answer = claims.choose(Answer("gpus?", "ambiguous", readings=READINGS), 0)
    assert "merchants" in names(answer)
    assert all(row.evidence for row in answer.rows if row.kind == "stated")
    assert (answer.status, answer.readings, answer.paraphrase) == ("answered", (), "Who buys GPUs?")
    assert claims.choose(Answer("gpus?", "ambiguous", readings=READINGS), 1).boolean is True
    with pytest.raises(IndexError):
        claims.choose(Answer("gpus?", "ambiguous", readings=READINGS), 2)


def test_a_chosen_reading_is_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon = tmp_path / "own.ttl"
    ambiguous = Answer("GPUs?", "ambiguous", readings=READINGS)
    monkeypatch.setattr("kg.questions.ask", lambda _, __, text, **___: ambiguous._replace(question=text))
    assert open_graph(lexicon=lexicon).query("GPUs?").status == "ambiguous"
    remember(lexicon, question="GPUs?", reading=READINGS[0].paraphrase)
    assert "merchants" in names(open_graph(lexicon=lexicon).query("gpus"))
    assert open_graph(lexicon=lexicon).query("and CPUs?").status == "ambiguous"


def test_readings_are_asked_for_by_their_paraphrase(claims: KnowledgeGraph) -> None:
    query = query_for(claims.vocabulary, Answer("gpus?", "ambiguous", readings=READINGS))
    assert query is not None
    assert [option.text for option in query.options] == ["Who buys GPUs?", "Is there a claim?"]


def test_the_platform_says_where_words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_LEXICON", "off")
    assert lexicon_place() is None
    monkeypatch.delenv("KGQ_LEXICON")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert lexicon_place() == Path("/data/kgq/lexicon.ttl")
    assert lexicon_place("mine.ttl") == Path("mine.ttl")
    assert Lexicon.key(" Who  buys GPUs? ") == "who buys gpus"


def test_further_words_leave_the_vocabulary_below_as_it_was(claims: KnowledgeGraph) -> None:
    before = dict(claims.vocabulary.index.phrases)
    more = with_words(claims.vocabulary, [LexicalWord("gobble", (BUYS,), "verb")])
    assert claims.vocabulary.index.phrases == before
    assert more is not claims.vocabulary
    assert with_words(claims.vocabulary, [LexicalWord("gobble", ("http://e/none",))]) is claims.vocabulary


def test_a_question_on_a_terminal_is_asked_back_once(terminal: Callable[..., Any], tmp_path: Path) -> None:
    first = terminal("query", "--interactive", "who gobbles GPUs?")
    first.expect("What does 'gobbles' mean?")
    first.expect("Enter for none: ")
    first.type("aii:buys\n")
    code, seen = first.finish()
    assert code == 0
    assert "merchants" in seen
    assert f"kept 'gobbles' in {tmp_path / 'own.ttl'}." in seen
    code, seen = terminal("query", "--interactive", "who gobbles GPUs?").finish()
    assert code == 0
    assert "mean?" not in seen
    assert "merchants" in seen


AMBIGUOUS = """@prefix : <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
:City a owl:Class ; rdfs:label "city" ; skos:altLabel "place" .
:Country a owl:Class ; rdfs:label "country" ; skos:altLabel "place" .
:capital a owl:ObjectProperty ; rdfs:label "capital" ; rdfs:domain :Country ; rdfs:range :City .
:fr a :Country ; rdfs:label "France" ; :capital :paris . :paris a :City ; rdfs:label "Paris" .
:lyon a :City ; rdfs:label "Lyon" .
"""


def test_a_chosen_reading_settles_its_word_for_other_questions_too(
    terminal: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "places.ttl").write_text(AMBIGUOUS, encoding="utf-8")
    asked = terminal("-g", "places.ttl", "query", "--interactive", "which places are there?")
    asked.expect("Which is meant?")
    options = asked.expect("Enter for none: ")
    asked.type("1\n" if options.index("ountr") < options.index("it") else "2\n")
    code, seen = asked.finish()
    assert code == 0
    assert "France" in seen
    assert '"places"@en' in (tmp_path / "own.ttl").read_text("utf-8")
    code, seen = terminal("-g", "places.ttl", "query", "--interactive", "how many places are there?").finish()
    assert (code, "meant" in seen) == (0, False)
    assert seen.split()[0] == "1"


def test_no_answer_to_the_question_back_is_no_answer(terminal: Callable[..., Any], tmp_path: Path) -> None:
    for said in ("\n", "99\n", "no such thing\n"):
        asked = terminal("query", "--interactive", "who gobbles GPUs?")
        asked.expect("Enter for none: ")
        asked.type(said)
        code, seen = asked.finish()
        assert code == 3
        assert "not understood" in seen
    assert not (tmp_path / "own.ttl").exists()


def test_ctrl_c_at_the_question_back_interrupts(terminal: Callable[..., Any]) -> None:
    asked = terminal("query", "--interactive", "who gobbles GPUs?")
    asked.expect("Enter for none: ")
    asked.type("\x03")
    assert asked.finish()[0] == 130


def test_without_a_terminal_nothing_can_be_asked_back(run: Callable[..., Any]) -> None:
    result = run("query", "--interactive", "who gobbles GPUs?")
    assert result.code == 2
    assert "there is none" in result.err


def test_a_settings_file_says_where_words_are_kept(run: Callable[..., Any]) -> None:
    remember(Path("words.ttl"), LexicalWord("gobble", (BUYS,), "verb"))
    Path("kgq.toml").write_text('lexicon = "words.ttl"\n', encoding="utf-8")
    assert run("query", "who gobbles GPUs?").code == 0
    assert run("query", "--lexicon", "off", "who gobbles GPUs?").code == 3
