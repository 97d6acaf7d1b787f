"""What holds for a whole question, beside its clause: scenario, voice, document, *is it true that*."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.questions.claims.forms.question import Question, cut
from kg.questions.claims.forms.scenario_setting import set_in_scenarios
from kg.questions.claims.lattice import Spelling, words_of
from kg.vocabulary.claim_terms import ClaimTerms

__all__ = ["read_setting"]


class _Pattern:
    """A pattern that is compiled only for a question with one of some words: most have none of them."""

    def __init__(self, pattern: str, words: str) -> None:
        self._pattern = pattern
        self._words = frozenset(words.split())
        self._compiled: re.Pattern[str] | None = None

    def search(self, plain: str) -> re.Match[str] | None:
        """Return the first match in the plain words of a question."""
        if self._words.isdisjoint(plain.split()):
            return None
        if self._compiled is None:
            self._compiled = re.compile(self._pattern)
        return self._compiled.search(plain)


_SOURCES = (
    "document text source article post blog paper report author authors piece writer page material graph"
    " reply prompt response answer"
)
_DOCUMENT = (
    r"(?:document|text|source|article|post|blog post|blog|paper|report|author|authors|piece|writer"
    r"|page|material|graph)"
)
_SAYING = (
    r"(?:say|says|state|states|claim|claims|tell us|tells us|mention|mentions|assert|asserts|think"
    r"|thinks|argue|argues|suggest|suggests|write|writes|believe|believes|show|shows|imply|implies|confirm"
    r"|confirms|indicate|indicates)"
)
_TRUTH = _Pattern(
    rf"^(?:does (?:anything|something|anyone|anybody|any passage)(?: in {_DOCUMENT})? {_SAYING}(?: that| if"
    rf"| whether)?|is there (?:anything|something|any passage|a passage)(?: in {_DOCUMENT})? (?:that says|saying"
    r"|stating|that states|to say|to suggest|that suggests|suggesting)(?: that)?"
    r"|is it (?:really )?(?:true|correct|right|accurate|said|stated|claimed|written|case|fair to"
    r" say)(?: that| to say that)?"
    r"|is it case that|do we know (?:that|if|whether)|true or false|does it (?:say|state) (?:that)?"
    rf"|does {_DOCUMENT} {_SAYING}(?: that| if| whether)?|according to {_DOCUMENT}"
    rf"|in {_DOCUMENT}|do you know (?:if|whether)|can you (?:tell me|say) (?:if|whether)|tell me (?:if|whether)"
    rf"|(?:what )?does {_DOCUMENT} {_SAYING} (?=who |which |what |how |why |when |where )|what does {_DOCUMENT}"
    rf" {_SAYING} (?=who |which |what |how )) ",
    "is do true does according in can tell what there anything something",
)
_ASIDE = _Pattern(
    rf" (?:according to|in|as per|from) (?:this |that )?{_DOCUMENT}$| (?:mentioned|named|described|listed"
    rf"|discussed|given|used|made|drawn|cited)"
    rf" (?:in|by) (?:this |that )?{_DOCUMENT}(?= |$)| (?:does|do|did) (?:this )?{_DOCUMENT} "
    r"(?:name|mention|list|use|give|draw|describe|discuss|identify|contain|present|have|cover|refer to"
    r"|talk about|make"
    r"|know|distinguish|introduce)(?: of)?$",
    _SOURCES,
)
_MENTIONED = _Pattern(
    r"(?<=\w) (?:(?:are|is|were|was|get|gets) )?(?:mentioned|named|listed|discussed|described|identified"
    r"|introduced|distinguished|given|provided|cited|considered|outlined|sketched|presented|envisaged)$",
    "mentioned named listed discussed described identified introduced distinguished given provided cited"
    " considered outlined sketched presented envisaged",
)
_CONSIDER = _Pattern(
    rf" (?:does|do|did) (?:{_DOCUMENT}|(?:ai )?(?:reply|prompt|response|answer)) (?:consider|regard as|see as"
    rf"|deem|rate|call|think is|think|believe is"
    rf"|view as)(?: to be)?(?= )",
    _SOURCES,
)
_BESIDES = _Pattern(
    r"(?:^| )(besides|except|except for|other than|apart from|aside from|excluding|in addition to|not counting"
    r"|leaving aside|but not) (?=\w)",
    "besides except other apart aside excluding in not leaving but",
)
_AS = re.compile(
    r" (?:is|are|was|were) ((?:named|listed|described|cited|given|mentioned|considered|seen|regarded"
    r"|classified|classed|deemed|judged|rated|ranked|reckoned|held|termed|portrayed|labeled"
    r"|categorized|treated|counted|viewed)(?: as| to be| among| one of)?) (?!to |by |in |with )"
)
_USED_TO = re.compile(r"(?:which|what) (?:\w+ )+?((?:is|are) used to) .+")
_HAS_TO = re.compile(r" (?:has|have|had|needs?|ought) to (?!do )(?=\w)")
_USE_TO = re.compile(r"what (?:do|does) .+? (use to) .+")
_CALLED = re.compile(r"(?:what|which) (?:is|was|are|were) .+ (?:'s|of|by) .+ (?:called|named|titled)")
_LETS = re.compile(r"(?:which|what) (?:\w+ )+?(lets?|allows?|enables?|helps?|permits?) \w+ .+")
_VERBS = frozenset(
    ("is", "are", "was", "were", "do", "does", "did", "can", "will", "would", "may", "might", "has", "have")
)
_DISCOURSE = _Pattern(
    r"^(?:(?:in (?:one |single |short |few )?(?:words?|phrase|sentence|nutshell)|in end"
    r"|in general|after all|overall|in short|by way|at end of day|in practice|in other words|in"
    r" summary|so far"
    r"|basically|first of all|in particular)(?: ,)? )",
    "in general after overall by at so basically first",
)
_POLITE = _Pattern(
    r"^(?:(?:please|hi|hello|hey|ok|okay|so|well|and|now) |(?:can|could|would|will) you (?:please"
    r" )?(?:tell|show|explain|say|list|give)"
    r"(?: to)?(?: me| us)? |i (?:want|need|would like|d like|wish) to know |i (?:am|was) (?:just )?(?:asking"
    r"|wondering|curious)(?: about)? |i"
    r" wonder |do you know |(?:whether|if) (?!.* , )"
    r"|(?:let|help) me (?:know|understand) |(?:tell|remind|show) (?:me|us) (?=who |what |which |how |when "
    r"|where |why |whether )|any idea |remind me )",
    "please hi hello hey ok okay so well and now can could would will i do whether if let help tell remind show"
    " any",
)


def read_setting(question: Question, terms: ClaimTerms) -> Question:
    """Set scenario, voice and frame words apart from the clause."""
    match = _DISCOURSE.search(question.plain)
    if match:
        question = cut(question, 0, question.plain[: match.end()].strip().count(" ") + 1)
    while match := _POLITE.search(question.plain):
        question = cut(question, 0, question.plain[: match.end()].strip().count(" ") + 1)
    question = _strip(question)
    match = _CONSIDER.search(question.plain)
    if match:
        start = question.plain[: match.start()].count(" ") + 1
        size = match.group().strip().count(" ") + 1
        words = (*question.words[:start], Spelling("is", "is", "is"), *question.words[start + size :])
        question = question._replace(words=words)
    question = _rephrased(_excluded(question, terms))
    question = set_in_scenarios(question, terms)
    question = _voices(question, terms)
    return _strip(question)


def _excluded(question: Question, terms: ClaimTerms) -> Question:
    """Set *besides CoreWeave* apart."""
    match = _BESIDES.search(question.plain)
    if match is None:
        return question
    start = question.plain[: match.start(1)].count(" ")
    first = start + match.group(1).count(" ") + 1
    things, end = _named_from(question.words, first, terms)
    while things and end < len(question.words) and question.words[end].lower in ("and", "or", ","):
        more, after_more = _named_from(question.words, end + 1, terms)
        if not more:
            break
        things, end = (*things, *more), after_more
    if not things:
        return question
    context = question.context._replace(excluded=things)
    note = f"left out: {', '.join(terms.label(i) for i in things)}"
    after = question.words[end:]
    words = (*question.words[:start], *(after[1:] if not start and after and after[0].lower == "," else after))
    return question._replace(words=words, context=context, notes=(*question.notes, note))


def _named_from(words: Sequence[Spelling], first: int, terms: ClaimTerms) -> tuple[tuple[str, ...], int]:
    """Return the things that the longest stretch from a word on names, and where it ends."""
    for end in range(len(words), first, -1):
        phrase = " ".join(w.stem for w in words[first:end])
        things = tuple(w.key for w in terms.words(phrase) if w.cat == "thing")
        if things:
            return things, end
    return (), first


def _rephrased(question: Question) -> Question:
    """Say *is described as* as *is*, and *which X lets Y do Z* as *through which X do Y do Z*."""
    match = _AS.search(question.plain)
    if match:
        start = question.plain[: match.start(1)].count(" ")
        size = match.group(1).count(" ") + 1
        question = question._replace(words=(*question.words[:start], *question.words[start + size :]))
    match = _USED_TO.match(question.plain)
    if match:
        at = question.plain[: match.start(1)].count(" ")
        words = question.words
        extra = (Spelling("do", "do", "do"), Spelling("anyone", "anyone", "anyon"))
        through = Spelling("through", "through", "through")
        return question._replace(words=(through, *words[:at], *extra, *words[at + 3 :]))
    match = _HAS_TO.search(question.plain)
    if match:
        at = question.plain[: match.start()].count(" ") + 1
        question = question._replace(words=(*question.words[:at], *question.words[at + 2 :]))
    match = _USE_TO.match(question.plain)
    if match:
        at = question.plain[: match.start(1)].count(" ")
        words = (Spelling("through", "through", "through"), *question.words[:at], *question.words[at + 2 :])
        return question._replace(words=words)
    lacking = next((i for i, w in enumerate(question.words[:-1]) if w.lower in ("lack", "lacks")), 0)
    if lacking:
        have_no = words_of("have no")
        question = question._replace(words=(*question.words[:lacking], *have_no, *question.words[lacking + 1 :]))
    if question.words and question.words[-1].lower in ("lack", "lacks") and len(question.words) > 3:
        question = question._replace(words=(*question.words[:-1], *words_of("not have")))
    if _CALLED.fullmatch(question.plain):
        return question._replace(words=question.words[:-1])
    match = _LETS.match(question.plain)
    if match:
        at = question.plain[: match.start(1)].count(" ")
        do = Spelling("do", "do", "do")
        rest = question.words[at + 1 :]
        if match.group(1) not in ("lets", "let"):
            cut = next((i for i, w in enumerate(rest) if w.lower == "to"), None)
            rest = rest if cut is None else (*rest[:cut], *rest[cut + 1 :])
        through = Spelling("through", "through", "through")
        question = question._replace(words=(through, *question.words[:at], do, *rest))
    return question


def _strip(question: Question) -> Question:
    """Take off *is it true that* and *in the document*."""
    match = _TRUTH.search(question.plain + " ")
    if match and match.end() < len(question.plain):
        question = cut(question, 0, question.plain[: match.end()].strip().count(" ") + 1)
    match = _ASIDE.search(question.plain) or (
        _MENTIONED.search(question.plain)
        if question.plain.startswith(("which", "what", "how many", "list"))
        else None
    )
    if match:
        start = question.plain[: match.start()].count(" ") + 1
        size = match.group().strip().count(" ") + 1
        rest = (*question.words[:start], *question.words[start + size :])
        if len(rest) > 1:
            verbs = {w.lower for w in rest} & _VERBS
            listing = not verbs and (
                match.group().split()[0] not in ("according", "in", "as", "from") or len(rest) <= start
            )
            if rest[-1].lower in ("is", "are", "was", "were") and len(rest) == start:
                rest = (*rest, Spelling("there", "there", "there"))
            question = question._replace(words=rest)
            if listing and question.words[0].lower in ("which", "what", "how"):
                extra = (Spelling("are", "are", "are"), Spelling("there", "there", "there"))
                question = question._replace(words=(*question.words, *extra))
    return question


def _voice_pattern(voices: Sequence[str]) -> _Pattern:
    names = "|".join(map(re.escape, voices))
    return _Pattern(
        rf"(?:^| )(?:in|from) (?:{names}) 's (?:view|opinion|eyes|words|account|reading|judge?ment)(?= |$)"
        rf"(?: ,)?"
        rf"|(?:^| )(?:according to|in|as per|by|from|per) (?:{names})(?= |$)(?! 's)(?: ,)?"
        rf"|^(?:does|did) (?:{names}) {_SAYING}(?: that| if| whether)? "
        rf"|(?<=^what )(?:does|did) (?:{names}) {_SAYING}(?= about| on| of| regarding| concerning|$)"
        rf"|^(?:{names}) {_SAYING}(?: that)? ",
        " ".join(voices),
    )


def _voices(question: Question, terms: ClaimTerms) -> Question:
    """Set *according to the prompt*, *does the reply say that* apart."""
    for iri in terms.voices:
        pattern = _voice_pattern(terms.voice_names[iri])
        match = pattern.search(question.plain)
        if match is None:
            continue
        start = question.plain[: match.start()].count(" ") + (1 if match.group().startswith(" ") else 0)
        question = cut(question, start, start + match.group().strip().count(" ") + 1)
        context = question.context._replace(voices=(iri,))
        return question._replace(context=context, notes=(*question.notes, f"as {terms.label(iri)} says it"))
    return question
