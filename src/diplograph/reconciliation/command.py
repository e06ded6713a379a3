"""The command `diplograph link`."""

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from diplograph.reconciliation.mentions import Linker, Mention

_SHOWN = 5


@click.command("link")
@click.argument("text")
@click.option(
    "--date", "when", metavar="DATE", help="When the text was written (2012, 2012-10 or 2012-10-08)."
)
@click.option(
    "--state", metavar="STATE", help="State to prefer where nothing else decides (PAK, state:pakistan)."
)
@click.option(
    "--with",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Graph whose imports are known too (`diplograph import`).",
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def command(text: str, when: str | None, state: str | None, directory: Path | None, *, as_json: bool) -> None:  # fmt: skip
    """Show whom and what TEXT (a file, - for standard input, or words) names, and why.

    Each name or description comes with its candidates, best first, and the features that speak for them. What is
    not told apart stays a set.

    \b
    diplograph link "Pakistan's army chief visited Moscow in October 2012."
    diplograph link article.txt --date 2022-04-08
    """
    from diplograph import edtf  # noqa: PLC0415 - loaded when used
    from diplograph.errors import InputError  # noqa: PLC0415
    from diplograph.importing import run, who  # noqa: PLC0415
    from diplograph.mentions import gazetteer  # noqa: PLC0415
    from diplograph.reconciliation import index, mentions  # noqa: PLC0415

    if when is not None and not edtf.is_valid(when):
        raise InputError(f"{when!r} is no date; expected for instance 2012, 2012-10 or 2012-10-08")
    known = who.people_and_places(run.turtle_files(directory) if directory else ())
    preferred = known.codes.get(state or "", state)
    if preferred is not None and preferred not in known.entities:
        raise InputError(
            f"{state!r} is no state; expected a code such as PAK or a CURIE such as state:pakistan"
        )
    linker = mentions.Linker(gazetteer.build(known), index.build(known))
    found = mentions.mentions(_content(text), linker, when=when, state=preferred)
    if as_json:
        click.echo(json.dumps([_as_record(each, linker) for each in found], ensure_ascii=False))
    else:
        click.echo(
            "\n".join(line for each in found for line in _as_lines(each, linker)) or "nothing known is named"
        )


def _content(text: str) -> str:
    if text == "-":
        return sys.stdin.read()
    path = Path(text)
    try:
        if not path.is_file():
            _refuse_file_name(text)
            return text
    except OSError:  # words longer than a file name can be
        return text
    from diplograph import documents  # noqa: PLC0415 - what reads HTML is not loaded for words alone

    return documents.decode(path.read_bytes(), name=text)


def _refuse_file_name(text: str) -> None:
    """What is named like a file, and is none, is no prose."""
    from diplograph.errors import InputError  # noqa: PLC0415

    if re.fullmatch(r"\S+\.(?:txt|md|html?)", text):
        raise InputError(f"{text}: no such file")


def _as_record(mention: "Mention", linker: "Linker") -> dict[str, Any]:
    entities = linker.index.reference.entities
    return {
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "title": mention.title,
        "time": mention.context.when or mention.context.published,
        "state": mention.context.state,
        "chosen": mention.chosen.iri if mention.chosen else None,
        "stands_for": _stands_for(mention, linker),
        "candidates": [
            {"iri": c.iri, "label": entities[c.iri].label, "score": c.score, "reasons": list(c.reasons)}
            for c in mention.candidates
        ],
    }


def _as_lines(mention: "Mention", linker: "Linker") -> list[str]:
    record = _as_record(mention, linker)
    known = [f"{name} {record[name]}" for name in ("title", "state", "time") if record[name]]
    chosen = record["chosen"] or _undecided(record)
    stands = f", for {record['stands_for']}" if record["stands_for"] else ""
    lines = [f"{mention.text!r} ({', '.join(known) or 'no context'}): {chosen}{stands}"]
    lines += [
        f"    {each['score']:5.2f} {each['iri']} ({each['label']}): {'; '.join(each['reasons'])}"
        for each in record["candidates"][:_SHOWN]
    ]
    if len(record["candidates"]) > _SHOWN:
        lines.append(f"          and {len(record['candidates']) - _SHOWN} more")
    return lines


def _undecided(record: dict[str, Any]) -> str:
    if record["candidates"]:
        return "not told apart"
    return "nobody known" if record["time"] else "nobody known: no time is spoken of (--date says when)"


def _stands_for(mention: "Mention", linker: "Linker") -> str | None:
    """Return the state that a place belonged to then, which it may stand for."""
    from diplograph import linking  # noqa: PLC0415

    if mention.chosen is None or not mention.chosen.iri.startswith("place:"):
        return None
    context = mention.context
    states = linking.states_of_place(
        mention.chosen.iri, context.when, context.published, linker.index.reference
    )
    return states[0] if states else None
