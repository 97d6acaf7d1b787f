"""`kgq shell`: line after line, piped or on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.knowledge_graph import open_graph
from kgq.completion import Completer, names_of
from kgq.line_editing import history_file
from kgq.session import Session
from kgq.shell import Shell

GRAPH = open_graph()
Run = Callable[..., Any]


def shell(run: Run, *lines: str, arguments: tuple[str, ...] = ()) -> Any:
    return run("shell", *arguments, stdin="".join(f"{line}\n" for line in lines))


def test_piped_lines_are_answered_one_after_the_other(run: Run) -> None:
    result = shell(run, "what do merchants buy?", "", "# a remark", "who bears capex risk?")
    assert result.code == 0
    assert result.out.index("GPUs") < result.out.index("hyperscalers")
    assert "kgq>" not in result.out


def test_a_follow_up_says_what_it_was_read_as(run: Run) -> None:
    result = shell(run, "what do merchants buy?", "and Oracle?")
    assert "→ what do Oracle buy?" in result.out
    assert "because Oracle is a member of merchants" in " ".join(result.out.split())


def test_why_shows_the_proof_of_the_last_answer(run: Run) -> None:
    result = shell(run, "what do merchants buy?", "why?")
    assert "Why\n" in result.out
    assert result.out.count("“Buy GPUs (mostly NVIDIA)”") == 2


def test_sparql_is_taken_too(run: Run) -> None:
    result = shell(run, "ASK { id:hyperscalers a aii:ActorGroup }", "SELECT * { broken")
    assert result.out.strip() == "true"
    assert "not valid SPARQL" in result.err
    assert result.code == 0


def test_one_bad_line_does_not_end_the_sitting(run: Run) -> None:
    result = shell(run, "which zorkmids are there?", ":nonsense", "what do merchants buy?")
    assert "'zorkmids'" in result.err
    assert "no command ':nonsense'" in result.err
    assert "GPUs" in result.out


@pytest.mark.parametrize("end", [":quit", ":q", "exit", "quit", ":exit"])
def test_quit_leaves(run: Run, end: str) -> None:
    assert shell(run, end, "what do merchants buy?").out == ""


def test_commands_show_what_lies_behind_the_last_answer(run: Run) -> None:
    result = shell(run, ":sparql", "what do merchants buy?", ":sparql", ":explain", ":history")
    assert "nothing was asked yet" in result.err
    assert result.out.count("SELECT DISTINCT") == 2
    assert "Understood as:" in result.out
    assert "   2  what do merchants buy?" in result.out


def test_things_and_words_can_be_looked_up(run: Run) -> None:
    result = shell(run, ":show CoreWeave", ":show", ":vocabulary risk", ":show nothing at all")
    assert "CoreWeave" in result.out
    assert "bears risk" in result.out
    assert "name a thing" in result.err
    assert "nothing in the graph is called 'nothing at all'" in result.err


def test_the_form_of_answers_can_be_changed(run: Run) -> None:
    result = shell(run, ":format csv", "what do merchants buy?", ":format xml", ":format json", "and Oracle?")
    assert "answer,kind,polarity" in result.out
    assert "the formats are table, json, csv, tsv, md; now csv." in result.err
    assert '"status": "answered"' in result.out


def test_the_kinds_that_count_can_be_changed(run: Run) -> None:
    result = shell(run, "what does Oracle buy?", ":include stated", "what does Oracle buy?", ":include guessed")
    assert "Not stated" in result.out
    assert "the kinds are stated, inferred, background; now stated." in result.err


def test_an_answer_can_be_saved(run: Run) -> None:
    result = shell(run, ":save", "what do merchants buy?", ":save", ":save answer.csv")
    assert "GPUs" in Path("answer.csv").read_text("utf-8")
    assert "name a file" in result.err
    assert "wrote answer.csv." in result.err


def test_the_shell_takes_no_output_file(run: Run) -> None:
    result = run("shell", "-o", "answers.txt")
    assert result.code == 2
    assert "Use :save FILE" in result.err


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=60)
    | st.sampled_from([":explain", ":save /nowhere/x.csv", ":show (", ":include", "why?"])
)
def test_no_line_ends_the_sitting(capfdbinary: pytest.CaptureFixture[bytes], text: str) -> None:
    sitting = Shell(Session(), GRAPH, include=("stated", "inferred"), time_limit=5, terminal=False)
    sitting.take("what do merchants buy?")
    left = text.strip().lower() in ("exit", "quit", "bye", ":quit", ":q", ":exit")
    assert sitting.take(text) is not left
    capfdbinary.readouterr()


def test_every_command_is_in_the_help(run: Run) -> None:
    from kgq.shell import _HELP

    result = shell(run, ":help")
    assert all(name in result.out for name in _HELP)


def test_names_complete_across_words() -> None:
    completer = Completer(lambda: ["Amazon Web Services", "Amazon Basin", "web"], [":help", ":history"])
    assert completer.candidates("who owns Amazon W") == ["Web Services"]
    assert completer.candidates("who owns amaz") == ["Amazon Basin", "Amazon Web Services"]
    assert completer.candidates("w") == ["web"]
    assert completer.candidates(":h") == [":help", ":history"]
    assert completer.candidates(":help a") == ["Amazon Basin", "Amazon Web Services"]
    assert completer.candidates("nothing like it ") == []
    assert [completer.complete(":he", n) for n in range(2)] == [":help", None]


def test_names_of_a_graph_are_its_labels() -> None:
    assert {"CoreWeave", "bears risk", "company"} <= names_of(open_graph().vocabulary)


def test_the_history_lies_where_the_platform_keeps_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_HISTORY", "off")
    assert history_file() is None
    monkeypatch.delenv("KGQ_HISTORY")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert history_file() == Path("/state/kgq/history")


def test_a_terminal_greets_completes_and_remembers(terminal: Callable[..., Any], tmp_path: Path) -> None:
    sitting = terminal("shell")
    sitting.expect("Ctrl-D to leave.")
    sitting.expect("kgq> ")
    sitting.type("what does CoreW\t")
    sitting.expect("CoreWeave")
    sitting.type(" buy?\n")
    sitting.expect("GPUs")
    sitting.expect("kgq> ")
    sitting.type("\x04")
    assert sitting.finish()[0] == 0
    assert (tmp_path / "history").read_text("utf-8") == "what does CoreWeave buy?\n"
    again = terminal("shell")
    again.expect("kgq> ")
    again.type("\x1b[A")
    again.expect("what does CoreWeave buy?")
    again.type("\x03")
    again.expect("kgq> ")
    again.type("\x04")
    assert again.finish()[0] == 0


def test_ctrl_c_clears_the_line_and_stays(terminal: Callable[..., Any]) -> None:
    sitting = terminal("shell")
    sitting.expect("kgq> ")
    sitting.type("half a quest\x03")
    sitting.expect("kgq> ")
    sitting.type("what do merchants buy?\n")
    sitting.expect("GPUs")
    sitting.type(":quit\n")
    assert sitting.finish()[0] == 0


def test_ctrl_c_gives_up_a_question_and_stays(terminal: Callable[..., Any]) -> None:
    sitting = terminal("shell")
    sitting.expect("kgq> ")
    sitting.type("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }\n")
    sitting.expect("?l }")
    import time

    time.sleep(1.0)
    sitting.type("\x03")
    sitting.expect("interrupted.")
    sitting.expect("kgq> ")
    sitting.type("what do merchants buy?\n")
    sitting.expect("GPUs")
    sitting.expect("kgq> ")
    sitting.type("\x04")
    assert sitting.finish()[0] == 0


def test_sparql_may_run_over_several_lines(terminal: Callable[..., Any]) -> None:
    sitting = terminal("shell")
    sitting.expect("kgq> ")
    sitting.type("ASK {\n")
    sitting.expect("...> ")
    sitting.type("id:hyperscalers a aii:ActorGroup }\n")
    sitting.expect("true")
    sitting.type(":quit\n")
    assert sitting.finish()[0] == 0


def test_the_shell_asks_back_once_and_keeps_the_word(terminal: Callable[..., Any], tmp_path: Path) -> None:
    sitting = terminal("shell")
    sitting.expect("kgq> ")
    sitting.type("who gobbles GPUs?\n")
    sitting.expect("Enter for none: ")
    sitting.type("aii:buys\n")
    sitting.expect("merchants")
    sitting.expect("kgq> ")
    sitting.type("what does CoreWeave gobble?\n")
    sitting.expect("GPUs")
    sitting.expect("kgq> ")
    sitting.type("\x04")
    assert sitting.finish()[0] == 0
    assert '"gobbles"@en' in (tmp_path / "own.ttl").read_text("utf-8")
