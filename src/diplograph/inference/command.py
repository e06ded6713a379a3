"""The command that runs the rules again on a graph: `diplograph infer`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from diplograph.errors import InputError


@click.command(name="infer")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(["duckdb", "sparql"]), default="duckdb", show_default=True)
@click.option(
    "--set", "settings", multiple=True, metavar="RULE.NAME=VALUE", help="Set a parameter of a rule."
)
@click.option(
    "--parameters",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of parameters, a table a rule.",
)
def command(directory: Path, engine: str, settings: tuple[str, ...], parameters: Path | None) -> None:
    """Run the rules again on the graph in DIRECTORY; readers see the old conclusions until all is done.

    \b
    diplograph infer demo
    diplograph infer demo --set defense-partner.window=3 --engine sparql
    """
    from diplograph import inference, store  # noqa: PLC0415 - what another command does not need

    overrides = {**_from_file(parameters), **dict(map(_setting, settings))}
    with store.writing(directory) as writer:
        report = inference.infer(
            writer.store, inference.load_rules(inference.rule_paths()), overrides=overrides, engine=engine
        )
        writer.publish()
    for slug, count in report.counts.items():
        click.echo(f"{count:8}  {slug}")
    for clash in report.clashes:
        click.echo(f"contradiction: {clash}")


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
