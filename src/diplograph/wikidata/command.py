"""The commands `diplograph wikidata queries`, `diff` and `export`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from diplograph.wikidata.diff import Difference
    from diplograph.wikidata.export import Export

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("wikidata")
def group() -> None:
    """Exchange with Wikidata: queries to run there, differences, and statements that it lacks."""


@group.command("queries")
@click.argument("name", required=False)
@click.option("--about", multiple=True, metavar="CURIE", help="Ask about this entity only (state:pakistan).")
def queries(name: str | None, about: tuple[str, ...]) -> None:
    """Print the query NAME, or list the queries there are.

    A query is about all entities of its kind that are linked, unless --about names some. Paste it into
    https://query.wikidata.org, and save the result as JSON or CSV for `diplograph import` or `wikidata diff`.

    \b
    diplograph wikidata queries
    diplograph wikidata queries office-holders --about state:pakistan
    """
    from diplograph.importing import who  # noqa: PLC0415 - loaded when used
    from diplograph.wikidata import queries as known  # noqa: PLC0415

    if name is None:
        width = max(len(query.name) for query in known.load())
        for query in known.load():
            click.echo(f"{query.name:{width}}  {query.question}")
    else:
        click.echo(known.filled(known.named(name), about, who.links(), who.people_and_places()), nl=False)


@group.command("diff")
@click.argument("result", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def diff(result: Path, *, as_json: bool) -> None:
    """Compare the reference data with a saved RESULT of a query: office holders, states or checked links.

    \b
    diplograph wikidata diff office-holders.json
    """
    from diplograph.importing import who  # noqa: PLC0415
    from diplograph.wikidata import diff as comparison  # noqa: PLC0415

    found = comparison.compare(result, who.load(), who.links())
    click.echo(
        json.dumps([asdict(each) for each in found], ensure_ascii=False) if as_json else _differences(found)
    )


@group.command("export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--known", required=True, type=_FILE, help="Saved result of the query `statements`.")
@click.option(
    "--retrieved", required=True, metavar="DAY", help="Day on which the pages were read (2026-11-24)."
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File for QuickStatements."
)
def export(directory: Path, known: Path, retrieved: str, output: Path | None) -> None:
    """List what the graph in DIRECTORY says that Wikidata lacks, and write it for QuickStatements.

    Read the list before you run the file: each line has the words that bear it out. Nothing is sent to Wikidata.

    \b
    diplograph wikidata queries statements > statements.rq
    diplograph wikidata export demo --known statements.json --retrieved 2026-11-24 -o batch.txt
    """
    from diplograph import store  # noqa: PLC0415
    from diplograph.errors import InputError  # noqa: PLC0415
    from diplograph.importing import dates, who  # noqa: PLC0415
    from diplograph.wikidata import export as exporting  # noqa: PLC0415
    from diplograph.wikidata import quickstatements  # noqa: PLC0415

    if not dates.is_day(retrieved):
        raise InputError(f"{retrieved!r} is no day; say when the pages were read, for instance 2026-11-24")
    items = {link.subject_id: link.object_id[3:] for link in who.links() if link.predicate_id == "owl:sameAs"}
    snapshot = store.snapshot(directory)
    try:
        found = exporting.export(snapshot.store, items, exporting.known(known), retrieved)
    finally:
        snapshot.close()
    if output:
        lines = (quickstatements.line(statement) + "\n" for statement in found.statements)
        output.write_text("".join(lines), "utf-8")
    click.echo(_exported(found))


def _differences(found: "list[Difference]") -> str:
    lines = [f"{d.where}: {d.subject} {d.property}: {d.ours or '-'} | {d.theirs or '-'}" for d in found]
    return "\n".join([*lines, f"{len(found)} differences (ours | Wikidata's)"])


def _exported(found: "Export") -> str:
    lines = []
    for each in found.found:
        verdict = f"left out: {each.left_out}" if each.left_out else "to export"
        lines.append(f"{each.subject} {each.property} {each.value} ({each.time}), {each.stance}: {verdict}")
        lines.append(f"    “{' '.join(each.quote.split())}” {each.url}")
    if not lines:
        lines.append(
            "no statement is borne out by a page on the web: "
            "a text names its page in the front matter, as `source: https://...`"
        )
    return "\n".join([*lines, f"{len(found.statements)} statements to export"])
