"""Our program in the language of Nemo (TU Dresden), so that both engines run the same rules.

Nemo has no dates, no IF and no OR. A date becomes the whole number 20140630, which is what Nemo compares
fastest; a rule becomes one for each branch and each alternative. What a negation asks about is collected
first, and the negation is over what is found of it, as in our own engine. Where a rule of a later stratum
writes into a relation that an earlier one has read, the relation goes on under another name: Nemo wants
negation to be stratified by name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, product

from pyoxigraph import Literal, NamedNode

from diplograph.inference.families import ANY_CLASS, Key, key
from diplograph.inference.program import Program
from diplograph.inference.rule import (
    Bind,
    Call,
    Expression,
    Grouping,
    Pattern,
    Rule,
    Term,
    Var,
    Variant,
    variables,
)
from diplograph.inference.variants import TYPE, substitute_variant
from diplograph.vocabulary import PREFIXES

XSD = PREFIXES["xsd"]
Way = tuple[tuple[str, ...], frozenset[Var]]
DATE = re.compile(rf'"(\d{{4}})-(\d\d)-(\d\d)"\^\^<{XSD}date>')
_FLIP = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_STRINGS = frozenset(("STR", "CONCAT", "LCASE", "UCASE", "STRAFTER", "STRBEFORE", "SUBSTR"))


def facts(ntriples: str) -> str:
    """Return N-Triples with their dates as whole numbers, and decimals, which Nemo cannot add up, as doubles."""
    return DATE.sub(rf'"\1\2\3"^^<{XSD}integer>', ntriples).replace(f"^^<{XSD}decimal>", f"^^<{XSD}double>")


def translate(program: Program, source: str, scored: Sequence[NamedNode]) -> tuple[str, dict[Key, str]]:
    """Return the program as text, and the name that each relation has in the end.

    `source` is the address of the N-Triples file. `scored` are the classes for which a rule may ask when it
    asks what class something is of.
    """
    writer = _Writer(scored)
    for stratum in (*program.identity, *program.strata):
        writer.stratum(stratum.rules, recursive=stratum.recursive)
    loading = [f'@import triple :- ntriples{{resource="{source}"}} .', *writer.loading()]
    outputs = [f"@output {name} ." for name in sorted(set(writer.current.values()))]
    return "\n".join([*loading, *writer.lines, *outputs]) + "\n", writer.current


@dataclass
class _Writer:
    scored: Sequence[NamedNode]
    lines: list[str] = field(default_factory=list)
    current: dict[Key, str] = field(default_factory=dict)
    first: dict[Key, str] = field(default_factory=dict)
    read: set[Key] = field(default_factory=set)
    finished: dict[Key, str] = field(default_factory=dict)
    reading: dict[Key, str] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)

    def loading(self) -> Iterator[str]:
        for (predicate, class_), name in self.first.items():
            if class_:
                yield f"{name}(?s) :- triple(?s, <{predicate}>, <{class_}>) ."
            else:
                yield f"{name}(?s, ?o) :- triple(?s, <{predicate}>, ?o) ."

    def stratum(self, rules: Sequence[Rule], *, recursive: bool) -> None:
        variants = [way for rule in rules for way in self._spelled(rule.variants)]
        absent = {key(p) for variant in variants for p in _finished(variant)}
        read = {key(p) for variant in variants for p in variant.patterns}
        self.finished = {relation: self._name(relation) for relation in sorted(absent)}
        self.reading = {} if recursive else {relation: self._name(relation) for relation in sorted(read)}
        before = self.read | absent | (set() if recursive else read)
        for relation in sorted({key(p) for variant in variants for p in variant.head} & before):
            self._renew(relation)
        self.read |= absent | read
        for variant in variants:
            self._rule(variant)

    def _spelled(self, variants: Iterable[Variant]) -> Iterator[Variant]:
        """Yield variants in which no pattern asks of what class something is: one for each class.

        No variable is another one in them either: Nemo panics over that.
        """
        for variant in map(_without_twins, variants):
            asking = [p.object for p in variant.patterns if key(p) == ANY_CLASS and isinstance(p.object, Var)]
            if asking:
                yield from self._spelled(substitute_variant(variant, {asking[0]: c}) for c in self.scored)
            else:
                yield variant

    def _name(self, relation: Key) -> str:
        if relation not in self.current:
            self.current[relation] = self.first[relation] = self._fresh("r")
        return self.current[relation]

    def _fresh(self, letter: str) -> str:
        return f"{letter}{next(self.numbers)}"

    def _renew(self, relation: Key) -> None:
        old, self.current[relation] = self._name(relation), self._fresh("r")
        columns = "?s" if relation[0] == TYPE.value else "?s, ?o"
        self.lines.append(f"{self.current[relation]}({columns}) :- {old}({columns}) .")
        self.read.discard(relation)

    def _atom(self, pattern: Pattern, known: Mapping[Key, str]) -> str:
        name = known.get(key(pattern)) or self._name(key(pattern))
        ends = [pattern.subject] if pattern.predicate == TYPE else [pattern.subject, pattern.object]
        return f"{name}({', '.join(map(_term, ends))})"

    def _rule(self, variant: Variant) -> None:
        for literals, bound in self._ways(variant, (), frozenset(), variables(variant.head)):
            head = [self._atom(p, {}) for p in variant.head if variables(p) <= bound]
            if head:
                self.lines.append(f"{', '.join(head)} :- {', '.join(literals)} .")

    def _ways(
        self,
        variant: Variant,
        given: tuple[str, ...],
        known: frozenset[Var],
        needed: frozenset[Var],
        *,
        finished: bool = False,
    ) -> Iterator[Way]:
        """Yield the bodies that say what `variant` says, with the variables that each binds."""
        literals = [
            *given,
            *(self._atom(p, self.finished if finished else self.reading) for p in variant.patterns),
        ]
        bound = known | variables(variant.patterns)
        for table in variant.values:
            name = self._fresh("v")
            self.lines += [f"{name}({', '.join(map(_term, row))}) ." for row in table.rows]
            literals.append(f"{name}({', '.join(map(str, table.variables))})")
            bound |= frozenset(table.variables)
        for grouping in variant.groupings:
            literals += self._grouped(grouping)
            bound |= variables(grouping)
        for conditions, more in _tested(variant, bound):
            yield from self._free(variant, (*literals, *conditions), bound | more, needed)

    def _free(
        self, variant: Variant, literals: tuple[str, ...], bound: frozenset[Var], needed: frozenset[Var]
    ) -> Iterator[Way]:
        if not variant.absents:
            yield literals, bound
            return
        asked = sorted(variables(variant.absents) & bound)
        solution = _call(self._fresh("m"), sorted(needed & bound | frozenset(asked)))
        case, caught = _call(self._fresh("c"), asked), _call(self._fresh("n"), asked)
        self.lines += [f"{solution} :- {', '.join(literals)} .", f"{case} :- {solution} ."]
        for way in (way for item in variant.absents for way in item.ways):
            for inner, _ in self._ways(way, (case,), frozenset(asked), frozenset(asked), finished=True):
                self.lines.append(f"{caught} :- {', '.join(inner)} .")
        yield (solution, f"~{caught}"), needed & bound | frozenset(asked)

    def _grouped(self, grouping: Grouping) -> list[str]:
        keys = list(grouping.keys)
        ways = [
            way
            for spelled in self._spelled(grouping.ways)
            for way in self._ways(spelled, (), frozenset(), _everything(spelled), finished=True)
        ]
        atoms = []
        for column in grouping.columns:
            rest = (
                sorted(frozenset.intersection(*(bound for _, bound in ways)) - {column.argument, *keys})
                if column.function == "SUM"
                else []
            )
            row = _call(self._fresh("w"), [*keys, column.argument, *rest])
            self.lines += [f"{row} :- {', '.join(literals)} ." for literals, _ in ways]
            name = self._fresh("g")
            counted = ", ".join(map(str, [column.argument, *rest]))
            self.lines.append(
                f"{name}({', '.join([*map(str, keys), f'#{column.function.lower()}({counted})'])}) :- {row} ."
            )
            atoms.append(_call(name, [*keys, column.variable]))
        if not grouping.columns:
            atoms.append(_call(self._fresh("g"), keys))
            self.lines += [f"{atoms[0]} :- {', '.join(literals)} ." for literals, _ in ways]
        return atoms


def _without_twins(variant: Variant) -> Variant:
    """Return `variant` with the one name where a bind gives a variable a second name."""
    for bind in variant.binds:
        if isinstance(bind.expression, Var):
            rest = tuple(item for item in variant.binds if item is not bind)
            return _without_twins(
                substitute_variant(replace(variant, binds=rest), {bind.variable: bind.expression})
            )
    return variant


def _finished(variant: Variant) -> Iterator[Pattern]:
    """Yield the patterns of negations and sub-selects, however deep."""
    for way in (way for item in (*variant.absents, *variant.groupings) for way in item.ways):
        yield from (p for p in way.patterns if key(p) != ANY_CLASS)
        yield from _finished(way)


def _everything(variant: Variant) -> frozenset[Var]:
    return variables(variant.patterns) | frozenset(bind.variable for bind in variant.binds)


def _call(name: str, terms: Iterable[Term]) -> str:
    listed = ", ".join(map(_term, terms)) or "1"
    return f"{name}({listed})"


def _term(term: Term) -> str:
    if not isinstance(term, Literal):
        return str(term)
    if term.datatype.value in (XSD + "integer", XSD + "decimal"):
        return term.value
    found = DATE.fullmatch(str(term))
    return "".join(found.groups()) if found else str(Literal(term.value))


def _tested(variant: Variant, bound: frozenset[Var]) -> Iterator[tuple[tuple[str, ...], frozenset[Var]]]:
    """Yield the conditions of binds and filters, for each choice of branches and alternatives."""
    for conditions, given in _bound(variant.binds, bound):
        options = [list(_test(item.test, True, bound | given)) for item in variant.filters]
        for choice in product(*options):
            yield (*conditions, *(one for part in choice for one in part)), given


def _bound(binds: Sequence[Bind], bound: frozenset[Var]) -> Iterator[tuple[tuple[str, ...], frozenset[Var]]]:
    if not binds:
        yield (), frozenset()
        return
    bind, rest = binds[0], binds[1:]
    for conditions, text in _value(bind.expression, bound):
        made = frozenset((bind.variable,))
        for others, given in _bound(rest, bound | made):
            yield (*conditions, f"{bind.variable} = {text}", *others), given | made


def _value(expression: Expression, bound: frozenset[Var]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the term that an expression is, under each choice of branches; none where it has no value."""
    if not isinstance(expression, Call):
        if not isinstance(expression, Var) or expression in bound:
            yield (), _term(expression)
        return
    if expression.name == "IF":
        test, yes, no = expression.arguments
        for branch, truth in ((yes, True), (no, False)):
            for conditions, (more, value) in product(_test(test, truth, bound), _value(branch, bound)):
                yield (*conditions, *more), value
        return
    arguments = expression.arguments[:1] if expression.name in ("STRDT", "REPLACE") else expression.arguments
    for choice in product(*(list(_value(part, bound)) for part in arguments)):
        yield (
            tuple(c for conditions, _ in choice for c in conditions),
            _function(expression, [text for _, text in choice]),
        )


def _function(call: Call, parts: list[str]) -> str:
    if call.name in ("+", "-", "*", "/"):
        return "(" + f" {call.name} ".join(parts) + ")"
    if call.name == "YEAR":
        return f"FLOOR({parts[0]} / 10000)"
    if call.name == "REPLACE":
        return parts[0]
    if call.name == "STRDT":
        day = str(call.arguments[1]) == f"<{XSD}date>"
        return (
            "INT(" + parts[0].replace('"-01-01"', '"0101"').replace('"-12-31"', '"1231"') + ")"
            if day
            else parts[0]
        )
    return f"{call.name}({', '.join(parts)})"


def _test(expression: Expression, truth: bool, bound: frozenset[Var]) -> Iterator[tuple[str, ...]]:
    """Yield the conditions under which a test is true (or false): any of them will do."""
    if isinstance(expression, Call) and expression.name == "!":
        yield from _test(expression.arguments[0], not truth, bound)
    elif isinstance(expression, Call) and expression.name in ("&&", "||"):
        options = [list(_test(part, truth, bound)) for part in expression.arguments]
        if (expression.name == "&&") is truth:
            yield from (tuple(one for part in choice for one in part) for choice in product(*options))
        else:
            yield from (option for part in options for option in part)
    elif isinstance(expression, Call) and expression.name in _FLIP:
        sign = expression.name if truth else _FLIP[expression.name]
        for (one, left), (other, right) in product(
            *(list(_value(part, bound)) for part in expression.arguments)
        ):
            yield (*one, *other, _compared(sign, left, right, expression))
    elif isinstance(expression, Call) and expression.name == "ISLITERAL":
        yield from (
            (f'isIri({text}) = "{str(not truth).lower()}"^^<{XSD}boolean>',)
            for _, text in _value(expression.arguments[0], bound)
        )
    else:
        for conditions, text in _value(expression, bound):
            yield (*conditions, f'{text} = "{str(truth).lower()}"^^<{XSD}boolean>')


def _compared(sign: str, left: str, right: str, call: Call) -> str:
    textual = any(isinstance(part, Call) and part.name in _STRINGS for part in call.arguments)
    if sign in ("=", "!=") or not textual:
        return f"{left} {sign} {right}"
    return f"COMPARE({left}, {right}) {sign} 0"
