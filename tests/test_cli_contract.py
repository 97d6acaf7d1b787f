"""What every command keeps to: exit codes, streams, options, settings, files."""

from __future__ import annotations

import os
import pty
import signal
import stat
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from kgq.group import COMMANDS, cli
from kgq.main import is_bare_question

if TYPE_CHECKING:
    from conftest import Run

ROOT = Path(__file__).parents[1]
NAMES = [name for group in COMMANDS.values() for name in group]
ENV = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}"}
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c < ?i) }"


def command(name: str) -> click.Command:
    found = getattr(import_module(f"kgq.commands.{name}"), name)
    assert isinstance(found, click.Command)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_examples(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert done.code == 0
    assert done.err == ""
    assert "Examples:" in done.out
    assert f"kgq {name}" in done.out


@pytest.mark.parametrize("name", NAMES)
def test_every_option_of_every_command_says_what_it_does(name: str) -> None:
    found = command(name)
    for each in found.commands.values() if isinstance(found, click.Group) else [found]:
        options = [option for option in each.params if isinstance(option, click.Option)]
        assert [option.name for option in options if not option.help] == []
        assert {"graphs", "format", "output", "lang", "quiet", "verbose", "no_color"} <= {o.name for o in options}


def test_help_names_every_command_and_its_line(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    for group, commands in COMMANDS.items():
        assert f"{group}:" in done.out
        for name, line in commands.items():
            assert f"  {name} " in done.out
            assert line in done.out
    assert run().out == done.out


def test_completion_knows_the_commands() -> None:
    assert list(cli.list_commands(click.Context(cli))) == NAMES


def test_the_version_is_shown(run: Run) -> None:
    done = run("--version")
    assert done.code == 0
    assert done.out.startswith("kgq ")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("qeury",), "Did you mean 'kgq query'?"),
        (("mp",), "Did you mean 'kgq mcp' or 'kgq map'?"),
        (("sparql",), "Did you mean 'kgq query' or"),
        (("who bears capex risk",), 'kgq query "who bears capex risk"'),
        (("zzz",), "See 'kgq --help'"),
        (("query", "--fromat", "json", "x"), "--format"),
        (("query", "--format", "jsn", "x"), "'jsn'"),
        (("query",), "nothing to ask"),
        (("query", "--include", "stated,guessed", "x"), "guessed"),
        (("query", "--time-limit", "0", "x"), "time-limit"),
        (("show",), "entity"),
        (("query", "--format", "xml", "who bears capex risk"), "does not fit"),
        (("query", "--format", "turtle", "ASK {}"), "does not fit"),
        (("query", "SELECT * {"), "line 1"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(run: Run, arguments: tuple[str, ...], part: str) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert part.lower() in done.err.lower()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("query", "ASK { ?s ?p ?o }"), 0),
        (("query", "ASK { ?s <http://e/none> ?o }"), 1),
        (("query", "SELECT * { ?s <http://e/none> ?o }"), 0),
        (("show", "Oracel Inc"), 3),
        (("explain", "F9999"), 3),
        (("claims", "--subject", "nobody"), 3),
        (("claims", "--subject", "Oracle", "--polarity", "negative"), 1),
        (("-g", "missing.ttl", "stats"), 4),
        (("query", "@missing.rq"), 4),
        (("query", "SELECT * { SERVICE <http://e/> {} }"), 4),
        (("query", "DROP ALL"), 4),
        (("query", "--row-limit", "1", "SELECT * { ?s ?p ?o }"), 4),
        (("search", "zzzzzz"), 1),
        (("vocabulary", "zzzzzz"), 1),
    ],
)
def test_exit_codes(run: Run, claims_file: Path, arguments: tuple[str, ...], code: int) -> None:
    source = () if "-g" in arguments else ("-g", claims_file)
    done = run(*source, *arguments)
    assert done.code == code, done
    if code:
        assert done.err.count("\n") <= 1


def test_the_graph_is_named_before_or_after_the_command_and_repeatedly(run: Run, tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.nt").write_text(f"<http://e/{name}> <http://e/p> 1 .\n".replace("1 .", '"1" .'))
    a, b, c = (tmp_path / f"{name}.nt" for name in "abc")
    count = ("query", "--format", "csv", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert run("-g", a, *count).out == "n\r\n1\r\n"
    assert run(*count, "-g", a, "--graph", b).out == "n\r\n2\r\n"
    assert run("-g", a, *count, "-g", b, "-g", c).out == "n\r\n3\r\n"


def test_flags_go_before_the_environment_and_that_before_settings_files(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("flag", "env", "folder", "user"):
        (tmp_path / f"{name}.nt").write_text(f'<http://e/{name}> <http://e/p> "1" .\n')
    ask = ("query", "--format", "csv", "SELECT ?s { ?s ?p ?o }")
    config = tmp_path / "config" / "kgq"
    config.mkdir(parents=True)
    (config / "kgq.toml").write_text('graph = "../../user.nt"\n')
    assert "e/user" in run(*ask).out
    Path("kgq.toml").write_text('graph = ["../folder.nt"]\n')
    assert "e/folder" in run(*ask).out
    monkeypatch.setenv("KGQ_GRAPH", str(tmp_path / "env.nt"))
    assert "e/env" in run(*ask).out
    assert "e/flag" in run(*ask, "-g", tmp_path / "flag.nt").out
    assert "e/flag" in run("-g", tmp_path / "flag.nt", *ask).out


def test_several_graphs_in_the_environment_are_separated_as_in_path(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a b", "c"):
        (tmp_path / f"{name}.nt").write_text(f'<http://e/{name[0]}> <http://e/p> "1" .\n')
    monkeypatch.setenv("KGQ_GRAPH", os.pathsep.join(str(tmp_path / f"{name}.nt") for name in ("a b", "c")))
    assert run("query", "--format", "csv", "SELECT ?s { ?s ?p ?o }").out.count("http://e/") == 2


def test_a_settings_file_gives_options_of_a_command_and_a_general_format(run: Run, claims_file: Path) -> None:
    Path("kgq.toml").write_text('format = "json"\n[query]\nformat = "csv"\nrow-limit = 1\n')
    done = run("-g", claims_file, "query", "SELECT ?s { ?s ?p ?o }")
    assert done.code == 4
    assert done.out.startswith("s\r\n")
    assert run("-g", claims_file, "stats").out.startswith("{")
    assert run("-g", claims_file, "export").out.startswith("@prefix")  # has no such format: its own stays


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("graph = [", "not a readable settings file"),
        ('grahp = "x"', "Did you mean 'graph'?"),
        ("[qurey]\nformat = 'csv'", "Did you mean 'query'?"),
        ("[query]\nformat = 'nope'", "'nope'"),
        ("graph = 5", "graph = 5 is no source"),
        ("graph = [5]", "graph = [5] is no source"),
    ],
)
def test_a_wrong_settings_file_is_said_in_one_line(run: Run, text: str, part: str) -> None:
    Path("kgq.toml").write_text(text)
    done = run("query", "ASK {}")
    assert done.code == 2
    assert part in done.err
    assert done.err.count("\n") == 1


def test_a_format_in_the_environment_holds_where_a_command_has_it(
    run: Run, claims_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGQ_FORMAT", "json")
    assert run("-g", claims_file, "stats").out.startswith("{")
    assert run("-g", claims_file, "export").out.startswith("@prefix")


def test_output_goes_to_a_file_whole_or_not_at_all(run: Run, claims_file: Path) -> None:
    target = Path("out.csv")
    target.write_text("before")
    assert run("-g", claims_file, "query", "-o", target, "SELECT * {").code == 2
    assert target.read_text() == "before"
    done = run("-g", claims_file, "query", "--format", "csv", "-o", target, "SELECT (1 AS ?x) {}")
    assert (done.code, done.out, target.read_bytes()) == (0, "", b"x\r\n1\r\n")
    assert [path.name for path in Path().iterdir()] == ["out.csv"]
    assert stat.S_IMODE(target.stat().st_mode) & 0o077 == 0o044 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_output_to_nowhere_is_refused(run: Run, claims_file: Path) -> None:
    assert run("-g", claims_file, "stats", "-o", "no/such/folder/x").code == 2
    assert run("-g", claims_file, "stats", "-o", ".").code == 2
    assert run("-g", claims_file, "stats", "-o", "-").out != ""
    assert run("-g", claims_file, "stats", "-o", "/dev/null").code == 0


@pytest.mark.parametrize("text", ["who bears capex risk", "who frobnicates it", "ASK { ?s ?p ?o }", "SELECT * {"])
def test_the_short_way_of_a_bare_question_says_what_the_long_way_says(run: Run, text: str) -> None:
    assert is_bare_question(["query", text])
    assert run("query", text) == run("query", "--no-color", text)


def test_the_short_way_is_left_for_any_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_bare_question(["query", "who", "bears", "risk"])
    for arguments in (
        [],
        ["query"],
        ["query", "-h"],
        ["query", "@f"],
        ["query", "-"],
        ["query", ""],
        ["show", "x"],
    ):
        assert not is_bare_question(arguments)
    Path("kgq.toml").write_text("")
    assert not is_bare_question(["query", "who"])
    Path("kgq.toml").unlink()
    monkeypatch.setenv("KGQ_SOURCE", "x")
    assert is_bare_question(["query", "who"])
    monkeypatch.setenv("KGQ_QUERY_EXPLAIN", "1")
    assert not is_bare_question(["query", "who"])


def test_quiet_leaves_data_and_errors(run: Run, claims_file: Path) -> None:
    assert run("-g", claims_file, "export", "--format", "turtle").err != ""
    assert run("-q", "-g", claims_file, "export", "--format", "turtle").err == ""
    assert run("-g", claims_file, "export", "-q", "--format", "turtle").err == ""
    assert run("-q", "show", "nobody").err != ""
    assert "opened" in run("-g", claims_file, "stats", "-v").err


def test_text_from_a_graph_cannot_steer_a_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "evil.ttl"
    path.write_text('<http://e/x> <http://www.w3.org/2000/01/rdf-schema#label> "a\\u001B[31mred\\u0007\\nb" .')
    for arguments in (("show", "<http://e/x>"), ("search", "31mred"), ("query", "SELECT ?o { ?s ?p ?o }")):
        done = run("-g", path, *arguments)
        assert done.code == 0
        assert "\x1b" not in done.out
        assert "\x07" not in done.out


def test_names_of_files_are_quoted_in_errors_as_they_were_given(run: Run) -> None:
    assert "kgq: no such/file.ttl: no such file or folder" in run("-g", "no such/file.ttl", "stats").err


# What only a process of its own can show.


def process(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "kgq", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENV,
        **options,
    )


def test_a_closed_pipe_is_no_error(claims_file: Path) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    with process("-g", str(claims_file), "query", "--format", "csv", query) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(20) == 0


def test_ctrl_c_ends_a_running_query_at_once(claims_file: Path) -> None:
    with process("-g", str(claims_file), "query", SLOW) as running:
        time.sleep(1.0)
        start = time.perf_counter()
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=20)
        assert running.returncode == 130
        assert err == b"kgq: interrupted.\n"
        assert time.perf_counter() - start < 2


def test_a_time_limit_ends_the_process_too(claims_file: Path) -> None:
    start = time.perf_counter()
    with process("-g", str(claims_file), "query", "--time-limit", "0.3", SLOW) as running:
        _, err = running.communicate(timeout=20)
    assert running.returncode == 4
    assert err.startswith(b"kgq: no answer within 0.3 s.")
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("objection", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["none", "NO_COLOR", "dumb"])
def test_colour_is_for_terminals_that_take_it(claims_file: Path, objection: dict[str, str]) -> None:
    leader, follower = pty.openpty()
    env = {key: value for key, value in ENV.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-m", "kgq", "-g", str(claims_file), "show", "Oracle"],
        stdout=follower,
        env={**env, "TERM": "xterm", **objection},
        check=True,
    )
    os.close(follower)
    text = os.read(leader, 100_000)
    os.close(leader)
    assert done.returncode == 0
    assert (b"\x1b[1m" in text) is not bool(objection)


def test_python_m_kgq_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "kgq", "--version"], env=ENV, capture_output=True, check=True)
    assert done.stdout.startswith(b"kgq ")


def test_output_is_utf_8_whatever_the_locale(claims_file: Path) -> None:
    env = {**ENV, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "kgq", "-g", str(claims_file), "explain", "F001"],
        env=env,
        capture_output=True,
        check=True,
    )
    assert "“Hyperscalers • Bear: • Capex risk”" in done.stdout.decode("utf-8")


def test_an_output_that_takes_nothing_is_said_or_let_be(claims_file: Path) -> None:
    arguments = [sys.executable, "-m", "kgq", "-g", str(claims_file), "stats"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(arguments, env=ENV, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 4
    assert done.stderr.startswith(b"kgq: standard output: No space left on device.")
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *arguments], env=ENV, capture_output=True, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")
