"""Which rules can run in one statement: those that conclude one relation and have the same readers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from diplograph.inference.families import Key, key
from diplograph.inference.rule import Rule
from diplograph.inference.stratify import Stratum


@dataclass(frozen=True)
class Batch:
    """Rules that run together; `relation` is what they all conclude, if they are axioms without recursion."""

    rules: tuple[Rule, ...]
    recursive: bool = False
    relation: Key | None = None


def batches(strata: Sequence[Stratum]) -> tuple[Batch, ...]:
    """Return the strata, each as late as its readers allow, the axioms of one relation together."""
    grouped: dict[tuple[int, int, str], dict[int, Rule]] = defaultdict(dict)
    models: dict[tuple[int, int, str], Stratum] = {}
    for number, stratum in enumerate(strata):
        relation = _relation(stratum)
        name = (-stratum.height, 1 if relation else 0, str(relation) if relation else f"{number:06}")
        grouped[name].update((id(rule), rule) for rule in stratum.rules)
        models[name] = stratum
    return tuple(
        Batch(tuple(rules.values()), models[name].recursive, _relation(models[name]))
        for name, rules in sorted(grouped.items())
    )


def _relation(stratum: Stratum) -> Key | None:
    """Return the one relation that a single axiom without recursion concludes."""
    rule = stratum.rules[0]
    simple = len(stratum.rules) == 1 and not stratum.recursive and rule.axioms
    return key(rule.head[0]) if simple else None
