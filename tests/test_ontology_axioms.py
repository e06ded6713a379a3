"""The axioms: within OWL 2 DL and OWL 2 RL, consistent, and each good for something.

Entailments are computed by `owlrl`, consistency by HermiT (through `owlready2`, with Java).
"""

from functools import cache
from pathlib import Path
from typing import Any

import owlrl
import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, URIRef
from rdflib.term import Node

from diplograph.vocabulary import PREFIXES
from reasoning import axioms, is_consistent, terminology, triples, turtle

OUTSIDE_RL = {
    OWL.allValuesFrom, OWL.cardinality, OWL.complementOf, OWL.disjointUnionOf, OWL.equivalentClass,
    OWL.hasSelf, OWL.maxCardinality, OWL.minCardinality, OWL.oneOf, OWL.onDataRange, OWL.qualifiedCardinality,
    OWL.ReflexiveProperty, OWL.topObjectProperty, OWL.unionOf, OWL.withRestrictions,
}  # fmt: skip
"""What the ontology does without: outside OWL 2 RL, or inside only in places that are easily mistaken."""
ALLOWED_IN_RL = {
    "owl:AllDisjointClasses", "owl:AsymmetricProperty", "owl:IrreflexiveProperty", "owl:propertyChainAxiom",
}  # fmt: skip
"""What pyowl2-profiles 0.1.0 takes to be outside, although OWL 2 Profiles, 4.2.5, allows all of them in RL."""
RL_DATATYPES = {RDFS.Literal, XSD.boolean, XSD.decimal, XSD.integer, XSD.string}
"""The datatypes of OWL 2 RL that the ontology uses as ranges."""


# ------------------------------------------------------------------------------------------- profiles


def outside_rl(graph: Graph) -> set[str]:
    """Return what in `graph` is not in the part of OWL 2 RL that the ontology keeps to."""
    found = {str(term) for triple in graph for term in triple if term in OUTSIDE_RL}
    found |= {f"range {r}" for r in data_ranges(graph) if r not in RL_DATATYPES}
    return found | {f"existential above {node}" for node in existentials_above(graph)}


def data_ranges(graph: Graph) -> set[Node]:
    properties = graph.subjects(RDF.type, OWL.DatatypeProperty)
    return {range_ for prop in properties for range_ in graph.objects(prop, RDFS.range)}


def existentials_above(graph: Graph) -> set[Node]:
    """Return the superclass expressions with owl:someValuesFrom, which RL forbids there."""
    above = {o for p in (RDFS.subClassOf, RDFS.domain, RDFS.range) for o in graph.objects(None, p)}
    return {
        node
        for node in above
        if isinstance(node, BNode) and OWL.someValuesFrom in predicates_below(graph, node)
    }


def predicates_below(graph: Graph, node: Node) -> set[Node]:
    found: set[Node] = set()
    for _, predicate, value in graph.triples((node, None, None)):
        found |= {predicate} | (predicates_below(graph, value) if isinstance(value, BNode) else set())
    return found


def test_the_ontology_is_in_owl_2_rl() -> None:
    assert outside_rl(axioms()) == set()
    assert data_ranges(axioms()) == RL_DATATYPES


@pytest.mark.parametrize(
    "axiom",
    [
        "dg:Visit rdfs:subClassOf [ owl:unionOf ( dg:Event dg:Situation ) ] .",
        "dg:Visit rdfs:subClassOf [ owl:onProperty dg:visitor ; owl:someValuesFrom dg:Person ] .",
        "dg:ordinal a owl:DatatypeProperty ; rdfs:range xsd:date .",
        "dg:alliedWith a owl:ReflexiveProperty .",
    ],
)
def test_what_is_outside_owl_2_rl_is_found(axiom: str) -> None:
    assert outside_rl(turtle(axiom)) != set()


def test_the_ontology_is_in_owl_2_dl() -> None:
    profile = profiles()["dl"]
    assert profile["in_profile"], profile["sample_violations"]
    assert profile["total_violations"] == 0


def test_another_checker_finds_nothing_outside_owl_2_rl_but_what_the_profile_allows() -> None:
    assert set(profiles()["rl"]["violations_by_axiom_type"]) == ALLOWED_IN_RL


@cache
def profiles() -> dict[str, Any]:
    checker = pytest.importorskip("pyowl2_profiles", reason="pyowl2-profiles is a development dependency")
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples(axioms()))
    found: dict[str, Any] = checker.detect_profiles(store)
    return found


# ------------------------------------------------------------------------------------------ entailment

ENTAILMENTS = {
    "a visitor visited the host": (
        "id:v dg:visitor person:a ; dg:hostState state:x .",
        "person:a dg:visited state:x ; dg:madeVisit id:v . state:x dg:hostedVisit id:v .",
    ),
    "a host had a visit from the sender": (
        "id:v dg:sendingState state:y ; dg:hostState state:x .",
        "state:x dg:hostedVisitFrom state:y .",
    ),
    "roles are participations": (
        "id:v dg:hostState state:x .",
        "id:v dg:hasParticipant state:x . state:x dg:participatesIn id:v ; a dg:Agent .",
    ),
    "a holder held the office": (
        "holding:h dg:holder person:a ; dg:office office:pm .",
        "person:a dg:heldOffice office:pm ; dg:holderIn holding:h .",
    ),
    "the rank of a visit follows from the office": (
        "office:pm a dg:HeadOfGovernmentOffice . holding:h a dg:OfficeHolding ; dg:office office:pm ."
        "id:v a dg:Visit ; dg:inCapacityOf holding:h .",
        "holding:h a dg:HeadOfGovernmentHolding . id:v a dg:HeadOfGovernmentVisit, dg:Event .",
    ),
    "military chiefs too": (
        "office:coas a dg:MilitaryChiefOffice . holding:h a dg:OfficeHolding ; dg:office office:coas ."
        "id:v a dg:Visit ; dg:inCapacityOf holding:h .",
        "id:v a dg:MilitaryChiefVisit .",
    ),
    "a rank is a visit": ("person:a dg:visitedAsHeadOfState state:x .", "person:a dg:visited state:x ."),
    "partnership is mutual": (
        "state:x dg:defensePartnerOf state:y ; dg:alliedWith state:z .",
        "state:y dg:defensePartnerOf state:x . state:z dg:alliedWith state:x .",
    ),
    "succession runs through": (
        "state:z dg:continuatorOf state:y . state:y dg:immediateSuccessorOf state:x .",
        "state:z dg:successorStateOf state:x, state:y .",
    ),
    "sequence has two directions and runs through": (
        "id:c dg:follows id:b . id:a dg:precedes id:b .",
        "id:c dg:follows id:a . id:a dg:precedes id:c .",
    ),
    "what an event begins was begun by it": (
        "id:i dg:begins id:e . id:l dg:ends id:e .",
        "id:e dg:beganBy id:i ; dg:endedBy id:l .",
    ),
    "contradiction is mutual": ("id:c dg:contradicts id:d .", "id:d dg:contradicts id:c ."),
    "parties of a treaty take part in it": (
        "treaty:t a dg:Treaty ; dg:party state:x .",
        "treaty:t dg:hasParticipant state:x . state:x dg:partyTo treaty:t .",
    ),
}
NOT_ENTAILED = {
    "an ally's ally": (
        "state:x dg:alliedWith state:y . state:y dg:alliedWith state:z .",
        "state:x dg:alliedWith state:z .",
    ),
    "a partner as an ally": ("state:x dg:defensePartnerOf state:y .", "state:x dg:alliedWith state:y ."),
    "a supplier as a partner": (
        "state:x dg:armsSupplierOf state:y .",
        "state:x dg:defensePartnerOf state:y .",
    ),
    "supply in return": ("state:x dg:armsSupplierOf state:y .", "state:y dg:armsSupplierOf state:x ."),
    "a hypothetical visit as an event": (
        "id:h a dg:HypotheticalEvent ; dg:wouldBe kind:Visit ; dg:visitor person:a ; dg:reciprocates id:v ."
        "id:k a dg:HypotheticalEvent ; dg:ends id:h ; dg:interrupts id:h ; dg:beganBy id:v .",
        "id:h a dg:Event, dg:Situation . id:k a dg:Event, dg:Situation .",
    ),
    "the party of a treaty as an eventuality": ("treaty:t dg:party state:x .", "treaty:t a dg:Eventuality ."),
    "a head of state's visit as a head of government's": (
        "office:p a dg:HeadOfStateOffice . holding:h a dg:OfficeHolding ; dg:office office:p ."
        "id:v a dg:Visit ; dg:inCapacityOf holding:h .",
        "id:v a dg:HeadOfGovernmentVisit .",
    ),
}  # fmt: skip


@cache
def closure() -> Graph:
    """Return the closure of all cases at once, their individuals kept apart by a suffix."""
    graph = Graph() + terminology()
    for number, (premise, _) in enumerate([*ENTAILMENTS.values(), *NOT_ENTAILED.values()]):
        for triple in apart(turtle(premise), number):
            graph.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def apart(graph: Graph, number: int) -> Graph:
    individuals = PREFIXES["state"].removesuffix("state/")

    def renamed(term: Node) -> Node:
        return URIRef(f"{term}-{number}") if str(term).startswith(individuals) else term

    other = Graph()
    for subject, predicate, value in graph:
        other.add((renamed(subject), predicate, renamed(value)))
    return other


@pytest.mark.parametrize("name", ENTAILMENTS)
def test_it_follows(name: str) -> None:
    expected = apart(turtle(ENTAILMENTS[name][1]), list(ENTAILMENTS).index(name))
    assert set(expected) - set(closure()) == set()
    assert len(expected)


@pytest.mark.parametrize("name", NOT_ENTAILED)
def test_it_does_not_follow(name: str) -> None:
    number = len(ENTAILMENTS) + list(NOT_ENTAILED).index(name)
    unwanted = apart(turtle(NOT_ENTAILED[name][1]), number)
    assert set(unwanted) & set(closure()) == set()
    assert len(unwanted)


# ------------------------------------------------------------------------------------------ consistency

CLASHES = {
    "a person that is a state": "id:x a dg:Person, dg:State .",
    "a hypothetical event that is an event": "id:x a dg:HypotheticalEvent, dg:Visit .",
    "an event that is a situation": "id:x a dg:Visit, dg:Alliance .",
    "a place that is invaded": "id:x a dg:Invasion ; dg:target place:p . place:p a dg:City .",
    "a described person that is a person": "id:x a dg:DescribedPerson, dg:Person .",
    "a claim that affirms and denies": "id:x dg:polarity dg:Affirmed, dg:Denied .",
    "a claim about the actual and the possible": "id:x dg:modality dg:Actual, dg:Possible .",
    "a trend up and down": "id:x a dg:Rapprochement, dg:Estrangement .",
    "an embargo imposed by its lifting": "id:x a dg:EmbargoImposition, dg:EmbargoLifting .",
    "a state that succeeds itself": "state:x dg:immediateSuccessorOf state:x .",
    "two states that continue each other": (
        "state:x dg:continuatorOf state:y . state:y dg:continuatorOf state:x ."
    ),
    "a state that is its own partner": "state:x dg:defensePartnerOf state:x .",
    "a state that arms itself": "state:x dg:contractedToArm state:x .",
    "two visits that each return the other": "id:x dg:reciprocates id:y . id:y dg:reciprocates id:x .",
    "a treaty as an event": "treaty:t a dg:Treaty, dg:AgreementSigning .",
    "two ISO codes": 'state:x dg:iso3 "PAK", "IND" .',
}


def test_the_ontology_is_consistent(tmp_path: Path) -> None:
    assert is_consistent([], tmp_path)


@pytest.mark.parametrize("name", CLASHES)
def test_it_clashes(name: str, tmp_path: Path) -> None:
    assert not is_consistent(triples(turtle(CLASHES[name])), tmp_path)
