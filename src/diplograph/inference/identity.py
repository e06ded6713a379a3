"""The rules of identity, for proofs: the engines apply them by other means than rule by rule."""

from diplograph.inference.classes import SAME
from diplograph.inference.render import construct
from diplograph.inference.rule import Call, Filter, Group, Pattern, Rule, Var, Variant

_X, _Y, _Z, _P = Var("x"), Var("y"), Var("z"), Var("p")


def identity_rules() -> tuple[Rule, ...]:
    """Return symmetry and transitivity of owl:sameAs, and the replacement of one name by another."""
    same = Pattern(_X, SAME, _Y)
    return (
        _rule("eq-sym", "identity goes both ways", Pattern(_Y, SAME, _X), (same,)),
        _rule("eq-trans", "identity is passed on", Pattern(_X, SAME, _Z), (same, Pattern(_Y, SAME, _Z))),
        _rule(
            "eq-rep-s",
            "what is said of a thing holds under any name",
            Pattern(_Y, _P, _Z),
            (same, Pattern(_X, _P, _Z)),
        ),
        _rule(
            "eq-rep-o", "a thing is meant under any name", Pattern(_Z, _P, _Y), (same, Pattern(_Z, _P, _X))
        ),
    )


def _rule(name: str, label: str, head: Pattern, body: tuple[Pattern, Pattern] | tuple[Pattern]) -> Rule:
    other = Filter(Call("!=", (_X, _Y)))
    variant = Variant((head,), body, (), (), (), (other,), ())
    group = Group((*body, other))
    return Rule(
        name, "owl-rl", label, (head,), group, construct((head,), group), axioms=(label,), variants=(variant,)
    )
