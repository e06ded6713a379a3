"""Which rules can run in one statement: those that conclude one relation and have the same readers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from diplograph.inference.rule import Rule
from diplograph.inference.stratify import Key, Stratum, dependencies, key


@dataclass(frozen=True)
class Batch:
    """Rules that run together; `relation` is what they all conclude, if they are axioms without recursion."""

    rules: tuple[Rule, ...]
    recursive: bool = False
    relation: Key | None = None


def batches(strata: Sequence[Stratum]) -> tuple[Batch, ...]:
    """Return the strata, each as late as its readers allow, the axioms of one relation together."""
    place = {id(rule): number for number, stratum in enumerate(strata) for rule in stratum.rules}
    rules = [rule for stratum in strata for rule in stratum.rules]
    edges = dependencies(rules)
    height = [0] * len(strata)
    for index in range(len(rules) - 1, -1, -1):
        mine = place[id(rules[index])]
        later = [place[id(rules[reader])] for reader in edges[index]]
        height[mine] = max([height[mine], *(height[other] + 1 for other in later if other != mine)])
    grouped: dict[tuple[int, int, str], list[Rule]] = defaultdict(list)
    for number, stratum in enumerate(strata):
        relation = _relation(stratum)
        name = (height[number], 1 if relation else 0, str(relation) if relation else str(number))
        grouped[name].extend(stratum.rules)
    ordered = sorted(grouped.items(), key=lambda item: (-item[0][0], item[0][1], item[0][2]))
    return tuple(_batch(group, strata[place[id(group[0])]]) for _, group in ordered)


def _batch(rules: list[Rule], stratum: Stratum) -> Batch:
    return Batch(tuple(rules), stratum.recursive, _relation(stratum))


def _relation(stratum: Stratum) -> Key | None:
    """Return the one relation that a single axiom without recursion concludes."""
    rule = stratum.rules[0]
    simple = len(stratum.rules) == 1 and not stratum.recursive and rule.axioms
    return key(rule.head[0]) if simple else None
