"""The commands on conclusions: draw them again, ask why not, what if a rule, a text or a parameter were other."""

import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pyoxigraph import Triple
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

import diplograph
from diplograph.errors import InputError
from diplograph.vocabulary import compact

if TYPE_CHECKING:  # what the other commands need not wait for
    from pyoxigraph import Store

    from diplograph.inference import Ablation, InferenceReport, Program, Setting, WhyNot
    from diplograph.inference.whynot import Attempt

_GRAPH = click.Path(file_okay=False, path_type=Path)
_BAR = 40  # characters of the longest bar of a chart
_SHOWN = 20


@click.command(name="infer")
@click.argument("where", metavar="DIRECTORY|URL")
@click.option(
    "--engine", type=click.Choice(["duckdb", "sparql", "owlrl"]), help="Default: duckdb; of a URL sparql."
)
@click.option(
    "--set", "settings", multiple=True, metavar="RULE.NAME=VALUE", help="Set a parameter of a rule."
)
@click.option(
    "--parameters",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of parameters, a table a rule.",
)
@click.option("--update", metavar="URL", help="Where the store behind a URL takes updates, if elsewhere.")
@click.option("--limit", type=int, default=50_000_000, show_default=True, help="Most triples to derive.")
def infer(
    where: str,
    engine: str | None,
    settings: tuple[str, ...],
    parameters: Path | None,
    update: str | None,
    limit: int,
) -> None:
    """Run the rules again on the graph in DIRECTORY; readers see the old conclusions until all is done.

    At a URL the rules run inside the SPARQL 1.1 store that answers there. The engine owlrl knows the axioms only: it
    is there to compare with.

    \b
    diplograph infer demo
    diplograph infer demo --set defense-partner.window=3 --engine sparql
    diplograph infer http://localhost:7878/query --update http://localhost:7878/update
    """
    from diplograph import inference, store  # noqa: PLC0415 - what another command does not need

    overrides = {**_from_file(parameters), **dict(map(_setting, settings))}
    rules = inference.load_rules(inference.rule_paths(), overrides=overrides)
    if "://" in where:
        if engine not in (None, "sparql"):
            raise InputError(f"--engine {engine}: a store at a URL runs the rules as SPARQL itself")
        token = os.environ.get("DIPLOGRAPH_TOKEN", "")
        with _bar() as advance:
            report = inference.infer_remote(
                inference.Endpoint(where, update or where, token), rules, limit=limit, progress=advance
            )
        click.echo("\n".join(_report(report)))
        return
    store.snapshot(Path(where)).close()  # says so where there is no graph, before anything is written
    with store.writing(Path(where)) as writer:
        program = inference.program_of(writer.store, rules)
        with _bar() as advance:
            report = inference.infer(
                writer.store, program, engine=engine or "duckdb", limit=limit, progress=advance
            )
        writer.publish()
        click.echo("\n".join([*_report(report), *_blamed(writer.store, program, report)]))


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error where a person looks at it."""
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=None)

        def advance(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage[:_BAR], completed=done, total=total)

        yield advance


def _report(report: "InferenceReport") -> Iterator[str]:
    for slug, count in report.counts.items():
        yield f"{count:8}  {slug}"
    for clash in report.clashes:
        yield f"contradiction: {_words(clash.triple)}: {clash.axiom}"


def _blamed(graph: "Store", program: "Program", report: "InferenceReport") -> Iterator[str]:
    """Yield the proofs of the first contradictions: what they rest on is to blame."""
    from diplograph import inference  # noqa: PLC0415

    for clash in report.clashes[:_SHOWN]:
        proof = inference.explain(graph, program, clash.triple)
        if proof is not None:
            yield f"why {_words(clash.triple)}:"
            yield inference.render_proof(proof).rstrip()


@click.command("why-not")
@click.argument("directory", type=_GRAPH)
@click.argument("subject")
@click.argument("predicate")
@click.argument("object")
@click.option("--on", "day", metavar="DATE", help="Why it does not hold on that day (2014-06-30).")
def why_not(directory: Path, subject: str, predicate: str, object: str, day: str | None) -> None:
    """Say why SUBJECT PREDICATE OBJECT does not follow: the nearest rule, what it lacks, which claims came close.

    \b
    diplograph why-not demo PAK dg:alliedWith RUS
    diplograph why-not demo PAK dg:defensePartnerOf RUS --on 2003-12-31
    """
    from diplograph import explaining, inference  # noqa: PLC0415

    on = _day(day) if day else None
    with diplograph.open(directory) as graph:
        ends = explaining.node(graph.store, subject), explaining.node(graph.store, object)
        triple = Triple(ends[0], explaining.relation(graph.store, predicate), ends[1])
        rules = inference.load_rules(inference.rule_paths())
        found = inference.why_not(graph.store, rules, triple, on=on)
    click.echo("\n".join(_reasons(found, day)))


@click.command()
@click.argument("directory", type=_GRAPH)
@click.option(
    "--without",
    required=True,
    metavar="RULE|DOCUMENT",
    help="A rule (its slug or id), or the id of a document.",
)
def ablate(directory: Path, without: str) -> None:
    """Show what would not follow WITHOUT a rule or a document, and what would still follow on other grounds.

    \b
    diplograph ablate demo --without defense-partner
    diplograph ablate demo --without pakistan-russia-ties
    """
    from diplograph import inference  # noqa: PLC0415

    rules = inference.load_rules(inference.rule_paths())
    is_rule = any(without in {rule.slug, rule.id} for rule in rules)
    with diplograph.open(directory) as graph:
        if not is_rule:
            _refuse_unknown(without, graph.store, sorted({rule.slug for rule in rules if not rule.axioms}))
        how = inference.ablate_rule if is_rule else inference.ablate_document
        found = how(graph.store, rules, without)
    click.echo("\n".join(_ablation(found)))


@click.command()
@click.argument("directory", type=_GRAPH)
@click.option("--param", required=True, metavar="RULE.NAME=3..15", help="The parameter and its values.")
def sweep(directory: Path, param: str) -> None:
    """Show what conclusions come and go as a parameter of a rule takes other values.

    \b
    diplograph sweep demo --param defense-partner.window=3..15
    """
    from diplograph import inference  # noqa: PLC0415
    from diplograph.inference import whatif  # noqa: PLC0415

    name, values = whatif.settings(param)
    rules = inference.load_rules(inference.rule_paths())
    with diplograph.open(directory) as graph:
        settings = list(inference.sweep(graph.store, rules, name, values))
    click.echo("\n".join(_chart(name, settings)))


def _refuse_unknown(without: str, graph: "Store", rules: list[str]) -> None:
    """Raise InputError, with the nearest names, for what is neither a rule nor a document."""
    from diplograph.inference.infer import document_graphs  # noqa: PLC0415

    documents = [name.value.rpartition("/")[2] for name in document_graphs(graph)]
    if compact(without).removeprefix("doc:") in documents:
        return
    close = get_close_matches(without, [*rules, *documents], 1)
    guess = f"; did you mean {close[0]}?" if close else "."
    raise InputError(
        f"there is no rule and no document {without!r}{guess} Rules: {', '.join(rules)}. "
        f"Documents: {', '.join(documents) or 'none'}."
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--on {text}: expected a day such as 2014-06-30") from error


def _words(triple: Triple) -> str:
    from diplograph.inference.rendering import words  # noqa: PLC0415

    return words(triple)


def _reasons(found: "WhyNot", day: str | None) -> Iterator[str]:
    yield f"{_words(found.triple)}: {'it holds' if found.holds else 'it does not hold'}{f' on {day}' if day else ''}"
    for span in found.spans:
        bounds = f"{span.earliest_start or 'unknown'} to {span.latest_end or 'unknown'}"
        yield f"  {compact(span.situation)} holds from {bounds}"
    for attempt in found.attempts:
        yield from _attempt(attempt, 1)
    if found.near:
        yield "  what is told of the two:"
    for near in found.near[:_SHOWN]:
        time = near.time or "undated"
        yield f"    {compact(near.kind)} ({time}), {compact(near.polarity)}, {compact(near.modality)}: {compact(near.event)}"


def _attempt(attempt: "Attempt", level: int) -> Iterator[str]:
    from diplograph.inference.rendering import shorten  # noqa: PLC0415

    indent = "  " * level
    lacks = {"premise": "lacks", "test": "fails at", "absence": "is blocked by"}[attempt.kind]
    yield f"{indent}by {attempt.rule.id} {attempt.rule.label}, which {lacks}: {shorten(attempt.missing)}"
    for inner in attempt.below:
        yield from _attempt(inner, level + 1)


def _ablation(found: "Ablation") -> Iterator[str]:
    yield f"without {found.without}: {len(found.lost)} conclusions vanish, {len(found.kept)} stay on other grounds"
    yield from _listed("vanishes", found.lost)
    yield from _listed("stays", found.kept)


def _listed(word: str, triples: Iterable[Triple]) -> Iterator[str]:
    listed = [f"  {word}: {_words(triple)}" for triple in triples]
    yield from listed[:_SHOWN]
    if len(listed) > _SHOWN:
        yield f"  and {len(listed) - _SHOWN} more"


def _chart(name: str, settings: "list[Setting]") -> Iterator[str]:
    """Yield a bar for each value: how many conclusions there are under it, and how many came and went."""
    totals = [sum(setting.counts.values()) for setting in settings]
    most = max((len(s.gained) + len(s.lost) for s in settings), default=0)
    yield f"{name:>32}  conclusions  gained  lost"
    for setting, total in zip(settings, totals, strict=True):
        bar = "█" * round(_BAR * (len(setting.gained) + len(setting.lost)) / most) if most else ""
        yield f"{setting.value:>32}  {total:11}  {len(setting.gained):6}  {len(setting.lost):4}  {bar}"
    for setting in settings:
        yield from _listed(f"{setting.value} gains", setting.gained)
        yield from _listed(f"{setting.value} loses", setting.lost)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or "." not in name:
        raise InputError(f"--set {text}: expected RULE.NAME=VALUE, for instance defense-partner.window=3")
    return name.strip(), value.strip()


def _from_file(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: {error}") from error
    return {
        f"{rule}.{name}": str(value)
        for rule, table in tables.items()
        for name, value in _table(path, rule, table)
    }


def _table(path: Path, rule: str, table: Any) -> list[tuple[str, Any]]:
    if not isinstance(table, Mapping):
        raise InputError(f"{path}: expected a table [{rule}] with parameters of the rule")
    return list(table.items())
