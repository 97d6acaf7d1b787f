"""The closed-class words of English questions: what each does to the words around it.

Nothing here knows a graph. An operator is (kind, value); a phrase may have several.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.vocabulary.measures import QUANTITY_VERBS, adjective, graded
from kg.vocabulary.words import Token

__all__ = ["Operator", "is_closed", "operators"]


class Operator(NamedTuple):
    """A closed-class phrase and what it does.

    Attributes:
        kind: what :class:`kg.questions.plain.operators.Operators` has a method for.
        value: which one.
        size: tokens it covers.
        cost: how odd it is to read the words this way.
    """

    kind: str
    value: str
    size: int
    cost: float = 0.0


_PHRASES = """
skip det 0: the | all | all the | all of the | any | some | these | those | this | our | my | its | his | her |
    their | both | own | either
skip a 0: a | an
skip mark 0: , | ? | ! | . | ; | : | " | “ | ” | ( | ) | '
skip noise 0.05: please | also | still | ever | there | so | then | currently | exactly what | different |
    distinct | various | individual | respective | respectively | corresponding | related | associated | certain |
    specific | single | existing | overall | do we have | we have | have we |
    do you have | do you know | are there | is there | out there | in existence | you can find | known | just |
    together | actual | actually | exist | exists | existing | to them | to it | it had | it has | they have |
    that exist | on record | on file | in the graph | in the data | in the database | here
skip noise 0.15: , and how many each | and how many each | , how many each | how many each | and how many |
    each
skip noise 0.6: us | me | you | we | i
open list 0: list | show | give | name | tell | find | return | get | display | print | enumerate | give me |
    show me | tell me | list me | get me | find me | name me | i want | i want to know | i would like to know |
    i need | let me know | could you tell me | can you tell me | can you give me | could you give me |
    can you show me | could you show me | can you list | could you list | please list | please show |
    do you know | what about | return me | provide | provide me with | give us | show us | tell us | identify |
    retrieve | fetch | report | tell me about all | lookup | look up | present | output | select
skip noise 0.1: the name of | the names of | names of | name of | the names | a list of | the list of |
    list of | the set of | amount of | the amount of | the value of | value of | the identity of |
    the complete list of | information on | the details of | kind of | kinds of | type of | types of
wh which 0: which | what | whats | what 's | which of | which ones | which of the | what kind of |
    what kinds of | what type of | what types of | what sort of | which kind of | which kinds of |
    which type of | which types of
wh who 0: who | whom | who all | who 's | by whom | to whom | for whom | with whom | from whom
wh where 0: where | where 's | in what place | at which place
wh when 0: when | what year | which year | in which year | in what year | on what date | on which date |
    what date | at what time
how big 0: the size of | size of | what size is | the size
much - 0: how much | how much is | how much does
count count 0: how many | how many of | how many of the | number of | the number of | total number of |
    count of | count | count the | the total number of | what number of | the count of |
    how many different | how many distinct | how often | how many times
prep - 0: of | in | on | at | for | from | to | with | within | by | through | across | into | via | inside |
    along | among | amongst | against | near | under | over | onto | during | toward | towards | about |
    around | out of | because of | as | off | upon | between | throughout | alongside | regarding | concerning |
    involving | including | behind | beneath | beside | outside | as of
with with 0: having | who have | that have | which have | who has | that has | which has | that had | whose |
    which had | who had
be - 0: is | are | was | were | be | been | being | am | 's | become | becomes | became
be there 0.02: is there | are there | was there | were there | is there any | are there any | is there a |
    is there an
do - 0: do | does | did | can | could | will | would | should | may | might | must | shall
have - 0: has | have | had | possess | possesses | own
have - 0.3: contain | contains | contained | containing | include | includes | included | hold | holds |
    comprise | comprises | got | feature | features | keep | keeps | carry | carries | cover | covers |
    covering
in in 0.1: located in | situated in | found in | lying in | lie in | lies in | in | contained in | based in |
    is in | are in | inside | live in | lives in | within | located within | located at | located on | lie on |
    lies on | situated on | situated at | belong to | belongs to | belonging to | part of | is part of |
    are part of | included in | held in | kept in | held at | available in | available at | available from
skip noise 0.35: located | situated | found | lie | lies | lying | stand | stands | standing | used | use |
    uses | using | made | make | makes | come | comes | placed | put | happen | happened | happens | occur |
    occurs | occurred | take place | takes place | took place | give | gives | gave | given | get | gets | go |
    goes | went | gone | sent | involve | involves | involved | present | available | recorded | listed |
    appear | appears | appeared | lived
neg not 0: not | n't | don't | doesn't | didn't | isn't | aren't | wasn't | weren't | hasn't | haven't |
    cannot | can't | never | no | nor | neither | without any | do not | does not | did not | is not | are not |
    has not | have not | no longer
neg without 0: without | lacking | lack | lacks | with no | that lack | have no | has no | had no | having no |
    missing | do not have | does not have | don't have | doesn't have | did not have | without a | without an |
    have not got | do not have any | does not have any | have never had
except except 0: except | except for | excluding | apart from | other than | besides | but not | aside from |
    not counting
rel that 0: that | which | who | where | whom | such that | in which | through which | to which | from which |
    on which | at which | by which | for which | with which | of which | in whom | whom | wherein |
    through whom | into which
rel whose 0: whose | where the | in which the | for which the | of whom the
conj and 0: and | as well as | and also | plus | along with | together with | , | , and | & | & | and then |
    and the corresponding | and their | and its | and the
conj or 0: or | , or | and/or | or else | or the
conj but 0: but | but also | yet | while
most 1 0: most | the most | most number of | the most number of | greatest number of | the greatest number of |
    largest number of | the largest number of | highest number of | the highest number of | maximum number of |
    the maximum number of | biggest number of | the biggest number of | the highest count of |
    the largest amount of
most -1 0: fewest | the fewest | least | the least | least number of | the least number of | fewest number of |
    the fewest number of | smallest number of | the smallest number of | lowest number of |
    the lowest number of | minimum number of | the minimum number of
sup 1 0: maximum | max | greatest | top | highest | largest | biggest | peak | maximal | most | strongest |
    leading
sup -1 0: minimum | min | least | lowest | smallest | minimal | fewest
cmp > 0: more than | greater than | higher than | over | above | exceeding | larger than | bigger than |
    in excess of | exceeds | exceed | upwards of | that exceed | exceeded | of more than | with more than |
    of over | more | beyond
cmp < 0: less than | fewer than | lower than | under | below | smaller than | of less than | less | fewer
cmp >= 0: at least | no less than | not less than | no fewer than | a minimum of | minimum of | not fewer than |
    >= | greater than or equal to | from at least
cmp <= 0: at most | no more than | not more than | up to | a maximum of | maximum of | <= |
    less than or equal to | not over
cmp = 0: exactly | equal to | equals | precisely | = | just | only | of exactly
cmp >=t 0: since | starting from | starting in | as of
cmp >t 0: after | later than | following | newer than | more recent than |
    more recently than
cmp <=t 0: until | up until | by the end of
cmp <t 0: before | prior to | earlier than | older than | preceding | no later than
cmp >< 0: between | from | in the range of | ranging from
after >= 0: or more | or higher | or above | or greater | or over | and above | and more | and over | and up
after <= 0: or less | or fewer | or lower | or below | or under | and below | and less | and under
than than 0: than | than that of | than the | as
agg avg 0: average | mean | the average | the mean | avg | average of | the average of | on average | typical |
    mean value of | the average value of | averaged
agg sum 0: total | sum | sum of | the sum of | total of | combined | the total of | the combined | overall |
    the total | cumulative | aggregate | summed | total amount of | the total amount of | total sum of |
    altogether | in total | total value of | the total value of | combined total of
count count 0.5: quantity of
agg sum 0: total number of | the total number of | sum total of
in in 0.15: work in | works in | work at | works at | work for | works for | working in | working at |
    working for | employed by | employed at | employed in | worked in | worked at | worked for | serve in |
    serves in
each each 0: each | every | per | for each | for every | in each | in every | of each | of every | by each |
    grouped by | group by | broken down by | for all | each of the | for each of the | to each | with each |
    at each
by by 0: with their | with its | with his | with her | along with their | together with their |
    by | sorted by | ordered by | by the | in terms of | according to | based on | ranked by |
    with respect to | as measured by
order asc 0: sorted by | ordered by | order by | sort by | arranged by | in order of | in ascending order of |
    ordered from lowest | in increasing order of | in the order of
order desc 0: in descending order of | in decreasing order of | ranked by | from highest to lowest by |
    sorted descending by
named named 0: named | called | known as | with the name | by the name of | titled | entitled | with name |
    of the name | whose name is | with the title | identified as | identified by | with id | with number |
    with the number | with the code | with code
top top 0: top | first | best | the top | the first | the best
poss 's 0: 's | '
only only 0: only | solely | exclusively | just
other other 0: other | another | else | others
self self 0: itself | themselves | each other | one another
same same 0: the same | same | an identical | identical | share | shares | shared | sharing | share the |
    shares the | share their | shares its | shares his | shares her | sharing the | share a | shares a |
    have the same | has the same | with the same | having the same | in the same | of the same | at the same |
    from the same | on the same | for the same | by the same | to the same | the same sort of
like like 0: as | like | with that of | with
pron it 0: it | them | they | he | she | him | one | ones | that of | those of | the one | the ones | things |
    something | anything | thing
void any 0.05: anyone | anybody | someone | somebody | any one | anyone at all | any of them
void none 0.05: nothing | nobody | no one | none | none of them | no other
define sum 0: is the sum of | are the sum of | as the sum of | which is the sum of | , which is the sum of |
    being the sum of | is sum of | defined as the sum of | equals the sum of | is the total of
define divide 0: divided by | over the | per the
define is 0: which is the | where | , which is the | , which is | which is
why why 0: why | why is | why are | why does | why do | how come | what is the reason | for what reason
"""
# kind value cost: phrases, a line that is indented goes on


def _read_table() -> dict[str, list[tuple[tuple[str, ...], str, str, float]]]:
    found: dict[str, list[tuple[tuple[str, ...], str, str, float]]] = {}
    for entry in _PHRASES.replace("\n    ", " ").strip().split("\n"):
        head, _, phrases = entry.partition(":")
        kind, value, cost = head.split(" ")
        for phrase in phrases.split("|"):
            words = tuple(phrase.split())
            if words:
                said = words[0] if value == "-" else value
                found.setdefault(words[0], []).append((words[1:], kind, said, float(cost)))
    return found


_TABLE = _read_table()

UNIT_WORDS = frozenset(
    [
        "km",
        "kilometers",
        "kilometres",
        "kilometer",
        "kilometre",
        "meters",
        "metres",
        "m",
        "miles",
        "feet",
        "ft",
        "usd",
        "eur",
        "dollars",
        "euros",
        "pounds",
        "years",
        "days",
        "hours",
        "minutes",
        "seconds",
        "kg",
        "tons",
        "tonnes",
        "percent",
        "square",
        "cubic",
        "people",
        "megawatts",
        "mw",
        "gw",
        "gb",
        "tb",
        "months",
        "weeks",
        "acres",
        "hectares",
        "inches",
        "cm",
        "mm",
        "litres",
        "liters",
        "celsius",
        "fahrenheit",
        "degrees",
    ]
)
"""Words that are units after *in*."""

_ORDINALS = {
    w: i
    for i, w in enumerate(
        ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
    )
}
_CLOSED = frozenset(_TABLE)


def is_closed(word: str) -> bool:
    """Whether a word begins a closed-class phrase by itself."""
    return word in _CLOSED and any(not rest for rest, *_ in _TABLE[word])


def operators(tokens: Sequence[Token], start: int) -> Iterator[Operator]:
    """Yield every operator that begins at a token.

    >>> from kg.vocabulary.words import tokenize
    >>> [o.value for o in operators(tokenize("more than 3"), 0) if o.size == 2]
    ['>']
    """
    word = tokens[start].lower
    for rest, kind, value, cost in _TABLE.get(word, ()):
        end = start + 1 + len(rest)
        if end <= len(tokens) and all(tokens[start + 1 + i].lower == w for i, w in enumerate(rest)):
            yield Operator(kind, value, end - start, cost)
    yield from _graded(tokens, start)
    if word in QUANTITY_VERBS:
        yield Operator("quantity", QUANTITY_VERBS[word], 1, 0.1)
    if word == "in" and start + 1 < len(tokens):
        unit = [t.lower for t in tokens[start + 1 : start + 3]]
        if unit and unit[0] in UNIT_WORDS:
            size = 2 if len(unit) > 1 and unit[1] in UNIT_WORDS else 1
            yield Operator("unitword", " ".join(unit[:size]), size + 1)


def _graded(tokens: Sequence[Token], start: int) -> Iterator[Operator]:
    word = tokens[start].lower
    following = tokens[start + 1].lower if start + 1 < len(tokens) else ""
    found = graded(word)
    if found:
        base, kind = found
        yield Operator("adjsup" if kind == "sup" else "adjcmp", base, 1)
        if kind == "cmp" and following == "than":
            yield Operator("adjcmp", base, 2)
    if word in ("most", "least", "more", "less"):
        flip = "-" if word in ("least", "less") else ""
        plain = following if adjective(following) else following.removesuffix("ly")
        if adjective(plain):
            kind = "adjsup" if word in ("most", "least") else "adjcmp"
            yield Operator(kind, flip + plain, 2)
            if kind == "adjcmp" and start + 2 < len(tokens) and tokens[start + 2].lower == "than":
                yield Operator(kind, flip + plain, 3)
    if word == "how" and adjective(following):
        yield Operator("how", following, 2)
    if adjective(word):
        yield Operator("adj", word, 1, 0.2)
    if word in _ORDINALS and _ORDINALS[word] > 1:
        yield Operator("nth", str(_ORDINALS[word]), 1)
