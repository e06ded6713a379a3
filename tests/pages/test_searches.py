"""Searches are made by processes of their own, which end when they take too long or when nobody waits."""

import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Triple

from diplograph.inference import Proof
from diplograph.pages.whatif import BusyError, Loss, Lost, Prepare, Why
from diplograph.server.nursery import Nursery
from diplograph.server.pool import ClientGone
from diplograph.server.searching import Searches
from diplograph.vocabulary import expand

WHY = Why(
    Triple(*(NamedNode(expand(each)) for each in ("state:russia", "dg:contractedToArm", "state:pakistan")))
)


@pytest.fixture
def nursery(directory: Path) -> Iterator[Nursery]:
    made = Nursery(directory, 1 << 30)
    yield made
    made.close()


def gone(process: int) -> bool:
    """Tell whether a process has ended, or does within a few seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_search_is_made_by_a_process_that_is_used_again(nursery: Nursery) -> None:
    searches = Searches(nursery, 60.0)
    searches.warm()
    process = searches._idle[0].child.pid
    found = searches.ask(WHY)
    assert isinstance(found, Proof)
    assert found.triple == WHY.triple
    assert [worker.child.pid for worker in searches._idle] == [process]
    searches.close()
    assert gone(process)


@pytest.mark.parametrize("question", [WHY, Lost("embargo-in-force"), Prepare()])
def test_a_search_that_takes_too_long_is_ended(nursery: Nursery, question: Why | Lost | Prepare) -> None:
    searches = Searches(nursery, 0.05)
    with pytest.raises(BusyError, match=r"longer than 0\.05 seconds"):
        searches.ask(question)
    assert not searches._idle


def test_a_search_nobody_waits_for_is_ended(nursery: Nursery) -> None:
    searches = Searches(nursery, 60.0)
    with pytest.raises(ClientGone):
        searches.ask(Lost("defense-partner"), lambda: True)
    assert not searches._idle


def test_a_process_that_dies_is_told_of_and_replaced(nursery: Nursery) -> None:
    searches = Searches(nursery, 60.0)
    searches.warm()
    process = searches._idle[0].child.pid
    threading.Timer(0.3, os.kill, (process, 9)).start()
    with pytest.raises(BusyError, match="memory"):
        searches.ask(Lost("defense-partner"))
    assert isinstance(searches.ask(WHY), Proof)
    searches.close()


def test_what_would_go_with_a_rule(nursery: Nursery) -> None:
    searches = Searches(nursery, 600.0)
    found = searches.ask(Lost("embargo-in-force"))
    searches.close()
    assert isinstance(found, Loss)
    assert found.own > 0
    assert found.more == 0
    assert 0 < len(found.edges) == sum(number for _, number in found.by_property) <= found.total - found.own


def test_a_rule_has_a_page_of_what_would_go_with_it(client: FlaskClient) -> None:
    card = client.get("/rule/embargo-in-force", headers={"Accept": "text/html"}).text
    assert 'data-later="/rule/embargo-in-force/without"' in card
    page = client.get("/rule/embargo-in-force/without", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert int(re.search(r"<p>(\d+) conclusions? would go: \d+ of the rule's own", page.text)[1]) > 10
    assert client.get("/rule/no-rule/without").status_code == 404
