"""Settings files: ``kgq.toml`` of the folder, then the user's. Flags and ``KGQ_*`` variables go before both."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kgq.errors import UsageError

__all__ = ["Settings", "endpoint_settings", "project_folder", "read_settings", "settings_files"]

_GENERAL = ("graph", "lang", "lexicon", "no-color", "quiet", "verbose", "with")
_PARAMETERS = {"graph": "graphs", "with": "base"}


class Settings:
    """What the settings files say.

    Attributes:
        commands: the options of each command, in the form that click looks defaults up in.
        format: the form of output for the commands that have it; None if no file says.
    """

    def __init__(self, commands: Iterable[str]) -> None:
        self.commands: dict[str, Any] = {name: {} for name in commands}
        self.format: str | None = None


def settings_files() -> list[Path]:
    """Return the settings files that exist, the strongest last: the user's, then that of the folder."""
    return [path for path in (_user_folder() / "kgq.toml", project_folder() / "kgq.toml") if path.is_file()]


def project_folder() -> Path:
    """Return the folder one works in: the nearest above with a ``kgq.toml``, as with git; else the current one.

    The search ends at the user's own folder, so that settings left in it by mistake do not reach everywhere below.
    """
    here = Path.cwd()
    home = os.environ.get("HOME")
    for folder in (here, *here.parents):
        if (folder / "kgq.toml").is_file():
            return Path() if folder == here else folder
        if str(folder) == home:
            break
    return Path()


def _user_folder() -> Path:
    """Return where this system keeps a user's settings."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or "~"
    elif sys.platform == "darwin":
        base = "~/Library/Application Support"
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    path = Path(base)
    home = os.environ.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    return (Path(home or ".") / path.relative_to("~") if path.parts[:1] == ("~",) else path) / "kgq"


def read_settings(commands: Iterable[str]) -> Settings:
    """Read the settings files that exist.

    General keys stand at the top of a file and hold for every command; a table named after a command holds
    options of its own.

    Raises:
        UsageError: a file is not valid TOML, or has a key that no option has.
    """
    found = Settings(commands)
    for path in settings_files():
        _merge(found, _read(path), path)
    return found


def _read(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{path}: not a readable settings file: {error}. Correct it or remove it.") from error


def _merge(found: Settings, data: dict[str, Any], path: Path) -> None:
    """Lay one file over what earlier files say."""
    for key, value in data.items():
        if key == "endpoint":
            _check_endpoints(value, path)
        elif isinstance(value, dict):
            if key not in found.commands:
                raise UsageError(_unknown(path, f"[{key}]", key, found.commands))
            for option, setting in value.items():
                _set(found.commands[key], option, setting, path)
        elif key == "format":
            found.format = str(value)
        elif key in _GENERAL:
            for options in found.commands.values():
                _set(options, key, value, path)
        else:
            raise UsageError(_unknown(path, key, key, [*_GENERAL, "format"]))


_ENDPOINT = (
    "update-url",
    "token-file",
    "user",
    "password-file",
    "timeout",
    "size-limit",
    "max-age",
    "retries",
    "clear",
)


def endpoint_settings(url: str) -> dict[str, str]:
    """Return what the settings files say of an endpoint, in tables ``[endpoint."URL"]``; the folder's go before.

    Raises:
        UsageError: as :func:`read_settings`.
    """
    found: dict[str, str] = {}
    for path in settings_files():
        tables = _read(path).get("endpoint", {})
        _check_endpoints(tables, path)
        for key, value in tables.get(url, {}).items():
            is_file = key.endswith("-file")
            found[key] = str(path.parent / Path(value).expanduser()) if is_file else str(value)
    return found


def _check_endpoints(tables: Any, path: Path) -> None:
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise UsageError(f'{path}: endpoints stand in tables of their own. Write [endpoint."https://…"].')
    for url, table in tables.items():
        for key in table:
            if key not in _ENDPOINT:
                raise UsageError(_unknown(path, f"{key} of {url}", key, _ENDPOINT))


def _set(options: dict[str, Any], key: str, value: Any, path: Path) -> None:
    if key == "graph":
        sources = [value] if isinstance(value, str) else value
        if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
            raise UsageError(f"{path}: graph = {value} is no source. Write names in quotes.")
        value = [source if "://" in source else str(path.parent / Path(source).expanduser()) for source in sources]
    if key == "with":
        folders = [value] if isinstance(value, str) else value
        value = [name if name == "built-in" else str(path.parent / Path(name).expanduser()) for name in folders]
    if key == "lexicon" and isinstance(value, str) and value.lower() != "off":
        value = str(path.parent / Path(value).expanduser())
    options[_PARAMETERS.get(key, key.replace("-", "_"))] = value


def _unknown(path: Path, shown: str, key: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, list(known), n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known are {', '.join(known)}."
    return f"{path}: unknown setting '{shown}'. {hint}"
