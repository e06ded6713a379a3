"""Evidence: the claims about what a triple speaks of, and the words that make them."""

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store, Triple

from diplograph.vocabulary import PREFIXES

_DC = NamedNode(PREFIXES["dcterms"] + "source")


@dataclass(frozen=True, order=True)
class Evidence:
    """A claim and its words in code points of a document; of reference data, its `source`."""

    claim: str = ""
    document: str = ""
    start: int | None = None
    end: int | None = None
    exact: str | None = None
    source: str = ""


def evidence(store: Store, triple: Triple, graph: NamedNode) -> tuple[Evidence, ...]:
    """Return what supports an asserted triple: claims that affirm its subject as actual, or its source."""
    if not isinstance(triple.subject, NamedNode):
        return ()
    found = sorted(set(_claims(store, triple.subject)))
    if found:
        return tuple(found)
    sources = store.quads_for_pattern(triple.subject, _DC, None, graph)
    return tuple(sorted(Evidence(source=_text(quad.object)) for quad in sources))


def _claims(store: Store, about: NamedNode) -> list[Evidence]:
    solutions = store.query(_QUERY.replace("?about", str(about)), use_default_graph_as_union=True)
    if not isinstance(solutions, QuerySolutions):
        return []
    return [
        Evidence(
            claim=_text(row["claim"]),
            document=_text(row["document"]),
            start=_number(row["start"]),
            end=_number(row["end"]),
            exact=_text(row["exact"]) if row["exact"] is not None else None,
        )
        for row in solutions
    ]


_QUERY = f"""
PREFIX dg: <{PREFIXES["dg"]}>
PREFIX oa: <{PREFIXES["oa"]}>
SELECT ?claim ?document ?start ?end (COALESCE(?quoted, ?trigger) AS ?exact) WHERE {{
  ?claim dg:about ?about ; dg:polarity dg:Affirmed ; dg:modality dg:Actual ; dg:evidence ?span .
  ?span oa:hasSource ?document .
  OPTIONAL {{ ?span oa:hasSelector ?position . ?position oa:start ?start ; oa:end ?end . }}
  OPTIONAL {{ ?span oa:hasSelector ?quote . ?quote oa:exact ?quoted . }}
  OPTIONAL {{ ?claim dg:trigger/oa:hasSelector/oa:exact ?trigger . }}
}}
"""


def _text(term: object) -> str:
    return term.value if isinstance(term, (NamedNode, Literal)) else ""


def _number(term: object) -> int | None:
    return int(term.value) if isinstance(term, Literal) else None
