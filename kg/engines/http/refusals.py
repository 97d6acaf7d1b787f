"""Why an endpoint did not answer, in one line with what to do."""

from __future__ import annotations

import re

from kg.engines.http.body import Body
from kg.errors import EngineError, LimitError

__all__ = ["ExchangeError", "RefusedQueryError", "explain_refusal", "said"]

_MOST = 32 * 1024
_TOLD = {
    401: "wants to know who asks. Set KGQ_ENDPOINT_TOKEN_FILE, or KGQ_ENDPOINT_USER and …_PASSWORD_FILE.",
    403: "does not allow this. Check the credentials, or ask whoever runs it.",
    404: "is not there. Check the URL: an endpoint's often ends in /sparql or /query.",
    405: "does not take this kind of request. Check the URL, and KGQ_ENDPOINT_UPDATE_URL for updates.",
    406: "sends no format that kgq reads (JSON, XML, TSV; N-Triples, Turtle). Check that it is an endpoint.",
    407: "is behind a proxy that wants to know who asks. Put user:password into HTTPS_PROXY.",
    413: "says that the query is too long. Shorten it.",
    414: "says that the query is too long. Shorten it.",
    429: "has too many requests of ours. Wait, then try again.",
    503: "has too much to do. Try again later.",
}


class ExchangeError(EngineError):
    """What an endpoint does that a client must not go along with, or its plain refusal."""


class RefusedQueryError(EngineError):
    """The endpoint says that the query itself is wrong."""


def explain_refusal(url: str, status: int, body: Body) -> EngineError:
    """Return the error that a status stands for; the body is read, as far as it may matter, and closed."""
    shown = url.partition("?")[0]
    reason = said(body)
    known = _TOLD.get(status)
    more = f" ({reason})" if reason else ""
    if status == 400:
        return RefusedQueryError(f"{shown} refuses the query: {reason or 'it does not say why'}. Simplify it.")
    if status in (408, 504):
        return LimitError(f"{shown} took too long and gave up ({status}). Narrow the query.")
    if known is None:
        known = "failed. Try again later, or a simpler query." if status >= 500 else "refuses the request."
    verdict, _, remedy = known.partition(". ")
    return ExchangeError(f"{shown} answers {status}: it {verdict}{more}. {remedy}".rstrip())


def said(body: Body) -> str:
    """Return the first words of a body that are meant for people."""
    try:
        data = body.peek(_MOST)[:_MOST]
    except EngineError:
        data = b""
    finally:
        body.close()
    text = data.decode("utf-8", "replace")
    if "<" in text[:500]:
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        text = title[1] if title else re.sub(r"<[^>]*>", " ", text)
    lines = (
        re.sub(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", " ", line).strip()
        for line in text.splitlines()
    )
    line = next(filter(None, lines), "")
    return " ".join(line.split())[:200].rstrip(". ")
