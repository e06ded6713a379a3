"""Names and descriptions to entities: real lists, and the cases that are easy to get wrong."""

import csv
import importlib.util
import json
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from diplograph import linking
from diplograph.cli import main
from diplograph.importing import journeys, run, who
from diplograph.importing.resolution import Resolver
from diplograph.importing.run import Origin
from diplograph.mentions import gazetteer
from diplograph.reconciliation import describing, index, mentions
from diplograph.reconciliation.mentions import Linker, Mention
from shared import shared

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return who.load()


@pytest.fixture(scope="module")
def linker(resolver: Resolver) -> Linker:
    return Linker(gazetteer.build(resolver.reference), index.build(resolver.reference))


@pytest.fixture(scope="module")
def measures() -> ModuleType:
    """The measurements of benchmarks/linking.py."""
    spec = importlib.util.spec_from_file_location("linking_benchmark", ROOT / "benchmarks" / "linking.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mention_of(
    text: str, words: str, linker: Linker, when: str | None = None, state: str | None = None
) -> Mention:
    found = [m for m in mentions.mentions(text, linker, when=when, state=state) if m.text == words]
    assert len(found) == 1, [m.text for m in mentions.mentions(text, linker, when=when, state=state)]
    return found[0]


# text, words, date of the text, who is meant (None: nobody is told apart)
MEANT = [
    ("Pakistan's army chief left for Beijing in October 2012.", "Pakistan's army chief", None, "person:ashfaq-parvez-kayani"),
    ("Pakistan's army chief left for Beijing.", "Pakistan's army chief", "1999-05", "person:pervez-musharraf"),
    ("Pakistan's army chief left for Beijing.", "Pakistan's army chief", None, None),
    ("Ankara's foreign minister spoke in 2012.", "Ankara's foreign minister", None, "person:ahmet-davutoglu"),
    ("Moscow's foreign minister spoke in 1974.", "Moscow's foreign minister", None, "person:andrei-gromyko"),
    ("Pakistan's prime minister spoke in 1993.", "Pakistan's prime minister", None, None),
    ("India's then prime minister met him in May 1999.", "India's then prime minister", None, "person:atal-bihari-vajpayee"),
    ("It was the prime minister of India who called in May 1999.", "the prime minister of India", None, "person:atal-bihari-vajpayee"),
    ("In 1970 the former US secretary of state spoke.", "the former US secretary of state", None, None),
    ("NATO's secretary general came in 2012.", "NATO's secretary general", None, "person:anders-fogh-rasmussen"),
    ("The Secretary-General of the United Nations met in 1995.", "The Secretary-General of the United Nations", None, "person:boutros-boutros-ghali"),
    ("President Putin arrived.", "President Putin", "2003-02", "person:vladimir-putin"),
    ("The visitor was Pakistani Prime Minister Imran Khan.", "Prime Minister Imran Khan", None, "person:imran-khan"),
    ("Prime Minister Khan arrived.", "Prime Minister Khan", "2020", "person:imran-khan"),
    ("President Bush arrived.", "President Bush", "1990", "person:george-h-w-bush"),
    ("President Bush arrived.", "President Bush", "2005", "person:george-w-bush"),
    ("President Bush arrived.", "President Bush", None, None),
    ("He met Prince Sihanouk of Cambodia.", "Prince Sihanouk", "1989-02", "person:norodom-sihanouk"),
    ("Foreign Minister Schroeder spoke.", "Foreign Minister Schroeder", "1962-06", None),
    ("Germany protested in 1905.", "Germany", None, "state:german-empire"),
    ("Germany protested in 1960.", "Germany", None, "state:west-germany"),
    ("Germany protested in 2001.", "Germany", None, "state:germany"),
    ("They met in Moscow.", "Moscow", "1974", "place:moscow"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "when", "meant"), MEANT)
def test_who_is_meant(text: str, words: str, when: str | None, meant: str | None, linker: Linker) -> None:
    found = mention_of(text, words, linker, when)
    assert (found.chosen.iri if found.chosen else None) == meant
    assert all(candidate.reasons for candidate in found.candidates)
    if meant is not None:
        assert found.candidates[0].iri == meant


def test_what_is_not_told_apart_stays_a_set(linker: Linker) -> None:
    several = mention_of("Pakistan's prime minister spoke in 1993.", "Pakistan's prime minister", linker)
    assert {"person:nawaz-sharif", "person:benazir-bhutto"} <= {
        candidate.iri for candidate in several.candidates
    }
    bush = mention_of("President Bush arrived.", "President Bush", linker)
    assert {"person:george-h-w-bush", "person:george-w-bush"} <= {
        candidate.iri for candidate in bush.candidates
    }


def test_who_held_an_office_before_comes_last_first(linker: Linker) -> None:
    text = "In 1970 the former US secretary of state spoke."
    found = mention_of(text, "the former US secretary of state", linker)
    people = [candidate.iri for candidate in found.candidates]
    assert people[:2] == ["person:dean-rusk", "person:christian-herter"]
    assert "person:william-p-rogers" not in people


def test_a_month_is_nobody(linker: Linker) -> None:
    assert [m.text for m in mentions.mentions("Talks began in May 1999.", linker)] == []


@pytest.mark.parametrize(
    ("text", "words", "host", "states"),
    [
        ("Met with Foreign Minister Qwertz.", "Foreign Minister Qwertz", "state:peru", {"state:peru"}),
        ("Met with Danish Prime Minister Qwertz.", "Prime Minister Qwertz", "state:peru", {"state:denmark"}),
        (
            "Met with Prime Minister Qwertz of Denmark.",
            "Prime Minister Qwertz",
            "state:peru",
            {"state:denmark"},
        ),
        ("Met with Foreign Minister Qwertz.", "Foreign Minister Qwertz", None, set()),
        ("Met with President Nixon.", "President Nixon", "state:peru", {"state:united-states"}),
    ],
)
def test_of_which_state_somebody_is(
    text: str, words: str, host: str | None, states: set[str], linker: Linker
) -> None:
    found = mention_of(text, words, linker, "1970", host)
    assert mentions.states_of(found, linker.index) == states


def test_who_is_also_co_prince_abroad_acts_for_his_own_state(linker: Linker) -> None:
    found = mention_of("Met with President Macron.", "President Macron", linker, "2019")
    assert mentions.states_of(found, linker.index) == {"state:france"}


def test_a_place_stands_for_the_state_it_belonged_to_then(resolver: Resolver) -> None:
    for when, state in (("1910", "russian-empire"), ("1974", "soviet-union"), ("2001", "russia")):
        found = linking.states_of_place("place:moscow", when, None, resolver.reference)
        assert found == (f"state:{state}",)


@pytest.mark.parametrize(
    ("now", "when", "then"),
    [
        ("russia", "2001", "russia"),
        ("russia", "1921", "russian-soviet-republic"),
        ("russia", "1850", "russian-empire"),
        ("germany", "1975", "west-germany"),
        ("germany", "1935", "german-reich"),
        ("germany", "1900", "german-empire"),
        ("china", "1900", "qing-empire"),
        ("ukraine", "1980", "soviet-union"),
        ("croatia", "1900", "croatia"),  # what Yugoslavia continued is not what Croatia came out of
    ],
)
def test_a_state_stands_for_the_one_that_it_continues_however_far_back(
    now: str, when: str, then: str, resolver: Resolver
) -> None:
    assert linking.polity(f"state:{now}", when, resolver.reference) == f"state:{then}"


def test_a_family_name_alone_does_not_mean_somebody_without_an_office(linker: Linker) -> None:
    for text, chosen in (
        ("The Shah visited Moscow.", None),
        ("Amit Shah visited Moscow.", "person:amit-shah"),
    ):
        found = next(m for m in mentions.mentions(text, linker, when="1965") if m.text.endswith("Shah"))
        assert (found.chosen.iri if found.chosen else None) == chosen


def test_every_member_of_the_united_nations_is_known_by_all_its_names(linker: Linker) -> None:
    reference = linker.index.reference
    with shared("data/un-members-qid.csv").open(encoding="utf-8", newline="") as lines:
        members = list(csv.DictReader(lines))
    assert len(members) == 193
    for member in members:
        state = reference.entities[reference.codes[member["iso3"]]]
        forms = [member["iso2"], member["iso3"], state.label]
        for predicate in ("dg:officialName", "dg:adjective", "dg:demonym", "dg:demonymPlural"):
            assert state.properties.get(predicate), (state.iri, predicate)
            forms += state.properties[predicate]
        unknown = [f for f in forms if state.iri not in describing.states_called(f, None, linker.index)]
        assert unknown == [], state.iri


@pytest.mark.parametrize(
    ("code", "state"), [("SUHH", "soviet-union"), ("DDDE", "east-germany"), ("ZRCD", "zaire")]
)
def test_a_state_is_known_by_the_code_of_a_name_that_iso_withdrew(
    code: str, state: str, linker: Linker
) -> None:
    assert describing.states_called(code, None, linker.index) == {f"state:{state}"}


def test_names_of_states_agree_with_rigour_but_for_differences_that_are_explained(resolver: Resolver) -> None:
    reason = "rigour is not installed: it needs ICU, and is for developers only"
    lookup = pytest.importorskip("rigour.territories", reason=reason).lookup_territory
    explained = tomllib.loads((ROOT / "tests" / "linking" / "rigour.toml").read_text("utf-8"))
    reference = resolver.reference
    otherwise, unknown = set(), set()
    with shared("data/un-members-qid.csv").open(encoding="utf-8", newline="") as lines:
        members = {row["iso3"]: row["qid"] for row in csv.DictReader(lines)}
    for code, item in members.items():
        state = reference.entities[reference.codes[code]]
        for form in ("rdfs:label", "dg:officialName", *explained["forms"]):
            for text in state.properties.get(form, ()):
                found = lookup(text)
                if found is None and form not in explained["forms"]:
                    unknown.add(f"{state.iri} {text}")
                if found is not None and found.qid != item:
                    otherwise.add(f"{state.iri} {text}")
    assert otherwise == set(explained["otherwise"])
    assert unknown == set(explained["unknown"])


def test_office_and_date_find_the_holder_or_all_of_them(measures: ModuleType) -> None:
    _, resolver = measures.imported(shared("data/wikidata-office-holders.csv"))
    asked = measures.office_terms(shared("data/wikidata-office-holders.csv"), resolver)
    assert len(asked) == 2000
    verdicts = [each.verdict for each in asked]
    assert [each for each in asked if each.verdict == "wrong single answer"] == []
    assert verdicts.count("nobody") == 0
    alone = [each for each in asked if len(each.expected) == 1]
    assert sum(each.verdict == "alone" for each in alone) / len(alone) >= 0.99
    several = [each for each in asked if len(each.expected) > 1]
    assert sum(each.verdict == "full set" for each in several) / len(several) >= 0.99


# What a state is called where the name is not its own: names of the lists, read by hand.
OTHERWISE = {
    "Vietnam": {"state:state-of-vietnam", "state:south-vietnam", "state:north-vietnam", "state:vietnam"},
    "Germany": {
        "state:german-empire",
        "state:german-reich",
        "state:allied-occupied-germany",
        "state:west-germany",
    },
    "Korea": {"state:south-korea"},
}


@pytest.mark.parametrize(
    ("table", "reader"),
    [
        ("us-visits-by-foreign-leaders-to-1989.csv", journeys.read_visits),
        ("us-president-secretary-travels-to-1989.csv", journeys.read_travels),
    ],
)
def test_journeys_have_their_state(
    table: str, reader: object, resolver: Resolver, measures: ModuleType
) -> None:
    rows = reader(shared(f"data/{table}"))  # type: ignore[operator]
    found = list(measures.states_of_journeys(rows, resolver))
    assert len(found) > 1000
    assert sum(state is not None for *_, state in found) / len(found) >= 0.98
    for name, time, state in found:
        if state is not None:
            assert linking.existed(resolver.reference.entities[state], time.partition("/")[0])
            assert name not in OTHERWISE or state in OTHERWISE[name]


def test_people_in_remarks_have_their_state(resolver: Resolver, measures: ModuleType) -> None:
    table = shared("data/us-president-secretary-travels-to-1989.csv")
    found = list(measures.people_of_remarks(table, resolver))
    assert len(found) == 200
    assert {state for _, _, state, _ in found} <= set(resolver.reference.entities)
    wrong = [
        (row, mention, state, sorted(states)) for row, mention, state, states in found if states != {state}
    ]
    assert len(wrong) / len(found) <= 0.05, wrong


def test_the_command_shows_candidates_and_reasons(tmp_path: Path) -> None:
    runner = CliRunner()
    text = "Pakistan's army chief visited Moscow in October 1974."
    shown = runner.invoke(main, ["link", text])
    assert shown.exit_code == 0, shown.output
    assert "person:tikka-khan (Tikka Khan): held office:chief-of-army-staff-of-pakistan" in shown.output
    assert "'Moscow' (time 1974-10): place:moscow, for state:soviet-union" in shown.output
    (tmp_path / "text.txt").write_text(text, "utf-8")
    for arguments, given in (
        (["link", str(tmp_path / "text.txt"), "--json"], None),
        (["link", "-", "--json"], text),
    ):
        records = json.loads(runner.invoke(main, arguments, input=given).output)
        assert [record["chosen"] for record in records] == ["person:tikka-khan", "place:moscow"]
        assert text[records[1]["start"] : records[1]["end"]] == "Moscow"
    assert "nothing known is named" in runner.invoke(main, ["link", "qwertz"]).output
    assert runner.invoke(main, ["link", text, "--date", "then"]).exit_code == 2
    assert runner.invoke(main, ["link", text, "--state", "XXX"]).exit_code == 2


def test_the_command_knows_what_was_imported(tmp_path: Path, resolver: Resolver) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "state,position,person,start,end\nPeru,Keeper of the Test Seal,Ada Exemplar,1999,2003\n", "utf-8"
    )
    origin = Origin(roster, "roster", "roster", "https://example.org/license", "2026-11-24")
    run.run(origin, tmp_path / "graph", resolver, lambda: ())
    arguments = [
        "link",
        "Peru's Keeper of the Test Seal spoke in 2001.",
        "--with",
        str(tmp_path / "graph"),
        "--json",
    ]
    assert json.loads(CliRunner().invoke(main, arguments).output)[0]["chosen"] == "person:ada-exemplar"


def test_an_office_of_two_classes_is_found_by_either(resolver: Resolver) -> None:
    president = "office:president-of-the-united-states"
    for kind in ("HeadOfStateOffice", "HeadOfGovernmentOffice"):
        assert president in linking.offices_of("state:united-states", (kind,), resolver.reference)


def test_a_binary_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(b"\x00\x01\xff")
    refused = CliRunner().invoke(main, ["link", str(path)])
    assert refused.exit_code == 2
    assert "picture.txt" in refused.output and "binary" in refused.output
