"""One exchange with an endpoint: connect, send, follow, repeat, within a time.

The standard library's client carries it, because the socket must be at hand: a watch closes it when the time is
up, whatever the server drips.
"""

from __future__ import annotations

import http.client
import random
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from kg.engines.http.body import Body, Ending
from kg.engines.http.refusals import ExchangeError, explain_refusal
from kg.engines.http.settings import Endpoint
from kg.errors import EngineError, LimitError

__all__ = ["Client", "Exchange", "Request"]

_REDIRECTS = 5
_AGAIN = frozenset((429, 502, 503, 504))
_LONGEST_WAIT = 30.0
_MOVED = frozenset((301, 302, 303, 307, 308))
_AGENT = "kgq (SPARQL client)"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer that has begun.

    Attributes:
        status: of the answer.
        headers: by their names in lower case.
        body: what follows.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: Body

    @property
    def media(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        method: ``GET`` or ``POST``.
        url: where to.
        headers: besides the usual ones.
        data: the body.
        again: whether it does no harm to send it twice.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    data: bytes | None = None
    again: bool = True


class _Gone(Exception):  # noqa: N818 - caught here
    """The server could not be reached, or went away before it answered."""

    def __init__(self, reason: str, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class Client:
    """Talks to one endpoint; several threads may use it at once.

    Args:
        endpoint: what is known of it.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._idle: list[tuple[str, http.client.HTTPConnection]] = []
        self._lock = threading.Lock()
        self._close = weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Close the connections that wait for another request."""
        with self._lock:
            _close_all(self._idle)

    def send(self, request: Request, *, seconds: float | None = None) -> Exchange:
        """Send a request until it is answered, and return what is answered.

        Args:
            request: what to send.
            seconds: for everything, the body included; the endpoint's own limit if None.

        Raises:
            EngineError: not reachable, refused, or not to be followed.
            LimitError: too slow.
        """
        url, again = request.url, request.again
        deadline = time.monotonic() + (self.endpoint.total_seconds if seconds is None else seconds)
        for attempt in range(self.endpoint.retries + 1):
            last = attempt == self.endpoint.retries
            try:
                status, exchange = self._follow(request, deadline)
            except _Gone as gone:
                if last or time.monotonic() >= deadline or (gone.sent and not again):
                    raise EngineError(
                        f"{_shown(url)} cannot be reached: {gone}. Check the address and the network."
                    ) from gone
                wait: float | None = None
            else:
                if 200 <= status < 300 or status == 304:
                    return exchange
                refusal = explain_refusal(exchange.url, status, exchange.body)
                wait = _asked_to_wait(exchange.headers)
                if status not in _AGAIN or last or not (again or status in (429, 503)):
                    raise refusal
                if wait is not None and wait > min(_LONGEST_WAIT, deadline - time.monotonic()):
                    raise refusal
            pause = _pause(attempt) if wait is None else wait + _pause(0)
            if time.monotonic() + pause > deadline:
                raise LimitError(f"{_shown(url)} gives no answer in time. Try again later, or allow more time.")
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, request: Request, deadline: float) -> tuple[int, Exchange]:
        place = request.url
        for _ in range(_REDIRECTS + 1):
            status, exchange = self._exchange(replace(request, url=place), deadline)
            target = exchange.headers.get("location", "")
            if status not in _MOVED or not target:
                return status, exchange
            exchange.body.close()
            if status == 303 and request.method == "POST":
                raise ExchangeError(
                    f"{_shown(place)} answers a query with a page elsewhere. Name the endpoint itself."
                )
            place = self._next_place(place, urljoin(place, target), request.again)
        raise ExchangeError(
            f"{_shown(request.url)} redirects more than {_REDIRECTS} times. Name the endpoint itself."
        )

    def _next_place(self, here: str, there: str, again: bool) -> str:
        """Return where a redirect leads, if it may be followed."""
        old, new = urlsplit(here), urlsplit(there)
        if (
            new.scheme not in ("http", "https")
            or not new.hostname
            or (old.scheme == "https" and new.scheme == "http")
        ):
            raise ExchangeError(
                f"{_shown(here)} redirects to '{_shown(there)[:200]}', which is not followed."
                " Name the endpoint itself."
            )
        same = new.hostname == old.hostname and (_port(new) == _port(old) or new.scheme != old.scheme)
        if not same and (self.endpoint.authorization or not again):
            what = "credentials are" if self.endpoint.authorization else "an update is"
            raise ExchangeError(
                f"{_shown(here)} redirects to {new.hostname}; {what} not sent there. Name that address."
            )
        return there

    def _exchange(self, request: Request, deadline: float) -> tuple[int, Exchange]:
        url = request.url
        parts = urlsplit(url)
        sent = {
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": _AGENT,
            **({"Authorization": self.endpoint.authorization} if self.endpoint.authorization else {}),
            **request.headers,
        }
        connection, fresh, prefix = self._connection(parts, deadline)
        expired = threading.Event()
        watch = threading.Timer(max(deadline - time.monotonic(), 0.001), _cut, (connection, expired))
        watch.daemon = True
        watch.start()
        target = prefix + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if prefix:
            sent.update(_proxy_authorization(parts))
        try:
            connection.request(request.method, target, request.data, sent)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            watch.cancel()
            connection.close()
            if expired.is_set() or isinstance(error, TimeoutError):
                raise LimitError(
                    f"{_shown(url)} does not answer in time. Narrow the query, or allow more time."
                ) from error
            if not fresh:  # an idle connection that the server had closed
                return self._exchange(request, deadline)
            raise _Gone(_reason(error), sent=True) from error

        def done(reusable: bool) -> None:
            watch.cancel()
            self._give_back(url, connection, response, reusable and not expired.is_set())

        found = {name.lower(): value for name, value in response.getheaders()}
        encoding = found.get("content-encoding", "").strip().lower().removeprefix("x-")
        if encoding not in ("", "identity", "gzip", "deflate"):
            done(False)
            raise ExchangeError(
                f"{_shown(url)} compresses by '{encoding[:40]}', which was not asked for. Check the server."
            )
        packed = encoding if encoding in ("gzip", "deflate") else ""
        return response.status, Exchange(
            url,
            response.status,
            found,
            Body(response, _shown(url), packed, self.endpoint.size, Ending(done, expired.is_set)),
        )

    def _connection(self, parts: SplitResult, deadline: float) -> tuple[http.client.HTTPConnection, bool, str]:
        """Return a connection, whether it is new, and what to put before the path: for a proxy, the origin."""
        proxy = _proxy(parts)
        prefix = f"{parts.scheme}://{parts.netloc}" if proxy and parts.scheme == "http" else ""
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            for n, (kept, connection) in enumerate(self._idle):
                if kept == origin:
                    del self._idle[n]
                    return connection, False, prefix
        return self._connect(parts, proxy, deadline), True, prefix

    def _connect(
        self, parts: SplitResult, proxy: SplitResult | None, deadline: float
    ) -> http.client.HTTPConnection:
        seconds = max(0.001, min(self.endpoint.connect_seconds, deadline - time.monotonic()))
        place = proxy or parts
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(
                place.hostname or "", _port(place), timeout=seconds, context=context
            )
            if proxy:
                connection.set_tunnel(parts.hostname or "", _port(parts), _proxy_authorization(parts))
        else:
            connection = http.client.HTTPConnection(place.hostname or "", _port(place), timeout=seconds)
        try:
            connection.connect()
        except ssl.SSLCertVerificationError as error:
            connection.close()
            raise ExchangeError(
                f"{parts.hostname} shows a certificate that does not hold: {error.verify_message}."
                " Give its authority's certificate in SSL_CERT_FILE."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _Gone(_reason(error), sent=False) from error
        connection.sock.settimeout(self.endpoint.read_seconds)
        return connection

    def _give_back(
        self, url: str, connection: http.client.HTTPConnection, response: http.client.HTTPResponse, reusable: bool
    ) -> None:
        response.close()  # or the connection would take itself for busy
        if not reusable or response.will_close or connection.sock is None:
            connection.close()
            return
        parts = urlsplit(url)
        with self._lock:
            self._idle.append((f"{parts.scheme}://{parts.netloc}", connection))
            if len(self._idle) > 4:
                self._idle.pop(0)[1].close()


def _close_all(idle: list[tuple[str, http.client.HTTPConnection]]) -> None:
    while idle:
        idle.pop()[1].close()


def _cut(connection: http.client.HTTPConnection, expired: threading.Event) -> None:
    """End an exchange whose time is up; whoever waits for it then finds the connection closed."""
    expired.set()
    if connection.sock is not None:
        try:
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
        except OSError:
            return


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _proxy(parts: SplitResult) -> SplitResult | None:
    """Return the proxy that the environment names for an address."""
    named = getproxies().get(parts.scheme)
    if not named or proxy_bypass(parts.hostname or ""):
        return None
    found = urlsplit(named if "://" in named else f"http://{named}")
    if found.scheme != "http" or not found.hostname:
        raise ExchangeError(
            f"the proxy '{found.hostname or named}' of the environment is not an http proxy. Correct it."
        )
    return found


def _proxy_authorization(parts: SplitResult) -> dict[str, str]:
    import base64

    proxy = _proxy(parts)
    if proxy is None or not proxy.username:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode("ascii")}


def _pause(attempt: int) -> float:
    """Return seconds to wait before the next attempt, spread so that many clients do not come back at once."""
    return min(0.2 * float(2**attempt), 5.0) * (0.5 + random.random())  # noqa: S311 - nothing secret


def _asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Retry-After, which is a number or a date."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdigit():
        return float(text[:9])
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def _shown(url: str) -> str:
    """Return a URL for messages: without its query, which may be long."""
    return url.partition("?")[0]
