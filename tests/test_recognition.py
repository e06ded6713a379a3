"""What kind of name single words of a sentence are that the reference data do not know. The sentences are ours."""

import pytest

from diplograph import documents, sentences
from diplograph.mentions import naming
from diplograph.pipeline import Knowledge

# text, and the unknown names in it with their kind
SEEN = [
    ("Foreign Minister Kagiso Molefe flew to Lima. Molefe signed nothing.", {"Kagiso Molefe": "Person", "Molefe": "Person"}),
    ("Tunis sent Habib Zarrouki, its envoy, to Rabat.", {"Habib Zarrouki": "Person"}),
    ("The treaty was drafted by Thomas Okonjo-Bright.", {"Thomas Okonjo-Bright": "Person"}),
    ("Varenko, who had served in Oslo, resigned.", {"Varenko": "Person"}),
    ("The Halvorsen Institute of Peace Research asked Norway for help.", {"Halvorsen Institute of Peace Research": "Organization"}),
    ("Fighters of the ZLFR crossed into Zambia.", {"ZLFR": "Organization"}),
    ("The ministers met at Strelkovo in May.", {"Strelkovo": "Place"}),
    ("The Velbrick Agreement bound Peru and Chile.", {}),
    ("Britain and the Foreign Ministry protested.", {}),
    ("Secretary-General Olav Brekkestad arrived.", {"Olav Brekkestad": "Person"}),
    ("In World War II Norway was occupied.", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), SEEN, ids=[text for text, _ in SEEN])
def test_an_unknown_name_is_told_by_its_form(text: str, wanted: dict[str, str], knowledge: Knowledge) -> None:
    reader = knowledge.reader
    found = {}
    persons: set[str] = set()
    for paragraph in sentences.parse(documents.from_text(text, name="text"), reader.parser):
        names = naming.find(paragraph, reader.gazetteer, reader.lexica.names, frozenset(), persons)
        found |= {name.text: name.kind for name in names.values() if not name.names}
    assert found == wanted
