"""What is known of an endpoint before it is asked: addresses, credentials, limits.

Credentials come from files and the environment, never from the command line or the URL, where other users of the
machine and logs would see them.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import SourceError

__all__ = ["Endpoint"]

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_YES = ("1", "yes", "true", "on")


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL endpoint.

    >>> Endpoint("https://sparql.example.org/query").writes_to
    'https://sparql.example.org/query'

    Attributes:
        url: where queries go.
        update_url: where updates go, '' for the same address.
        authorization: value of the header of that name, '' for none.
        connect_seconds: how long a connection may take to open.
        read_seconds: how long the server may be silent.
        total_seconds: how long one exchange may take, retries included.
        size: bytes that one answer may have once inflated.
        retries: how often a request is repeated that can be.
        clear: whether credentials may travel unencrypted to another machine.
        max_age: seconds for which names and vocabulary are kept, even where nothing seems to have changed.
        refresh: do not use what was kept.
    """

    url: str
    update_url: str = ""
    authorization: str = field(default="", repr=False)
    connect_seconds: float = 10.0
    read_seconds: float = 60.0
    total_seconds: float = 600.0
    size: int = 1 << 30
    retries: int = 4
    clear: bool = False
    max_age: float = 86_400.0
    refresh: bool = False

    def __post_init__(self) -> None:
        for url in filter(None, (self.url, self.update_url)):
            _check(url, bool(self.authorization) and not self.clear)

    @property
    def writes_to(self) -> str:
        """Where updates go."""
        return self.update_url or self.url

    @classmethod
    def from_environment(cls, url: str, settings: Mapping[str, str] | None = None) -> Endpoint:
        """Return an endpoint with what files and the environment say of it.

        Args:
            url: where queries go.
            settings: what a settings file says: ``update-url``, ``token-file``, ``user``, ``password-file``,
                ``timeout``, ``size-limit``, ``max-age``,
                ``retries``, ``clear``. The variables ``KGQ_ENDPOINT_…`` of the same names (and
                ``…_TOKEN``, ``…_PASSWORD``) go before.

        Raises:
            SourceError: no such URL, or a setting that makes no sense.
        """
        said = dict(settings or {})

        def get(name: str) -> str:
            value = os.environ.get(f"KGQ_ENDPOINT_{name.upper().replace('-', '_')}", "")
            return (value or str(said.get(name, ""))).strip()

        timeout, size = _number(get("timeout"), "timeout"), _number(get("size-limit"), "size-limit")
        return cls(
            url,
            update_url=get("update-url"),
            authorization=_authorization(get),
            read_seconds=timeout or cls.read_seconds,
            total_seconds=max(cls.total_seconds, 4 * (timeout or 0)),
            size=int(size or cls.size),
            retries=int(get("retries")) if get("retries").isdigit() else cls.retries,
            clear=get("clear").lower() in _YES,
            max_age=_number(get("max-age"), "max-age") or cls.max_age,
        )


def _number(text: str, name: str) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        found = -1.0
    if found is not None and not found > 0:
        raise SourceError(f"KGQ_ENDPOINT_{name.upper().replace('-', '_')} is '{text}'. Give a number above 0.")
    return found


def _authorization(get: object) -> str:
    assert callable(get)  # noqa: S101 - ours
    token = get("token") or _secret(get("token-file"))
    user = get("user")
    if token and user:
        raise SourceError("both a token and a user are set for the endpoint. Leave one of them out.")
    if token:
        return "Bearer " + _plain(token)
    if user:
        password = get("password") or _secret(get("password-file"))
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return ""


def _secret(name: str) -> str:
    if not name:
        return ""
    try:
        return Path(name).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise SourceError(f"the endpoint's secret cannot be read: {reason}. Check the path.", path=name) from error


def _plain(token: str) -> str:
    if any(c <= " " or c > "~" for c in token):
        raise SourceError("the endpoint's token has characters that a token cannot have. Check it.")
    return token


def _check(url: str, secret: bool) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SourceError(f"'{url}' is not a URL: {error}. Give http://… or https://….") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or any(c <= " " for c in url):
        raise SourceError(f"'{url}' is not the URL of an endpoint. Give http://… or https://….")
    if parts.username or parts.password:
        raise SourceError(
            f"the URL of {parts.hostname} holds a password, which other users of this machine can see."
            " Put it into KGQ_ENDPOINT_USER and KGQ_ENDPOINT_PASSWORD_FILE."
        )
    if secret and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise SourceError(
            f"the credentials would travel to {parts.hostname} in the clear. Give an https URL, or allow it with"
            " KGQ_ENDPOINT_CLEAR=yes."
        )
