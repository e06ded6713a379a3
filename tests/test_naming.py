"""Whom single sentences name, by the codes and names that analysts use. The sentences are ours."""

from dataclasses import replace

import pytest

from diplograph import documents, pipeline
from diplograph.claims import extraction
from diplograph.claims.discourse import power_of
from diplograph.claims.drafting import Told
from diplograph.claims.extraction import Revision
from diplograph.claims.frames import Lexicon
from diplograph.claims.scene import Scene
from diplograph.pipeline import Knowledge
from diplograph.trees import Phrase

# text, date of publication, who is named, who is not
NAMED = [
    # what is a part of an organization counts as the whole, at its time
    ("The Security Council lifted the embargo.", "2003-09-12", {"UN"}, set()),
    ("The General Assembly condemned the annexation.", "2014-03-27", {"UN"}, set()),
    ("The European Commission warned Ankara.", "2019-10-15", {"EU", "TUR"}, set()),
    ("The European Commission warned Ankara.", "1976-10-15", {"EEC", "TUR"}, set()),
    ("The North Atlantic Council met in Ottawa.", "1951-09-20", {"NATO"}, set()),
    ("The International Court of Justice ruled against Thailand.", "1962-06-15", {"International Court of Justice"}, {"UN"}),
    # states of the past by the codes of today, those without a code by their names
    ("Austria declared war on Serbia in July 1914.", None, {"AUT", "SRB"}, {"YUG"}),
    ("Montenegro mobilized in October 1912.", None, {"MNE"}, set()),
    ("Japan annexed Korea in 1910.", None, {"JPN", "KOR"}, set()),
    ("Egypt recognized North Yemen in 1962.", None, {"EGY", "YEM"}, set()),
    ("Soviet Russia recognized Estonia in 1920.", None, {"SUN", "EST"}, {"RUS"}),
    ("Russia mobilized in July 1914.", None, {"RUS"}, {"SUN"}),
    ("Tanzania trained guerrillas against Rhodesia in 1971.", None, {"TZA", "Rhodesia"}, set()),
    ("Russia recognized South Ossetia and Abkhazia in 2008.", None, {"RUS", "South Ossetia", "Abkhazia"}, {"GEO"}),
    # organizations by a word of their names, by where they sit, and several states by one word
    ("Paraguay left the League in 1935.", None, {"PRY", "League of Nations"}, {"Arab League"}),
    ("Brazil resigned from the Council of the League in June 1926.", None, {"League of Nations"}, {"UN"}),
    ("Britain applied to the Communities in 1961.", None, {"GBR", "EEC"}, {"EU"}),
    ("The Commission warned Warsaw.", "2017-07-26", {"EU", "POL"}, set()),
    ("The United Nations debated Haiti. The Council imposed sanctions.", "1993-06-16", {"UN", "HTI"}, set()),
    ("Paris asked the Atlantic alliance for help.", "1954-04-26", {"FRA", "NATO"}, set()),
    ("The council of the city thanked Peru.", "2001-04-26", {"PER"}, {"UN"}),
    ("Brussels suspended talks with Minsk.", "2006-05-03", {"EU", "BLR"}, {"BEL"}),
    ("Brussels recognized the Congo; the Belgian ambassador arrived in 1960.", None, {"BEL"}, {"EU", "EEC"}),
    ("Denmark recognized the Baltic states in August 1991.", None, {"DNK", "EST", "LVA", "LTU"}, set()),
    ("The Balts protested to Moscow.", "2014-03-18", {"EST", "LVA", "LTU", "RUS"}, set()),
    ("Albania left the Warsaw Pact in September 1968.", None, {"ALB", "Warsaw Pact"}, set()),
    ("Iraq left the Baghdad Pact in March 1959.", None, {"IRQ", "Baghdad Pact"}, {"CENTO"}),
    ("Pakistan left CENTO in March 1979.", None, {"PAK", "CENTO"}, {"Baghdad Pact"}),
    # which state a name means is told by the time of its clause, else by when the text was written
    ("They quarrelled in 1988. Russia has offered to mediate.", "2016-01-09", {"RUS"}, {"SUN"}),
    ("Moscow, which has pressed Delhi since 1961, praised it.", "1976-05-15", {"SUN", "IND"}, {"RUS"}),
    ("Washington broke with Tehran in 1980, and recognized Russia in 1992.", None, {"IRN", "RUS"}, {"SUN"}),
    ("Moscow left on the 22nd. Echeverría withdrew his envoy in November 1974.", None, {"SUN"}, {"RUS"}),
    ("No ship had come since 1870. The Soviet government adhered.", "1929-01-05", {"SUN"}, {"RUS"}),
    # of two states of a name the usual one, unless the text has named the other
    ("Manila sent a battalion to Korea in September 1950.", None, {"PHL", "KOR"}, {"PRK"}),
    ("Cairo recognized Yemen in 1972.", None, {"EGY", "YEM"}, {"YMD"}),
    ("Belgium sent troops to the Congo in 1964.", None, {"BEL", "COD"}, {"COG"}),
    # arms do not name their maker
    ("Peru bought MiG-29s from Belarus in 1996.", None, {"PER", "BLR"}, {"RUS", "SUN"}),
    ("Slovakia handed its S-300 battery to Ukraine.", "2022-04-08", {"SVK", "UKR"}, {"RUS", "SUN"}),
    # who is called by the first name is whom the text has named
    ("Anthony Eden flew to Paris in 1955. Sir Anthony invited the Soviet premier.", None, {"GBR", "FRA", "SUN"}, {"Anthony"}),
    # a family name that is a title, a first name or a word is nobody's
    ("King Haakon left Oslo in April 1940.", None, {"NOR"}, {"CAN", "GBR"}),
    ("Sir Arthur Nicolson signed for London in August 1907.", None, {"GBR"}, {"USA"}),
    ("Trade Minister Simon Birmingham protested.", "2020-11-27", set(), {"CAN", "GBR"}),
    ("Bishop Abel Muzorewa thanked Lusaka.", "1979-12-22", {"ZMB"}, {"GRD"}),
    ("Trade in the Horn concerned Cairo.", "1993-10-16", {"EGY"}, {"HUN"}),
    ("The Carter Administration warned Cairo.", "1979-04-05", {"USA", "EGY"}, set()),
    # names without middle initials, and with the family name first
    ("John Kennedy praised Lagos in 1962.", None, {"USA", "NGA"}, set()),
    ("Matsuoka Yosuke left the hall in February 1933.", None, {"JPN"}, set()),
    # whose somebody is stands beside the name
    ("Peru's ambassador, Juan Exemplar, protested.", "1999", {"PER"}, {"Juan Exemplar"}),
    # titles of rulers stand for their states at their time
    ("The Kaiser landed at Tangier in March 1905.", None, {"DEU"}, {"FRA"}),
    ("The Mikado had yet to ratify in September 1905.", None, {"JPN"}, set()),
    ("Sadat thanked the Shah in 1976.", None, {"EGY", "IRN"}, set()),
    ("The Pope asked Warsaw for mercy in 1983.", None, {"VAT", "POL"}, set()),
    ("Loubet left Russia. On 31 March 1905 the Tsar protested.", None, {"FRA", "RUS"}, set()),
    # a place that names talks or a treaty is not its state
    ("The Geneva talks on Laos dragged on.", "1961-06-06", {"LAO"}, {"CHE"}),
    ("Dublin ratified the Treaty of Nice in 2002.", None, {"IRL"}, {"FRA"}),
    ("Paris warned Tripoli.", "1987-03-22", {"FRA", "LBY"}, set()),
    ("Egypt and Syria merged. Ghana recognized the United Arab Republic in March 1958.", None, {"UAR", "GHA"}, set()),
    ("Europe is not going to lift its arms embargo.", "2005-04-13", {"EU"}, set()),
    ("German soldiers entered Kieff.", "1918-03-05", {"DEU", "UKR"}, set()),
    ("Manila took the dispute to The Hague.", "2013-01-22", {"PHL", "International Court of Justice"}, {"NLD"}),
    ("The Dutch government in The Hague warned Jakarta.", "1949-01-22", {"NLD", "IDN"}, set()),
    ("Lima praised South American integration.", "2012-03-02", {"PER"}, {"USA"}),
    # a former name of a place is another place's later
    ("London expelled Russians over Salisbury.", "2018-03-29", {"GBR", "RUS"}, {"ZWE"}),
    ("London warned Salisbury.", "1966-03-29", {"GBR", "Rhodesia"}, {"ZWE"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return pipeline.load_knowledge(weighed=False)


def powers(text: str, published: str | None, knowledge: Knowledge) -> set[str]:
    """Return the codes or names of the powers that a text names."""
    found: set[str] = set()

    def listen(scene: Scene, _: Lexicon) -> Revision:
        def listened(_: Phrase, told: list[Told]) -> list[Told]:
            keys = {power_of(mention.actor) or mention.actor.state for mention in scene.discourse.mentioned}
            found.update(knowledge.analysts_codes.get(key, key) for key in keys if key)
            return told

        return listened

    reader = replace(knowledge.reader, judge=listen)
    extraction.read(documents.from_text(text, name="text", published=published), reader)
    return found


@pytest.mark.parametrize(("text", "published", "named", "not_named"), NAMED)
def test_who_is_named(
    text: str, published: str | None, named: set[str], not_named: set[str], knowledge: Knowledge
) -> None:
    found = powers(text, published, knowledge)
    assert named <= found
    assert not not_named & found
