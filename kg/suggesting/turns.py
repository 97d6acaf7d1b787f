"""Words and set phrases of English that turn a statement round, make it unreal, or set it against another."""

from __future__ import annotations

__all__ = ["CATENATIVES", "CONTRASTS", "DENIAL_PHRASES", "HEADING_TURNS", "SAYING", "SIGNS", "TURNS", "longest_of"]


def _words(text: str, separator: str | None = None) -> frozenset[str]:
    return frozenset(text.split(separator))


DENIAL_PHRASES = _words(
    "no longer|no more|not at all|by no means|in no way|at no time|at no point|under no circumstances|no one|"
    "not any longer|anything but|far from|not even",
    "|",
)
"""Set phrases that deny; they count as one denial."""

TURNS = _words(
    "whether lest lie hoax canard "
    "deny denies denied denying denial refute refutes refuted dispute disputes disputed false falsely "
    "falsehood untrue wrong wrongly incorrect incorrectly inaccurate myth myths mythical rumor rumors "
    "rumour rumours rumored rumoured misconception misconceptions fiction nonsense fallacy mistaken "
    "mistakenly error doubt doubts doubted doubtful doubtless unlikely impossible unable incapable lack "
    "lacks lacked lacking absent absence imagine suppose supposing pretend pretends pretended wish wishes "
    "wished fantasy hypothetically supposedly purportedly ostensibly so-called refuse refuses refused "
    "refusing refusal fail fails failed failing failure decline declines declined declining stop stops "
    "stopped stopping cease ceases ceased avoid avoids avoided avoiding forgo forgoes quit quits exempt "
    "exempts exempted immune spared isnt dont doesnt wont cant aint reject rejects rejected rejecting "
    "prevent prevents prevented forbid forbids forbidden prohibit prohibits prohibited ban bans banned "
    "refrain refrains refrained"
)
"""Words that turn a statement round or make it unreal. Where one is not understood, nothing is suggested."""

SIGNS = frozenset("✗✘❌❎🚫⛔≠¬")
"""Signs that deny."""

SAYING = _words(
    "say says said saying claim claims claimed claiming argue argues argued believe believes believed "
    "think thinks thought report reports reported reporting tell tells told announce announces announced "
    "assert asserts asserted insist insists insisted suggest suggests suggested estimate estimates "
    "estimated predict predicts predicted warn warns warned write writes wrote state states stated allege "
    "alleges alleged admit admits admitted contend contends contended guess maintain maintains maintained "
    "reckon reckons reckoned hear heard"
)
"""Verbs by which somebody says or thinks something; what stands beside them is that somebody's."""

CONTRASTS = _words(
    "instead of|rather than|without|unlike|apart from|other than|besides|as opposed to|in place of|"
    "in contrast to|contrary to|compared with|compared to|except for|with the exception of|as well as|"
    "despite|in spite of",
    "|",
)
"""Words that begin a phrase about something else than the statement."""

HEADING_TURNS = _words(
    "myth myths misconception misconceptions fiction fallacy false wrong untrue rumor rumors rumour "
    "rumours could if would might may bear bull forecast forecasts prediction predictions hypothetical "
    "assumption assumptions hypothesis hypotheses speculation opinion opinions criticism critics "
    "objection objections counterargument counterarguments imagine not never no don't goal goals plan "
    "plans todo proposal proposals alternatives quotes scenario scenarios case cases future roadmap "
    "upside downside expected expectations next target targets recommendation recommendations advice options "
    "guidance"
)
"""Words of a heading under which statements may not be meant as they stand."""

_CATENATIVES: tuple[tuple[bool, str, str], ...] = (
    (
        True,
        "",
        (
            "refuse refuses refused fail fails failed decline declines declined avoid avoids avoided forgo "
            "forgoes unable unlikely unwilling reluctant"
        ),
    ),
    (
        True,
        "asserted",
        "stop stops stopped cease ceases ceased quit quits",
    ),
    (
        False,
        "speculative",
        (
            "plan plans planned planning intend intends intended intending aim aims aimed aiming expect expects "
            "expected expecting hope hopes hoped hoping want wants wanted seek seeks sought seeking try tries "
            "tried trying attempt attempts attempted agree agrees agreed promise promises promised commit commits "
            "committed propose proposes proposed wish threaten threatens consider considers considered "
            "considering going about set due likely scheduled projected forecast poised ready willing able eager "
            "ought"
        ),
    ),
    (
        False,
        "",
        (
            "need needs needed have has had required obliged forced allowed permitted deemed said believed "
            "thought reported supposed known bound begin begins began start starts started continue continues "
            "continued tend tends tended help helps helped"
        ),
    ),
    (
        False,
        "historical",
        "used",
    ),
)
CATENATIVES = {form: (negative, modality) for negative, modality, forms in _CATENATIVES for form in forms.split()}
"""Verbs before another verb: whether they deny it, and the modality they give it. None of them is sure."""


def longest_of(phrases: frozenset[str], words: list[str], at: int) -> int:
    """Return how many words the longest of some phrases has that begins at a word; 0 for none.

    >>> longest_of(CONTRASTS, ["rather", "than", "GPUs"], 0)
    2
    """
    for size in (5, 4, 3, 2, 1):
        if len(words) - at >= size and " ".join(words[at : at + size]) in phrases:
            return size
    return 0
