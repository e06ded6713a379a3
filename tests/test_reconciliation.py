"""The reconciliation service: what it answers, and that it answers as the three versions of the API demand."""

import json
import tarfile
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from diplograph.reconciliation import service
from shared import shared

PATHS = ("/reconcile", "/reconcile/wikidata")
DRAFTS = ("/reconcile/1.0-draft", "/reconcile/wikidata/1.0-draft")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask(__name__)
    made.register_blueprint(service.blueprint())
    return made


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def schemas() -> dict[tuple[str, str], Json]:
    """The schemas of the suite by version and name, all read as draft 7."""
    pytest.importorskip(
        "jsonschema", reason="jsonschema, which checks answers against the suite, is not installed"
    )
    found = {}
    with tarfile.open(shared("suites/reconciliation-api.tar.xz")) as suite:
        for member in suite.getmembers():
            parts = member.name.split("/")
            if len(parts) == 4 and parts[2] == "schemas" and parts[3] != "openapi.json":
                stream = suite.extractfile(member)
                assert stream is not None
                schema = json.load(stream)
                schema.pop("$id", None)
                schema["$schema"] = "http://json-schema.org/draft-07/schema#"
                found[parts[1], parts[3].removesuffix(".json")] = schema
    assert {version for version, _ in found} == {"0.1", "0.2", "1.0-draft"}
    return found


def check(document: Json, version: str, name: str, schemas: dict[tuple[str, str], Json]) -> None:
    import jsonschema
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    registry: Registry[Any] = Registry().with_resources(
        (f"{other}.json", Resource(contents=schema, specification=DRAFT7))
        for (each, other), schema in schemas.items()
        if each == version
    )
    jsonschema.Draft7Validator(schemas[version, name], registry=registry).validate(document)


def test_the_validator_refuses_what_the_suite_calls_invalid(schemas: dict[tuple[str, str], Json]) -> None:
    from jsonschema import ValidationError

    with pytest.raises(ValidationError):
        check({"q0": {"candidates": []}}, "0.2", "reconciliation-result-batch", schemas)
    with pytest.raises(ValidationError):
        check({"versions": ["0.2"], "name": "x"}, "0.2", "manifest", schemas)


def ask(client: FlaskClient, query: Json, path: str = "/reconcile") -> list[Json]:
    answer = client.post(path, data={"queries": json.dumps({"q0": query})})
    assert answer.status_code == 200, answer.text
    return list(answer.json["q0"]["result"])  # type: ignore[index]


def properties(**values: object) -> list[Json]:
    return [{"pid": pid, "v": value} for pid, value in values.items()]


MATCHES = {
    "a name": ({"query": "Pakistan"}, "state/pakistan"),
    "an official name": ({"query": "Islamic Republic of Pakistan", "type": "State"}, "state/pakistan"),
    "a code": ({"query": "PAK", "type": "State"}, "state/pakistan"),
    "another spelling": ({"query": "cote d'ivoire", "type": "State"}, "state/ivory-coast"),
    "a full name": ({"query": "Imran Khan", "type": "Person"}, "person/imran-khan"),
    "names in another order": ({"query": "Khan, Imran", "type": "Person"}, "person/imran-khan"),
    "a title and a name": ({"query": "President Putin", "type": "Person"}, "person/vladimir-putin"),
    "an office, a state and a date": (
        {"query": "army chief", "type": "Person", "properties": properties(state="Pakistan", date="2012-10")},
        "person/ashfaq-parvez-kayani",
    ),
    "the same with Wikidata's properties": (
        {
            "query": "army chief",
            "properties": properties(P17={"id": "Q843"}, P585="October 2012"),
            "type": "Q5",
        },
        "person/ashfaq-parvez-kayani",
    ),
    "a description": ({"query": "Pakistan's army chief in 1999-01"}, "person/pervez-musharraf"),
    "a name and an office at a date": (
        {"query": "Musharraf", "properties": properties(office="President of Pakistan", date="2003")},
        None,
    ),
    "a full name and an office": (
        {
            "query": "Pervez Musharraf",
            "properties": properties(office="President of Pakistan", date="2003-05-01"),
        },
        "person/pervez-musharraf",
    ),
    "a state by date": ({"query": "Germany", "properties": properties(date="1905")}, "state/german-empire"),
    "a code as property": ({"query": "Pakistan", "properties": properties(iso3="PAK")}, "state/pakistan"),
    "equipment": ({"query": "Mi 35M", "type": "EquipmentModel"}, "equipment/mi-35m"),
    "an empty cell as property": ({"query": "Pakistan", "properties": properties(date="")}, "state/pakistan"),
}
NO_MATCHES = {
    "what several share": {"query": "Congo"},
    "a family name": {"query": "Khan", "type": "Person"},
    "a description without time": {"query": "Pakistan's army chief"},
    "a date that does not fit": {"query": "Imran Khan", "properties": properties(date="1950")},
    "a typing error": {"query": "Imran Kahn"},
    "several holders": {"query": "Prime Minister of Pakistan in 1993", "type": "Person"},
    "nothing": {"query": "Qwertyuiop"},
    "no name": {"properties": properties(iso3="PAK")},
}


@pytest.mark.parametrize("case", sorted(MATCHES))
def test_what_is_certain_is_a_match(case: str, client: FlaskClient) -> None:
    query, expected = MATCHES[case]
    found = ask(client, query)
    matched = [each["id"] for each in found if each["match"]]
    assert matched == ([expected] if expected else [])
    if expected:
        assert found[0]["id"] == expected
        assert found[0]["score"] <= 100


@pytest.mark.parametrize("case", sorted(NO_MATCHES))
def test_what_is_not_certain_is_none(case: str, client: FlaskClient) -> None:
    assert [each["id"] for each in ask(client, NO_MATCHES[case]) if each["match"]] == []


def test_candidates_that_are_told_apart_by_nothing_are_all_given(client: FlaskClient) -> None:
    found = ask(client, {"query": "Prime Minister of Pakistan in 1993", "type": "Person", "limit": 20})
    described = {each["id"] for each in found if {"id": "description", "value": 1.0} in each["features"]}
    assert {"person/benazir-bhutto", "person/nawaz-sharif"} <= described
    assert len({each["score"] for each in found if each["id"] in described}) == 1


def test_a_type_restricts_and_a_limit_cuts(client: FlaskClient) -> None:
    everything = ask(client, {"query": "Georgia", "limit": 50})
    assert {each["id"].partition("/")[0] for each in everything} > {"state"}
    states = ask(client, {"query": "Georgia", "type": ["State"], "limit": 50})
    assert {each["id"].partition("/")[0] for each in states} == {"state"}
    assert len(ask(client, {"query": "Georgia", "limit": 1})) == 1


def test_the_space_of_wikidata_has_items_of_what_is_linked(client: FlaskClient) -> None:
    found = ask(client, {"query": "Pakistan", "type": "Q3624078"}, "/reconcile/wikidata")
    assert found[0]["id"] == "Q843"
    assert found[0]["match"] is True
    assert {"id": "Q3624078", "name": "State"} in found[0]["type"]
    every = ask(client, {"query": "Khan", "limit": 50}, "/reconcile/wikidata")
    assert every and all(each["id"].startswith("Q") for each in every)


QUERIES = {
    "q0": {"query": "Pakistan"},
    "q1": {
        "query": "army chief",
        "type": "Person",
        "limit": 3,
        "properties": properties(state="Pakistan", date="2012"),
    },
    "q2": {"query": "Khan", "type": ["Person"], "type_strict": "any"},
    "q3": {"query": "no such thing at all"},
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_answers_of_the_older_versions_are_as_their_schemas_demand(
    path: str, version: str, client: FlaskClient, schemas: dict[tuple[str, str], Json]
) -> None:
    manifest = client.get(path).json
    check(manifest, version, "manifest", schemas)
    check(QUERIES, version, "reconciliation-query-batch", schemas)
    results = client.post(path, data={"queries": json.dumps(QUERIES)}).json
    check(results, version, "reconciliation-result-batch", schemas)
    assert set(results) == set(QUERIES)
    assert results["q0"]["result"][0]["match"] is True
    for kind, name in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        answer = client.get(f"{path}/suggest/{kind}?prefix=pa").json
        check(answer, version, f"suggest-{name}-response", schemas)
        assert answer["result"] or kind == "type"
    entity = results["q0"]["result"][0]["id"]
    for wanted in (["state", "capital", "start", "iso3", "unknown"], ["P36", "P571"]):
        query = {"ids": [entity, "nothing"], "properties": [{"id": each} for each in wanted]}
        check(query, version, "data-extension-query", schemas)
        extended = client.post(path, data={"extend": json.dumps(query)}).json
        check(extended, version, "data-extension-response", schemas)
        assert set(extended["rows"]) == {entity, "nothing"}
    proposal = client.get(f"{path}/properties?type=State&limit=3").json
    assert len(proposal["properties"]) == 3
    check(proposal, "0.2", "data-extension-property-proposal", schemas)


@pytest.mark.parametrize("path", DRAFTS)
def test_answers_of_the_draft_are_as_its_schemas_demand(
    path: str, client: FlaskClient, schemas: dict[tuple[str, str], Json]
) -> None:
    check(client.get(path).json, "1.0-draft", "manifest", schemas)
    name = {"matchType": "name", "propertyValue": "army chief"}
    state = {"matchType": "property", "propertyId": "state", "propertyValue": "Pakistan", "required": True}
    date = {
        "matchType": "property",
        "propertyId": "date",
        "propertyValue": "2012-10",
        "matchQuantifier": "any",
    }
    batch = {
        "queries": [
            {"type": "Person", "limit": 5, "lang": "en", "conditions": [name, state, date]},
            {"conditions": [{"matchType": "name", "propertyValue": "nobody at all"}]},
            {"conditions": [{"matchType": "id", "propertyValue": "state:pakistan"}]},
        ]
    }
    check(batch, "1.0-draft", "reconciliation-query-batch", schemas)
    answer = client.post(f"{path}/match", json=batch).json
    check(answer, "1.0-draft", "reconciliation-result-batch", schemas)
    kayani, nobody, pakistan = (
        [each["name"] for each in r["candidates"] if each["match"]] for r in answer["results"]
    )
    assert (kayani, nobody, pakistan) == (["Ashfaq Parvez Kayani"], [], ["Pakistan"])
    for kind, plural in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        check(
            client.get(f"{path}/suggest/{kind}?prefix=st").json,
            "1.0-draft",
            f"suggest-{plural}-response",
            schemas,
        )
    entity = answer["results"][2]["candidates"][0]["id"]
    query = {"ids": [entity], "properties": [{"id": "capital"}, {"id": "iso3"}]}
    check(query, "1.0-draft", "data-extension-query", schemas)
    extended = client.post(f"{path}/extend", json=query).json
    check(extended, "1.0-draft", "data-extension-response", schemas)
    assert {"id": "iso3", "values": [{"str": "PAK"}]} in extended["rows"][0]["properties"]
    proposal = client.get(f"{path}/extend/propose?type=State").json
    check(proposal, "1.0-draft", "data-extension-property-proposal", schemas)


def test_conditions_of_the_draft_quantify_and_may_be_required(client: FlaskClient) -> None:
    def names(**condition: object) -> list[str]:
        conditions = [
            {"matchType": "name", "propertyValue": "Korea"},
            {"matchType": "property", "propertyId": "iso3", "required": True, **condition},
        ]
        query = {"type": "State", "limit": 50, "conditions": conditions}
        answer = client.post("/reconcile/1.0-draft/match", json={"queries": [query]}).json
        return sorted(each["id"] for each in answer["results"][0]["candidates"])  # type: ignore[index]

    assert names(propertyValue=["KOR", "PRK"]) == ["state/north-korea", "state/south-korea"]
    assert names(propertyValue=["KOR", "PRK"], matchQuantifier="all") == []
    assert "state/korea" in names(propertyValue="KOR", matchQuantifier="none")
    assert "state/south-korea" not in names(propertyValue="KOR", matchQuantifier="none")


def test_values_can_be_fetched(client: FlaskClient) -> None:
    wanted = ["office", "state", "start", "capital", "demonym"]
    query = {"ids": ["person/imran-khan", "state/pakistan"], "properties": [{"id": each} for each in wanted]}
    rows = client.post("/reconcile", data={"extend": json.dumps(query)}).json["rows"]  # type: ignore[index]
    assert {
        "id": "office/prime-minister-of-pakistan",
        "name": "Prime Minister of Pakistan (2018-08-18/2022-04-10)",
    } in rows["person/imran-khan"]["office"]
    assert {"id": "state/pakistan", "name": "Pakistan"} in rows["person/imran-khan"]["state"]
    assert rows["state/pakistan"]["start"] == [{"date": "1947-08-14T00:00:00Z"}]
    assert {"str": "Pakistani"} in rows["state/pakistan"]["demonym"]
    assert len(rows["state/pakistan"]["capital"]) >= 2


def test_an_entity_can_be_previewed(client: FlaskClient) -> None:
    page = client.get("/reconcile/preview?id=person/imran-khan")
    assert page.mimetype == "text/html"
    assert "<b>Imran Khan</b>" in page.text and "Prime Minister of Pakistan" in page.text
    assert client.get("/reconcile/flyout?id=person/imran-khan").json["id"] == "person/imran-khan"  # type: ignore[index]
    assert client.get("/reconcile/wikidata/preview?id=Q155164").status_code == 200
    assert client.get("/reconcile/preview?id=<script>").mimetype == "application/json"


def test_other_origins_and_old_clients_are_served(client: FlaskClient) -> None:
    for path in (
        "/reconcile",
        "/reconcile/suggest/entity?prefix=a",
        *DRAFTS,
        "/reconcile/preview?id=nothing",
    ):
        assert client.get(path).headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert client.options("/reconcile").headers["Access-Control-Allow-Origin"] == "*"
    called = client.get("/reconcile?callback=jsonp1")
    assert called.mimetype == "application/javascript"
    assert called.text.startswith("/**/jsonp1({") and called.text.endswith("});")
    assert client.get("/reconcile?query=Pakistan").json["result"][0]["id"] == "state/pakistan"  # type: ignore[index]


UNKNOWN = {"json": {"queries": [{"conditions": [{"matchType": "x"}]}]}}
BAD = {
    "no JSON": ("POST", "/reconcile", {"data": {"queries": "{"}}, 400, "no JSON was sent"),
    "an array": ("POST", "/reconcile", {"data": {"queries": "[]"}}, 400, "an object of queries by key"),
    "a string as query": (
        "POST",
        "/reconcile",
        {"data": {"queries": '{"q": "x"}'}},
        400,
        "a query must be an object",
    ),
    "no ids": ("POST", "/reconcile", {"data": {"extend": "{}"}}, 400, "the arrays ids and properties"),
    "a hostile callback": ("GET", "/reconcile?callback=alert(1)", {}, 400, "no name of a function"),
    "a bad limit": ("GET", "/reconcile/suggest/entity?prefix=a&limit=x", {}, 400, "limit is 'x'"),
    "no queries": ("POST", "/reconcile/1.0-draft/match", {"json": {}}, 400, '{"queries": [...]}'),
    "no conditions": (
        "POST",
        "/reconcile/1.0-draft/match",
        {"json": {"queries": [{}]}},
        400,
        "have conditions",
    ),
    "an unknown matchType": (
        "POST",
        "/reconcile/1.0-draft/match",
        UNKNOWN,
        400,
        "expected name, id or property",
    ),
    "too many": (
        "POST",
        "/reconcile",
        {"data": {"queries": json.dumps({str(n): {"query": "x"} for n in range(501)})}},
        413,
        "501 at once are too many; send at most 500",
    ),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_bad_request_is_refused_with_the_reason(case: str, client: FlaskClient) -> None:
    method, path, body, status, message = BAD[case]
    answer = client.open(path, method=method, **body)
    assert answer.status_code == status
    assert message in answer.json["error"]


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/reconcile"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_client_of_py_reconciliation_service_api_works(address: str) -> None:
    module = pytest.importorskip(
        "py_reconciliation_service_api", reason="the client py-reconciliation-service-api is not installed"
    )
    found = module.build_reconciliation_service(address).reconcile({"query": "Pakistan", "limit": 6})
    assert found.result[0].id == "state/pakistan"
    assert found.result[0].match is True


@pytest.mark.filterwarnings("ignore")
def test_the_client_reconciler_works(address: str) -> None:
    module = pytest.importorskip("reconciler", reason="the client reconciler is not installed")
    pandas = pytest.importorskip("pandas", reason="pandas, which reconciler needs, is not installed")
    table = pandas.DataFrame(
        {
            "who": ["army chief", "prime minister"],
            "country": ["Pakistan", "India"],
            "when": ["2012-10", "2016-01"],
        }
    )
    found = module.reconcile(
        table["who"],
        type_id="Person",
        property_mapping={"state": table["country"], "date": table["when"]},
        reconciliation_endpoint=address,
    )
    assert list(found["id"]) == ["person/ashfaq-parvez-kayani", "person/narendra-modi"]
    assert list(found["match"]) == [True, True]
