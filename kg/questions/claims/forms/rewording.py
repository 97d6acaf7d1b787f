"""Other ways to say the same question, tried where the first way is not answered.

Each rule turns one construction of English into another with the same meaning: a cleft into a plain clause,
a question word at the end into one at the beginning, *is unable to* into *can not*. No word of any graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.questions.claims.english import IRREGULAR_PARTICIPLES
from kg.questions.claims.forms.question import Frame
from kg.questions.claims.lattice import Spelling, words_of

__all__ = ["reworded"]

_WH = r"(?:what|who|whom)"
_BE = r"(?:is|are|was|were)"
_DO = r"(?:do|does|did|will|would|can|could|may|might|should)"
_BUY = (
    r"(?:buy|buys|purchase|purchases|procure|procures|order|orders|acquire|acquires|get|gets|source|sources"
    r"|obtain)"
)
_SELL = (
    r"(?:makes?|sells?|supply|supplies|provides?|delivers?|manufactures?|produces?|furnish(?:es)?|ships?|vends?"
    r"|builds?|offers?)"
)
_AT_LAST = (
    r"(?:please|thanks|thank you|for me|to me|to us|for us|too|as well|likewise|again|if you can|do you think"
    r"|in your view|in your opinion|exactly|precisely|actually"
    r"|really|anyway|though|overall|in general|generally|as a whole|then|at all|in fact|respectively|by any chance"
    r"|in detail|in brief|briefly|in short|in a nutshell|specifically|to be precise|if any|if anything"
    r"|for certain|for sure|in practice|at present|these days|explicitly|of course|altogether|in total|in all"
    r"|eventually|ultimately|finally|someday|one day|in end|in long run|sooner or later|at some point"
    r"|at some stage)"
)
_ROOM = (
    r"(?:market|markets|industry|industries|sector|space|field|business|world|landscape|arena|economy|domain|area"
    r"|discussion|story|debate|analysis|argument|framework|context|setup|set-up|picture|game|boom|race|account"
    r"|setting|scene|environment|trade|build-out|buildout|narrative|view)"
)
_GET = r"(?:gets?|got|getting)"
_DONE = rf"(?:\w+ed|{'|'.join(sorted(IRREGULAR_PARTICIPLES))})"
_PAPER = (
    r"(?:(?:this |ai )?(?:document|text|article|post|blog|author|reply|prompt|source|paper|report|prompter"
    r"|writer))"
)
_RULES: tuple[tuple[Frame, tuple[str, ...]], ...] = (
    # what is added without weight
    (Frame(rf"(?P<a>.+?) ,? ?{_AT_LAST}"), ("{a}",)),
    (Frame(rf"{_AT_LAST} ,? ?(?P<a>.+)"), ("{a}",)),
    (Frame(r"(?P<a>.+) (?:in|within|across|throughout) (?:this |that |today 's |current |whole |entire"
           rf" )?{_ROOM}"),
     ("{a}",)),
    (Frame(rf"(?:in|within|across) (?:this |that |today 's |current |whole |entire )?{_ROOM} ,? ?(?P<a>.+)"),
     ("{a}",)),
    (Frame(r"(?P<a>.+?) , (?:right|correct|true|yes|no|or not|is it|is that right|is that so|is that correct"
           r"|(?:is|are|do|does|did|was|were|can|could|will|would|have|has) not (?:it|they|that|he|she|so)|(?:is"
           r"|are|do|does|did|can|will|would|have|has) (?:they|it))"),
     ("{a}",)),
    (Frame(r"(?:would you say|do you think|do you believe|can we say|could one say|can one say|can it be said"
           r"|could you confirm|can you confirm|please confirm|confirm|verify|check|am i right|am i right in"
           r" thinking|am i correct|is it safe to say|is it safe to assume|is it fair to assume|is it known|is"
           r" it clear|is it possible|is it likely|is it really case|would it be right to say|would it be"
           r" correct to say|does it follow|is there evidence|is there any evidence|is it mentioned|is it"
           r" written|could it be|can it be true|does anybody say|does anyone say|i heard|i read|i think|i"
           r" assume|is it implied|is it suggested|is it argued|is it assumed|is it believed|is it thought)(?:"
           r" that| if| whether)? (?P<a>.+)"),
     ("{a}",)),
    # clefts
    (Frame(rf"(?P<wh>when|where|how|why) {_BE} it that (?P<a>.+)"), ("{wh} do {a}", "{wh} {a}")),
    (Frame(rf"(?P<wh>{_WH}|which)(?: (?P<n>.+?))? {_BE} it (?:that|which|who|whom) (?P<a>.+)"),
     ("{wh} {n} do {a}", "{wh} {n} {a}")),
    (Frame(rf"(?P<wh>{_WH}|which)(?: (?P<n>.+?))? {_BE} (?:ones?|parties|party|thing|things|people) (?:that"
           r"|which|who|whom) (?P<a>.+)"),
     ("{wh} {n} {a}", "{wh} {n} do {a}")),
    (Frame(rf"{_BE} it (?:really |actually )?(?P<a>.+?) (?:that|which|who|whom) (?P<b>.+)"),
     ("do {a} {b}", "{b} {a}")),
    (Frame(rf"what (?P<a>.+?) (?P<v>do|does|did) {_BE} (?:to )?(?P<b>.+)"), ("{a} {b}",)),
    # what is hard, possible, got, borne
    (Frame(r"(?P<a>.+?) (?:more|much|just|somewhat|rather) like(?P<b>(?: .+)?)"), ("{a} like {b}",)),
    (Frame(rf"(?P<q>.*?){_BE} it (?:hard|difficult|tough|impossible|challenging|problematic) for (?P<a>.+?) to"
           r" (?P<b>.+)"),
     ("{q} can {a} not {b}", "{q} can not {a} {b}")),
    (Frame(r"is it (?:possible|conceivable|thinkable)(?: that)? (?P<a>.+?) (?:will|would|could|may"
           r"|might) (?P<b>.+)"),
     ("may {a} {b}",)),
    (Frame(r"(?:has|have) (?P<a>.+?) got (?P<b>.+)"), ("do {a} have {b}",)),
    (Frame(rf"(?P<q>.*?)(?:do|does|did) (?P<a>.+?) {_GET} (?P<v>{_DONE})(?P<b>(?: .+)?)"),
     ("{q} is {a} {v} {b}",)),
    (Frame(rf"(?P<a>.+?) {_GET} (?P<v>{_DONE})(?P<b>(?: .+)?)"), ("{a} is {v} {b}",)),
    (Frame(r"(?P<q>.*?)(?:do|does|did|will|would|can|could) (?P<a>.+?) (?:stop|cease|no longer|avoid|escape)"
           r" (?:be|being|to be) (?P<b>.+)"),
     ("{q} is {a} not {b}",)),
    (Frame(rf"(?P<q>what|which|how many) (?P<n>.+?) {_DO} (?P<a>.+?) (?:have|give|offer|list|name|cite|count) as"
           r" (?P<r>.+)"),
     ("{q} {n} are {r} of {a}", "{q} {n} have {a} as {r}")),
    (Frame(r"(?:what|which) (?P<n>\w+(?: \w+)?) (?:do|does|did) (?P<a>.+?) (?:bear|carry|have|hold|show|play|offer"
           r"|exhibit|enjoy|possess|display|give|provide|bring|see)"),
     ("what is {n} of {a}", "what are {n} of {a}", "which {n} do {a} have")),
    (Frame(rf"(?P<q>how many|what|which) (?P<n>.+?) (?:do|does|did) (?P<d>{_PAPER}) (?:see|identify|distinguish"
           r"|name|list|mention|recognize|discern|give|cite|count|describe|note)"
           r"(?P<r>(?: (?:for|in|of|among) .+)?)"),
     ("according to {d} {q} {n} are there", "according to {d} {q} {n} {r} are there")),
    (Frame(rf"how (?:do|does|did) {_PAPER} (?:describe|characterize|depict|portray|define|see|view|picture"
           r"|sum up|summarize) (?P<a>.+)"),
     ("what is {a}", "how is {a} described", "what are {a}")),
    (Frame(rf"(?:what|which) (?:claims|statements|assertions|predictions|points|remarks|things) (?:are|is|were"
           rf"|was) (?:made|said|stated|given|offered)(?: by {_PAPER})? (?:about|of|for|on|regarding|concerning)"
           r" (?P<a>.+)"),
     ("what is said about {a}",)),
    (Frame(r"(?P<w>what|which) (?P<n>\w+) (?:represents|stands for|corresponds to|denotes|depicts|embodies"
           r"|amounts to|constitutes|goes by name of|goes by name) (?P<a>.+)"),
     ("{w} {n} is {a}",)),
    (Frame(r"(?P<a>.+?) , (?P<w>which|what) (?P<n>.+?) (?:is|are) (?:that|this|it|those|they)"),
     ("{w} {n} is {a}",)),
    (Frame(rf"(?P<a>[^,]+) , (?P<w>{_WH}|which \w+) (?P<b>.+) (?:it|them|this|that|these|those)"),
     ("{w} {b} {a}",)),
    (Frame(rf"(?!(?:{_WH}|which|how|why|when|where|{_BE}|{_DO}) )(?P<a>.+) (?P<w>who|what|which \w+) (?P<v>\w+)"),
     ("{w} {v} {a}",)),
    (Frame(r"(?P<w>what|which) (?P<n>\w+) (?:comes? with|goes? with|are involved in|is involved in"
           r"|are inherent in|is inherent in) (?P<a>.+)"),
     ("{w} {n} do {a} have", "{w} {n} of {a} are there")),
    (Frame(r"in (?:what|which) (?:way|ways|manner|fashion) (?P<a>.+)"), ("how {a}",)),
    (Frame(r"(?:who|whom) (?!is |are |was |were |do |does |did )(?P<a>.+?) (?P<p>to|from|with)"
           r"(?P<t>(?: ,? ?and (?:how|why))?)"),
     ("{p} whom do {a} {t}",)),
    # a question word at the end or in the middle
    (Frame(rf"(?P<a>.+?) (?P<be>{_BE}) (?P<v>\w+) (?P<p>by|to|from|for|with|through|into|on|as|at) (?P<wh>{_WH})"),
     ("{p} {wh} {be} {a} {v}", "{wh} {be} {a} {v} {p}")),
    (Frame(rf"(?P<a>.+?) (?P<be>{_BE}) (?P<b>.+?) (?P<wh>{_WH})"), ("{wh} {be} {a} {b}",)),
    (Frame(rf"(?P<a>.+?) (?P<be>{_BE}) (?P<wh>what|who)"), ("{wh} {be} {a}",)),
    (Frame(r"(?P<a>[^,]+) , (?P<wh>who|which company|which companies|which group|which groups)"),
     ("{wh} {a}", "{wh} is {a}")),
    (Frame(rf"(?!(?:{_WH}|which|how|why|when|where) )(?P<a>.+?)(?: ,)? (?P<wh>{_WH})"),
     ("{wh} is {a}", "{wh} do {a}", "{wh} {a}")),
    (Frame(rf"(?!(?:{_WH}|which|how|why|when|where|{_BE}|{_DO}) )(?P<a>.+?) (?P<p>by|to|from|for|with|through"
           r"|into|on) (?P<wh>which|what) (?P<n>.+)"),
     ("{p} {wh} {n} do {a}", "{wh} {n} do {a} {p}", "{p} {wh} {n} {a}")),
    (Frame(rf"(?!(?:{_WH}|which|how|why|when|where|{_BE}|{_DO}) )(?P<a>.+) (?P<wh>which|what|how many) (?P<n>.+)"),
     ("{wh} {n} do {a}",)),
    (Frame(r"(?P<a>.+?) (?P<v>\w+) (?P<n>\w+) (?P<c>and|but|or|yet) (?P<b>.+?) (?:it|them)"),
     ("{a} {v} {n} {c} {b} {n}", "{a} {v} {c} {b} {n}")),
    (Frame(r"(?P<a>.+?) (?P<v>\w+) (?P<n>\w+ \w+) (?P<c>and|but|or|yet) (?P<b>.+?) (?:it|them)"),
     ("{a} {v} {n} {c} {b} {n}", "{a} {v} {c} {b} {n}")),
    (Frame(r"(?P<a>.+?) (?P<p>to|onto|on|with|from|at|upon) (?:others|other parties|other players|other"
           r" companies|someone else|somebody else|anyone else|other people|other firms|third parties)"),
     ("{a} {p} anyone",)),
    (Frame(r"(?:what|which) (?:instruments?|means|tools?|mechanisms?|methods?|vehicles?|devices?|techniques?"
           r"|approach|way|ways|arrangements?|contracts?) (?:do|does|did|can) (?P<a>.+?) (?:use|employ|apply"
           r"|have|rely on|utilize|need) (?:to|for|in order to) (?P<b>.+)"),
     ("through what do {a} {b}",)),
    (Frame(r"(?:what|which) (?:instruments?|means|tools?|mechanisms?|methods?|vehicles?|devices?|techniques?"
           r"|things?)? ?(?:is|are) used by (?P<a>.+?) (?:to|for|in order to) (?P<b>.+)"),
     ("through what do {a} {b}",)),
    (Frame(r"(?:what|which factors?|which things?) (?:lets?|allows?|enables?|helps?|permits?|makes?|causes?"
           r"|leads?|drives?|forces?) (?P<a>[^ ]+(?: [^ ]+){0,2}?) (?:to )?(?P<b>[^ ]+ .+|[^ ]+)"),
     ("why can {a} {b}", "why do {a} {b}")),
    (Frame(r"what makes it possible for (?P<a>.+?) to (?P<b>.+)"), ("why can {a} {b}",)),
    (Frame(r"(?P<be>is|are|was|were) there (?:any )?(?P<n>.+?) (?:for|at|with|in|among|on side of|in case of)"
           r" (?P<a>.+)"),
     ("do {a} have {n}",)),
    (Frame(rf"(?P<q>what|which|how many) (?P<n>.+?) {_BE} there (?:for|at|with|in|among|of|to) (?P<a>.+)"),
     ("{q} {n} do {a} have", "{q} {n} of {a} are there")),
    (Frame(r"(?P<p>in|for|on|with|to|from) (?:what|which) (?:\w+) (?P<be>is|are|was|were) (?P<a>.+?) (?P<j>\w+)"),
     ("what {be} {a} {j} {p}",)),
    (Frame(r"(?:what|which) (?P<n>\w+) (?:do|does|did) (?:\w+) (?:draw|make|give|use|offer|see|find|suggest"
           r"|present) (?:for|of|about|between|on|with|to|regarding) (?P<x>.+)"),
     ("what are {n} of {x}", "which {n} of {x} are there")),
    (Frame(rf"(?P<q>which|what) (?P<n>.+?) {_BE} (?:associated|linked|connected|related|identified|affiliated"
           r"|attributed|ascribed) (?:to|with) (?P<x>.+)"),
     ("{q} {n} of {x}", "{q} {n} do {x} have")),
    (Frame(r"(?:which|what) (?:tasks?|jobs?|dut(?:y|ies)|assignments?|functions?|areas?|categor(?:y|ies)"
           r"|matters?|elements?|aspects?|pieces?|assets?|resources?|kinds? of things?|activit(?:y|ies)|goods?"
           r"|concepts?|consequences?|effects?|phenomen(?:on|a)|factors?|trends?|developments?) (?P<a>.+)"),
     ("what {a}",)),
    (Frame(r"(?P<a>.+?) (?P<be>is|are|was|were) (?:said|considered|thought|believed|expected|supposed|known"
           r"|reported|deemed|claimed|seen|held|assumed|likely) to be (?P<b>.+)"),
     ("{a} {be} {b}",)),
    (Frame(r"(?P<a>.*?)(?P<be>is|are|was|were) (?P<b>.*?)being (?P<c>.+)"), ("{a} {be} {b} {c}",)),
    (Frame(r"(?P<be>is|are|was|were) (?P<a>.+?) (?:one of|among|part of|counted among|listed among|some of)"
           r" (?P<n>.+)"),
     ("{be} {a} {n}",)),
    (Frame(r"(?:when|under what circumstances?|under which circumstances?|under what conditions?|under which"
           r" conditions?|in what case|in which case|in what situation|in which situation|in what event|in which"
           r" event) (?P<a>(?:do|does|would|could|can|is|are) .+)"),
     ("in which scenario {a}",)),
    (Frame(r"(?:is|was) there (?:any |a )?(?:reason|explanation|cause|ground)(?: given| stated)?(?: for| that|"
           r" why)? (?P<a>.+)"),
     ("why {a}",)),
    (Frame(r"(?P<w>how|why|when|where) (?P<a>.+?) (?P<be>is|are|was|were|can|could|do|does|did|will|would|may"
           r"|might) (?P<b>.+)"),
     ("{w} {be} {a} {b}",)),
    (Frame(r"(?P<w>what|who|whom) (?P<a>.+?) (?P<be>is|are|was|were) (?P<b>.+)"),  # *what firms do* asks for firms
     ("{w} {be} {a} {b}",)),
    (Frame(rf"(?P<q>(?:why|how|how come)?) ?{_BE} (?P<n>\w+) (?P<j>\w+er|more \w+) (?:for|with|at|in|under)"
           r" (?P<a>.+)"),
     ("{q} do {a} have {j} {n}",)),
    (Frame(r"(?P<w>how|why|when|where|what|whom) (?!is |are |was |were |do |does |did |can |will |would |may"
           r" )(?P<a>.+)"),
     ("{w} do {a}",)),
    (Frame(rf"(?P<w>which|what) (?P<n>\w+(?: (?!{_BE} |{_DO} )\w+)?) (?!{_BE} |(?:do|does|did|can|will|would|may"
           r"|might) )(?P<a>.+)"),
     ("{w} {n} do {a}",)),
    (Frame(r"(?P<a>[^,]+) , (?P<b>[^,]+) , (?P<c>[^,]+)"), ("{a} {c} {b}", "{a} {b} {c}", "{b} , {a} {c}")),
    (Frame(r"(?P<a>[^,]+) , (?P<v>\w+) (?P<p>by|to|from|for|with|through|into|on|as) (?P<wh>what|whom|who)"),
     ("{p} {wh} is {a} {v}", "{wh} is {a} {v} {p}")),
    (Frame(r"(?!(?:what|who|whom|which|how|why|when|where|is|are|do|does|did|can) )(?P<a>.+?) (?P<v>\w+)"
           r" (?P<p>by|to|from|for|with|into|as)"),
     ("{p} whom is {a} {v}", "what is {a} {v} {p}")),
    (Frame(r"(?:can|could|would|will) you (?:please )?(?:identify|name|list|mention|enumerate|give|show|provide"
           r"|find|state|specify)(?: me| us)? (?P<n>.+)"),
     ("list {n}", "what are {n}")),
    (Frame(r"i (?:need|want|would like|am looking for|look for|seek)(?: to (?:see|have|get|know))?(?: list of|"
           r" names of)? (?P<n>.+)"),
     ("list {n}", "{n}")),
    (Frame(r"(?:do|does|did) (?:this |ai )?(?:document|text|article|post|author|reply|prompt|it|they|source"
           r"|paper|blog) (?:regard|consider|see|view|treat|classify|describe|label|call|count|class|portray"
           r"|present) (?P<a>.+?) (?:as|to be|among) (?P<b>.+)"),
     ("is {a} {b}", "do {a} {b}")),
    (Frame(r"(?P<a>.+?) (?:is|are) (?P<r>\w+(?: \w+)?) of (?:which|what) (?P<n>.+)"),
     ("whose {r} is {a}", "which {n} have {r} of {a}")),
    (Frame(r"(?P<a>.+?) (?:has|have) (?P<x>.+?) as (?:its |their )?(?P<r>.+)"), ("{a} have {r} of {x}",)),
    (Frame(r"(?:if|when|assuming|suppose|supposing) (?P<a>[^,]+) ,(?: then)? (?:which|what) scenario(?: is that|"
           r" is it| are we in| applies| holds)?"),
     ("in which scenario do {a}",)),
    (Frame(r"(?P<q>.*?)(?P<n>names?|titles?) (?:given to|used for|assigned to) (?P<x>.+)"), ("{q} {n} of {x}",)),
    (Frame(r"in (?:which|what) scenarios? (?:is|are) there (?P<x>.+)"), ("which scenario mentions {x}",)),
    (Frame(r"(?P<w>which|what) (?P<n>.+?) (?:exist|exists|occur|occurs|appear|appears|feature)"
           r"(?: (?:in|within|for) (?P<x>.+))?"),
     ("{w} {n} do {x} have", "{w} {n} are there")),
    (Frame(r"what (?:do|does) (?P<s>.+?) (?:predict|say|imply|mean|foresee|expect|suppose|hold|forecast|spell)"
           r" (?:for|of|regarding) (?P<x>.+)"),
     ("what does {s} say about {x}",)),
    (Frame(r"(?:during what|on what occasion|at which time|at what moment) (?P<a>.+)"), ("when {a}",)),
    # what used to be, what keeps from being
    (Frame(r"(?P<q>.*?)did (?P<a>.+?) use to (?P<b>.+)"), ("{q} did {a} {b}",)),
    (Frame(r"(?P<a>.+?) used to (?P<b>.+)"), ("{a} {b}",)),
    (Frame(r"(?:what|which things?) (?:would|could|can|might|may|will|does|do) (?:keep|stop|prevent|save|protect"
           r"|spare|shield) (?P<a>.+?) (?:from )?(?:being|becoming|getting) (?P<b>.+)"),
     ("how can {a} avoid being {b}", "how can {a} avoid {b}")),
    (Frame(r"(?:what|which things?) (?:keeps|stops|prevents|saves|protects|spares|shields) (?P<a>.+?)"
           r" (?:from )?(?:being|becoming|getting) (?P<b>.+)"),
     ("how can {a} avoid being {b}", "how can {a} avoid {b}")),
    (Frame(rf"(?P<p>in|for|to|on) (?:which|what) (?:{_ROOM}|areas?|fields?|domains?) (?P<be>is|are|was|were|has"
           r"|have|do|does|did|can|will|would) (?P<a>.+)"),
     ("what {be} {a} {p}",)),
    (Frame(r"(?P<q>(?:what|who|whom|which \w+|how|why|to whom|from whom|in what)?) ?(?:has|have|had) (?P<a>.+)"),
     ("{q} do {a}",)),
    # ability
    (Frame(r"(?:what|which things?) (?:(?:would|could|can|might|may|will) )?(?:makes?|renders?|leaves?) (?P<a>.+?)"
           r" (?P<j>unable|able|incapable|capable) (?P<p>to|of) (?P<b>.+)"),
     ("why are {a} {j} {p} {b}", "under what condition are {a} {j} {p} {b}")),
    (Frame(r"(?:what|which things?) (?:(?:would|could|can|might|may|will) )?(?:keeps?|stops?|prevents?|hinders?"
           r"|bars?) (?P<a>.+?) from (?P<b>.+)"),
     ("why can {a} not {b}", "under what condition can {a} not {b}")),
    (Frame(rf"(?P<q>.*?){_BE} (?P<a>.+?) (?:unable|not able|incapable) (?:to|of) (?P<b>.+)"),
     ("{q} can {a} not {b}", "{q} can not {a} {b}")),
    (Frame(rf"(?P<q>.*?){_BE} (?P<a>.+?) (?:able|capable|allowed|in position) (?:to|of) (?P<b>.+)"),
     ("{q} can {a} {b}",)),
    # more than all others is most; *one* is another of the same
    (Frame(r"(?P<a>.+?) more (?P<j>\w+) than (?:(?:all|any) )?(?:of )?(?:others?|other \w+|rest|either other)"),
     ("{a} most {j}",)),
    (Frame(r"(?P<a>.*?)(?P<j>\w+) (?P<n>\w+(?: \w+)?) (?P<c>and|or|from|than|to|with) (?P<k>\w+) one"),
     ("{a} {j} {n} {c} {k} {n}",)),
    (Frame(r"(?P<a>.+?) elsewhere"), ("{a} to anyone",)),
    (Frame(rf"(?:(?:what|which) {_BE} )?role of (?P<a>.+)"), ("describe {a}",)),
    (Frame(rf"(?:(?:what|which) {_BE} )?(?P<a>.+) 's role"), ("describe {a}",)),
    # buying and selling
    (Frame(rf"whose (?P<n>.+?) {_DO} (?P<a>.+)"), ("from whom do {a} {n}",)),
    (Frame(r"(?:who|which company|what company|which companies|which vendor|which firm) (?:mostly |mainly"
           rf" )?{_SELL} (?P<n>.+?) (?:that |which )?(?P<a>[^ ]+(?: [^ ]+)?) (?P<v>{_BUY})"),
     ("from whom do {a} {v} {n}",)),
    (Frame(r"(?:who|which company|what company|which companies|which vendor|which firm) (?:mostly |mainly"
           rf" )?{_SELL} (?P<n>.+?) (?:bought|purchased|procured|acquired|used) by (?P<a>.+)"),
     ("from whom do {a} buy {n}",)),
    (Frame(rf"(?:where|from where) {_DO} (?P<a>.+?) (?P<v>{_BUY}) (?P<n>.+?)(?: from)?"),
     ("from whom do {a} {v} {n}",)),
    # what a sentence begins with
    (Frame(r"(?:for|as for|regarding|concerning|about|speaking of|when it comes to|with regard to|with respect"
           r" to|in terms of|on topic of|on subject of|on|in case of|of|among|from|to|by|in|with|as far as)"
           r" (?P<x>[^,]+?)(?: is concerned| are concerned| goes| go)? , (?P<a>.+)"),
     ("{a} of {x}", "{a} for {x}", "{a} {x}")),
    (Frame(r"(?P<p>during|under|without|after|before) (?P<x>[^,]+?) , (?P<a>.+)"), ("{a} {p} {x}",)),
    # numbers and names
    (Frame(r"(?:what is |give me |tell me |state |give )?(?:total |overall )?(?:number|count|tally|amount) of"
           r" (?P<n>.+)"),
     ("how many {n}", "how many {n} are there")),
    (Frame(r"(?:count|tally|enumerate) (?P<n>.+)"), ("how many {n} are there",)),
    (Frame(rf"how many (?P<n>.+?) {_DO} (?:we|you|one) (?:have|see|find|count|know)"),
     ("how many {n} are there",)),
    (Frame(r"how many (?P<n>.+?) (?:exist|in total|in all|altogether)"),
     ("how many {n} are there", "how many {n}")),
    (Frame(r"(?:what (?:is|are) |give me |list |state |provide |tell me )?names? of (?P<n>.+)"),
     ("which {n} are there", "list {n}", "{n}")),
    (Frame(rf"(?:what|how) {_BE} (?P<n>.+?) (?:called|named|titled|labelled|labeled|termed|known as)"),
     ("what is name of {n}", "list {n}", "{n}", "which {n} are there")),
    (Frame(r"(?P<a>.+ (?:most|least|more|less|best|only) .+) ones?"), ("{a}",)),
    (Frame(r"(?:which|what) (?:part|segment|end|portion) of (?:market|industry|field|business) (?P<a>.+)"),
     ("whom {a}", "what {a}")),
    (Frame(r"(?:list|name|show|identify|enumerate|mention|specify|state|give|provide|present|outline|find"
           r"|display|point out|spell out|write down|tell)(?: me| us| out| down)?(?: (?:all|every|each|any)(?:"
           r" of)?)? (?P<n>.+)"),
     ("list {n}", "which {n}", "what are {n}", "which {n} are there")),
    (Frame(r"what means (?P<a>.+)"), ("what do {a} mean", "what is {a}")),
    (Frame(r"(?P<a>.+?) (?:meaning|definition)"), ("what do {a} mean", "what is {a}")),
    (Frame(r"(?P<wh>who|what|which) (?:all|else) (?P<a>.+)"), ("{wh} {a}",)),
    (Frame(r"which (?:are|is) (?P<a>.+)"), ("what are {a}",)),
    (Frame(r"what (?:kind|kinds|type|types|sort|sorts) of (?P<n>.+)"), ("what {n}",)),
    (Frame(r"(?:which|what) (?:thing|things|stuff|item|items) (?P<a>.+)"), ("what {a}",)),
    (Frame(r"(?:which|what) (?:entity|entities|people|person|persons|one|ones|side|sides|camp|class of (?:player"
           r"|players|company|companies)) (?P<a>.+)"),
     ("who {a}",)),
    # what stands between subject and verb
    (Frame(r"(?P<a>.+?) (?:supposed|expected|said|believed|thought|known|reported|assumed|likely|deemed|claimed"
           r"|considered|seen|found|bound|going|set|due|made|forced|obliged|willing|ready|prepared) to (?P<b>.+)"),
     ("{a} {b}",)),
    (Frame(r"(?P<a>.+?) (?:tends?|seems?|appears?|happens?|manages?|wants?|tries|try|needs?|has|have|get|gets"
           r"|choose|chooses|begin|begins|prefer|prefers|continue|continues) to (?P<b>.+)"),
     ("{a} {b}",)),
    (Frame(r"(?P<a>.+?) (?:ultimately|effectively|essentially|primarily|mainly|typically|usually|directly|right"
           r"|immediately|eventually|explicitly|simultaneously|together|alone|themselves|itself|either|jointly"
           r"|apparently|supposedly|reportedly|in fact|in effect|in essence|end up|ends up) (?P<b>.+)"),
     ("{a} {b}",)),
)  # fmt: skip
_MOST = 12


def reworded(words: Sequence[Spelling]) -> Iterator[tuple[Spelling, ...]]:
    """Yield other wordings of a question, each once, those of one step before those of two.

    >>> from kg.questions.claims.lattice import words_of
    >>> "Who bears risk" in {" ".join(w.text for w in r) for r in reworded(words_of("Who is it that bears risk?"))}
    True
    """
    seen = {_plain(words)}
    found: list[tuple[Spelling, ...]] = []
    for steps in (tuple(words), *_once(tuple(words))):
        for changed in _once(steps):
            if len(found) < _MOST and changed and _plain(changed) not in seen:
                seen.add(_plain(changed))
                found.append(changed)
    yield from found


def _plain(words: Sequence[Spelling]) -> str:
    return " ".join(w.lower for w in words)


def _once(words: tuple[Spelling, ...]) -> Iterator[tuple[Spelling, ...]]:
    for frame, templates in _RULES:
        groups = frame.match(words)
        if groups is None:
            continue
        for template in templates:
            yield tuple(_filled(template, groups))


def _filled(template: str, groups: dict[str, tuple[Spelling, ...]]) -> Iterator[Spelling]:
    for part in template.split():
        if part.startswith("{"):
            yield from groups.get(part[1:-1], ())
        else:
            yield from words_of(part)
