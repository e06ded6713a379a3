"""The command line: one function a command. Exit codes: 0 done, 1 findings or refused rows, 2 the input is at fault."""

import gc
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import diplograph
from diplograph import commands, querying
from diplograph.errors import DiplographError, DocumentError, InputError
from diplograph.importing import command as importing_command
from diplograph.model import Document
from diplograph.reconciliation import command as link_command
from diplograph.wikidata import command as wikidata_command

_GRAPH = click.Path(file_okay=False, path_type=Path)
_QUOTES = click.Choice(["none", "trigger", "full"])
_FRAMES_ONLY = click.option(
    "--frames-only", is_flag=True, help="Read by the frames alone, without learned weights."
)


class _Commands(click.Group):
    """Turns the errors that diplograph raises on purpose into messages, and nothing else."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except DiplographError as error:
            click.echo(f"diplograph: {error}", err=True)
            ctx.exit(2 if isinstance(error, InputError) else 1)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="diplograph", prog_name="diplograph")
@click.option("-v", "--verbose", is_flag=True, help="Say what is being done.")
def main(*, verbose: bool) -> None:
    """Prose about diplomacy goes in; an RDF knowledge graph with proofs comes out.

    \b
    diplograph build article.txt --date 2022-04-08 -o graph
    diplograph query graph 'SELECT ?visit ?time { ?visit a dg:Visit ; dg:time ?time }'
    diplograph explain graph PAK dg:defensePartnerOf RUS
    diplograph serve graph
    """
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(name)s: %(message)s")


@main.command()
@click.argument("texts", nargs=-1, required=True)
@click.option(
    "--date",
    "published",
    metavar="DATE",
    help="Date of publication (2022, 2022-04 or 2022-04-08) of texts that do not say it.",
)
@click.option(
    "-o",
    "--output",
    type=_GRAPH,
    default=Path("graph"),
    show_default=True,
    help="Directory of the graph; its texts are replaced, its imports stay and are known.",
)
@click.option(
    "--quotes",
    type=_QUOTES,
    default="full",
    show_default=True,
    help="How much of the texts the graph may hold.",
)
@click.option(
    "-j",
    "--processes",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    help="Processes that read (default: all cores).",
)
@_FRAMES_ONLY
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def build(
    texts: tuple[str, ...],
    published: str | None,
    output: Path,
    quotes: str,
    processes: int,
    *,
    frames_only: bool,
    as_json: bool,
) -> None:
    """Read TEXTS (files or folders, .txt .md .html, or - for standard input) and build their graph.

    \b
    diplograph build data/texts -o demo
    diplograph build article.html --date 2022-04-08
    cat cable.txt | diplograph build - --date 1974-10-25 -o cable

    A file of a folder that cannot be read is reported and left out (exit code 1).
    """
    from diplograph import imported, pipeline, server  # noqa: PLC0415

    refused: list[str] = []
    sources = list(_documents(texts, published, refused))
    with _progress() as advance:
        known = pipeline.load_knowledge(weighed=not frames_only, imports=imported.turtle_files(output))
        gc.freeze()  # what is loaded stays: collecting garbage need not look at it again
        report = pipeline.build(sources, output, known, quotes=quotes, processes=processes, progress=advance)
        advance("describing", 0, 1)
        server.publish_description(output)
        advance("describing", 1, 1)
    gc.unfreeze()
    if as_json:
        click.echo(json.dumps(querying.report_as_json(report)))
    else:
        click.echo(querying.report_as_text(report, output))
    for message in refused:
        click.echo(f"left out: {message}", err=True)
    sys.exit(1 if refused else 0)


@main.command()
@click.argument("text")
@click.option(
    "--date", "published", metavar="DATE", help="Date of publication, where the text does not say it."
)
@click.option("--format", "form", type=click.Choice(["jsonl", "trig"]), default="jsonl", show_default=True)
@click.option(
    "--quotes", type=_QUOTES, default="full", show_default=True, help="How much of the text TriG may hold."
)
@_FRAMES_ONLY
def extract(text: str, published: str | None, form: str, quotes: str, *, frames_only: bool) -> None:
    """Print what one TEXT says: a JSON object an event, or TriG.

    \b
    diplograph extract article.txt --date 2022-04-08
    diplograph extract article.txt --format trig > article.trig
    """
    from diplograph import pipeline  # noqa: PLC0415

    if Path(text).is_dir():
        raise InputError(f"{text}: a folder; name one text, or read them all with `diplograph build {text}`")
    source = next(iter(_documents((text,), published)))
    known = pipeline.load_knowledge(weighed=not frames_only)
    if form == "trig":
        click.echo(
            pipeline.as_trig(
                pipeline.document_graph(
                    source, known, pipeline.load_background(with_conclusions=True), quotes=quotes
                )
            ),
            nl=False,
        )
    else:
        found = pipeline.extract_records(source, known)
        for record in found:
            click.echo(json.dumps(record, ensure_ascii=False))
        if not found:
            click.echo(f"{source.id}: the text tells of no event that the ontology has", err=True)


@main.command()
@click.argument("directory", type=_GRAPH)
@click.argument("query")
@click.option(
    "-f", "--format", "form", type=click.Choice(querying.FORMATS), default="table", show_default=True
)
def query(directory: Path, query: str, form: str) -> None:
    """Run a SPARQL QUERY (or a file of one, or - for standard input) on the graph in DIRECTORY.

    The prefixes of diplograph are known; all named graphs together are the default graph.

    \b
    diplograph query demo 'SELECT ?who { ?visit a dg:Visit ; dg:visitor ?who }' -f csv
    diplograph query demo ontology/queries/visits.rq
    """
    with diplograph.open(directory) as opened:
        click.echo(querying.run(opened.store, querying.text(query), form), nl=False)


@main.command()
@click.argument("source", metavar="DIRECTORY|URL")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=7878, show_default=True, type=click.IntRange(0, 65535))
@click.option("--base-url", metavar="URL", help="Where the public sees this server, behind a proxy.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds after which a query is ended.")
@click.option("--memory", default=1024, show_default=True, help="Megabytes after which a query is ended.")
@click.option(
    "--writable", is_flag=True, help="Allow updates to holders of DIPLOGRAPH_TOKEN, else to local clients."
)
@click.option(
    "--allow-service",
    multiple=True,
    metavar="URL",
    help="An endpoint that SERVICE may name (may be repeated).",
)
@click.option(
    "--in-memory",
    default=1_000_000,
    show_default=True,
    metavar="N",
    help="Hold a graph of up to N statements in memory (up to 1 kB each, once a process); 0: never.",
)
@click.option("--trust-proxy", is_flag=True, help="Believe X-Forwarded-* headers.")
@click.option(
    "--processes", default=0, show_default=True, help="Processes of gunicorn; 0 is a server for a laptop."
)
def serve(
    source: str,
    host: str,
    port: int,
    base_url: str | None,
    timeout: float,
    memory: int,
    allow_service: tuple[str, ...],
    in_memory: int,
    processes: int,
    *,
    writable: bool,
    trust_proxy: bool,
) -> None:
    """Serve the graph in DIRECTORY, or a SPARQL store at a URL: SPARQL at /sparql, a page for everything that has an IRI.

    \b
    diplograph serve demo
    diplograph serve https://store.example/sparql
    DIPLOGRAPH_TOKEN=secret diplograph serve demo --writable --allow-service https://query.wikidata.org/sparql
    """
    from diplograph import server, store  # noqa: PLC0415

    settings = server.Settings(
        base_url=base_url,
        timeout=timeout,
        memory=memory << 20,
        in_memory=in_memory,
        writable=writable,
        token=os.environ.get("DIPLOGRAPH_TOKEN"),
        allow_service=allow_service,
        trust_proxy=trust_proxy,
        processes=processes,
    )
    graph = source if source.startswith(("http://", "https://")) else Path(source)
    if isinstance(graph, Path):
        store.latest(graph)  # no address is told that nobody will answer at
    server.require_free(host, port)
    click.echo(f"diplograph serves {source} on http://{host}:{port}/ (stop with Ctrl-C)", err=True)
    server.serve(graph, host, port, settings=settings)


@main.command(name="eval")
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("texts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--split", metavar="NAME", help="Only the passages whose `split` is NAME.")
@click.option("--errors", "show_errors", is_flag=True, help="List every error.")
@_FRAMES_ONLY
def evaluate(gold: Path, texts: Path, split: str | None, *, show_errors: bool, frames_only: bool) -> None:
    """Score the reading of TEXTS.jsonl against the events of GOLD.jsonl: lenient, strict and by type.

    A line of TEXTS is an object with id, text and date_published; a line of GOLD one with id and events.

    \b
    diplograph eval tests/gold/gold.jsonl tests/gold/texts.jsonl --split report
    """
    from diplograph import evaluation, pipeline  # noqa: PLC0415

    passages = evaluation.passages(gold, texts, split)
    if not passages:
        raise InputError(
            f"{gold} and {texts} have no passage in common" + (f" of the split {split!r}" if split else "")
        )
    known = pipeline.load_knowledge(weighed=not frames_only)
    found = {name: pipeline.extract_records(text, known) for name, (text, _) in passages.items()}
    result = evaluation.evaluate({name: events for name, (_, events) in passages.items()}, found)
    click.echo(evaluation.table(result))
    if show_errors:
        click.echo("\n".join(result.errors))


@main.command()
@click.argument("directory", type=_GRAPH)
@click.argument("subject")
@click.argument("predicate")
@click.argument("object")
@click.option("--all", "every", is_flag=True, help="All proofs, not one.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "tree", "json", "ttl", "mermaid"]),
    default="text",
    show_default=True,
)
def explain(directory: Path, subject: str, predicate: str, object: str, form: str, *, every: bool) -> None:
    """Prove SUBJECT PREDICATE OBJECT: the rule, its premises, and the words of the texts that say them.

    Subject and object are IRIs, CURIEs (state:pakistan), codes (PAK) or names ("Imran Khan").

    \b
    diplograph explain demo PAK dg:defensePartnerOf RUS
    diplograph explain demo state:russia dg:armsSupplierOf state:india --all -f json
    """
    with diplograph.open(directory) as opened:
        proof = opened.explain(subject, predicate, object, every=every, form=form)
    if proof is None:
        click.echo(
            f"diplograph: {subject} {predicate} {object} is neither stated nor derived in {directory}",
            err=True,
        )
        sys.exit(1)
    click.echo(proof)


@main.command()
@click.argument("directory", type=_GRAPH)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def validate(directory: Path, *, as_json: bool) -> None:
    """Check the graph in DIRECTORY against the shapes and checks of the ontology; exit code 1 if it violates one.

    \b
    diplograph validate demo
    """
    with diplograph.open(directory) as opened:
        report = opened.validate()
    click.echo(querying.findings_as_json(report) if as_json else querying.findings_as_text(report))
    sys.exit(0 if report.conforms else 1)


def _documents(
    texts: tuple[str, ...], published: str | None, refused: list[str] | None = None
) -> Iterator[Document]:
    from diplograph import documents  # noqa: PLC0415

    for text in texts:
        if text == "-":
            content = documents.decode(sys.stdin.buffer.read(), name="standard input")
            yield documents.from_text(content, name="standard-input", published=published)
        elif Path(text).is_dir():
            yield from _folder(Path(text), published, refused)
        else:
            yield documents.read(Path(text), published=published)


def _folder(folder: Path, published: str | None, refused: list[str] | None) -> Iterator[Document]:
    """Yield the documents of a folder; collect in `refused` what is wrong with those that cannot be read."""
    from diplograph import documents  # noqa: PLC0415

    found = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in documents.SUFFIXES]
    if not found:
        raise DocumentError(f"{folder}: the folder has no {', '.join(documents.SUFFIXES)} file")
    for path in found:
        try:
            yield documents.read(path, published=published)
        except DocumentError as error:
            if refused is None:
                raise
            refused.append(str(error))


@contextmanager
def _progress() -> "Iterator[Callable[[str, int, int], None]]":
    """A bar on standard error where a person looks at it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        tasks = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done)

        yield advance


main.add_command(importing_command.command)
main.add_command(commands.why_not)
main.add_command(commands.ablate)
main.add_command(commands.sweep)
main.add_command(commands.infer)
main.add_command(link_command.command)
main.add_command(wikidata_command.group)

if __name__ == "__main__":
    main()
