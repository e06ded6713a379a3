"""The command `diplograph import`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Quad, Store

    from diplograph.importing.run import Report

_SHOWN = 10
_KINDS = (
    "archigos", "atop", "cow-alliances", "roster", "sipri", "us-travels", "us-visits",
    "wikidata-dump", "wikidata-results",
)  # fmt: skip


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind", type=click.Choice(_KINDS), help="The format, where it is not to be told by how the file begins."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("graph"),
    show_default=True,
    help="Directory of the graph that gets the import.",
)
@click.option("--name", help="What to call the import; without it, the name of the file.")
@click.option(
    "--retrieved", required=True, metavar="DAY", help="Day on which the file was retrieved (2026-11-24)."
)
@click.option("--license", "rights", help="IRI or words of the file's license; Wikidata's is known.")
@click.option(
    "--lenient", is_flag=True, help="Refuse rows that contradict others, instead of the whole file."
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def command(
    file: Path, kind: str | None, output: Path, name: str | None, retrieved: str, rights: str | None,
    *, lenient: bool, as_json: bool,
) -> None:  # fmt: skip
    """Add FILE to a graph, as a named graph of its own with license and retrieval date.

    Known are answers of the Wikidata Query Service (JSON, CSV), Wikidata's JSON dump, rosters of office holders,
    Archigos, the SIPRI trade register, alliances of ATOP and COW, and visits from and to the United States;
    .gz and .bz2 are read as they are. Rows that name something unknown are refused, and listed in
    DIR/imports/NAME.refused.tsv. A roster has the columns position, person, start, end and state. The rules then
    run on all that the graph holds. Exit code 1 means that the file breaks a rule, or that no row could be taken,
    and that nothing was written.

    \b
    diplograph import holders.json --retrieved 2026-11-24 -o demo
    diplograph import roster.csv --kind roster --license https://creativecommons.org/publicdomain/zero/1.0/ \\
        --retrieved 2026-11-24 -o demo
    """
    from diplograph import imported, importing  # noqa: PLC0415 - loaded when used
    from diplograph.documents import slug  # noqa: PLC0415
    from diplograph.errors import InputError  # noqa: PLC0415
    from diplograph.importing import run, who  # noqa: PLC0415

    found = kind or importing.kind_of(file)
    known = rights or importing.KINDS[found].license
    if known is None:
        raise InputError(
            f"{file}: files of the kind {found} have no license of their own; say with --license which it is"
        )
    origin = run.Origin(file, found, slug(name or file.name.partition(".")[0]), known, retrieved)
    others = tuple(path for path in imported.turtle_files(output) if path.stem != origin.name)
    report = run.run(origin, output, who.load(others), _background, lenient=lenient, conclude=_conclude)
    click.echo(_as_json(report) if as_json else _as_text(report, output))


def _background() -> "Iterator[Quad]":
    from diplograph import pipeline  # noqa: PLC0415 - the parser is not needed where a graph is there already

    return pipeline.background()


def _conclude(target: "Store") -> None:
    """Draw the conclusions of the rules from what the graph holds now."""
    from diplograph import inference  # noqa: PLC0415

    rules = inference.load_rules(inference.rule_paths())
    inference.infer(target, inference.program_of(target, rules))


def _as_text(report: "Report", output: Path) -> str:
    name = report.origin.name
    lines = [
        f"{report.origin.path}: {report.read} rows read, {report.taken} taken, {len(report.refused)} refused; "
        f"{report.triples} triples in graph:import/{name}"
    ]
    lines += [f"  row {number}: {why}" for number, why in report.refused[:_SHOWN]]
    if len(report.refused) > _SHOWN:
        lines.append(f"  and {len(report.refused) - _SHOWN} more: {output}/imports/{name}.refused.tsv")
    return "\n".join(lines)


def _as_json(report: "Report") -> str:
    origin = report.origin
    return json.dumps(
        {
            "file": str(origin.path), "kind": origin.kind, "name": origin.name, "license": origin.license,
            "retrieved": origin.retrieved, "read": report.read, "taken": report.taken, "triples": report.triples,
            "refused": [{"row": number, "why": why} for number, why in report.refused],
        },
        ensure_ascii=False,
    )  # fmt: skip
