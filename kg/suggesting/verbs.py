"""The verb group: auxiliaries, denials, adverbs, verbs that take another verb, and the verb itself."""

from __future__ import annotations

from kg.suggesting.chunk import Chunk
from kg.suggesting.clause import Clause
from kg.suggesting.cues import MODALS, is_past
from kg.suggesting.names import NamesReader
from kg.suggesting.turns import CATENATIVES

__all__ = ["read_verb_group"]

_SAID = ("DO", "BE", "HAVE", "MODAL", "NEG", "SCANT")
_PLAIN_DENIALS = ("not", "never", "n't")


def read_verb_group(row: NamesReader, clause: Clause) -> None:
    """Take auxiliaries, denials and adverbs up to the verb, and the verb.

    Args:
        row: where to read; it stands behind the verb group then.
        clause: what is read goes into it.
    """
    settled = False
    while True:
        if _catenative(row, clause):
            settled = True
            continue
        if row.kind() in (*_SAID, "QUAL", "PERIOD") or _is_infinitive(row):
            chunk = row.here()
            settled = settled or chunk.kind == "HAVE" or chunk.lower == "will"
            _auxiliary(clause, chunk)
            if chunk.lower in ("did", "was", "were", "had") and clause.modality == "asserted":
                clause.modality = "historical"
            row.at += 1
            continue
        break
    if row.kind() == "AMOUNT" and clause.have and row.kind(1) == "WORD":
        _counted(row, clause)
        return
    while row.kind() == "ART" and (clause.be or clause.have):
        row.at += 1
    if row.kind() == "WORD":
        _verb(row, clause, settled)


def _is_infinitive(row: NamesReader) -> bool:
    return row.kind() == "P" and row.here().lower == "to" and row.kind(1) in ("WORD", "BE")


def _catenative(row: NamesReader, clause: Clause) -> bool:
    """Read a verb that takes another verb: *refuses to*, *plans to*, *stopped leasing*."""
    word = row.here().lower if row.kind() != "END" else ""
    if word not in CATENATIVES:
        return False
    to = row.at + 1 < len(row.chunks) and row.chunks[row.at + 1].lower == "to"
    going = row.kind(1) == "WORD" and row.chunks[row.at + 1].lower.split()[0].endswith("ing")
    if not (to and row.kind(2) in ("WORD", "BE", "HAVE", "NEG")) and not (
        going and word not in ("is", "has", "have")
    ):
        return False
    negative, modality = CATENATIVES[word]
    if clause.negative:
        clause.dropped = True  # *does not plan to*, *never stopped*
    if negative:
        clause.deny(f"denied by its verb: {row.here().text}")
        clause.denials -= row.here().kind != "TURN"
    else:
        clause.denials += row.here().kind == "TURN"
        clause.doubt(f"what is said to be so, wanted or due: {row.here().text}")
    past = is_past(word) and not clause.be
    clause.be = clause.have = False
    if modality or past:
        clause.modality = modality or "historical"
    row.at += 2 if to else 1
    return True


def _auxiliary(clause: Clause, chunk: Chunk) -> None:
    if chunk.kind == "NEG":
        usual = chunk.lower in _PLAIN_DENIALS
        clause.deny("" if usual else f"an unusual denial: {chunk.text}")
    elif chunk.kind == "SCANT":
        clause.dropped = True
        clause.denials += 1
    elif chunk.kind == "MODAL":
        _modal(clause, chunk)
    elif chunk.kind == "QUAL":
        clause.qualify(chunk.qualifier, chunk.text)
    elif chunk.kind == "PERIOD":
        clause.qualify("period", chunk.text)
    elif chunk.kind == "P":
        clause.doubt("an infinitive")
    if chunk.kind == "NEG" and "may" in [words.lower() for words in clause.qualifiers.get("hedge", ())]:
        clause.doubt("“may not” can forbid or leave open")
    clause.be = clause.be or chunk.kind == "BE"
    clause.have = clause.have or chunk.kind == "HAVE"


def _modal(clause: Clause, chunk: Chunk) -> None:
    if chunk.lower in MODALS:
        clause.modality = MODALS[chunk.lower]
        clause.qualify("hedge", chunk.text)
    elif chunk.lower == "will":
        clause.modality = "speculative"
        clause.doubt("about the future: will")
    else:
        clause.doubt(f"what can or ought to be: {chunk.text}")


def _counted(row: NamesReader, clause: Clause) -> None:
    """Read *has 900 employees*."""
    clause.objects = [row.here()]
    clause.verb = row.chunks[row.at + 1]
    clause.prep = "of"
    row.at += 2


def _verb(row: NamesReader, clause: Clause, settled: bool) -> None:
    verb = row.here()
    first = verb.lower.split()[0]
    clause.verb = verb
    row.at += 1
    if clause.be and not first.endswith("ing") and row.kind() == "P" and row.here().lower == "by":
        clause.passive = True
        row.at += 1
    elif is_past(first) and not clause.be and not settled and clause.modality == "asserted":
        clause.modality = "historical"
