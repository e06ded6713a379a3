"""What follows: rules and OWL axioms in one form, engines that run them, and proofs of what they derive."""

from diplograph.inference.infer import Clash, InferenceReport, infer
from diplograph.inference.rulefile import load_rules, rule_paths, with_parameters

__all__ = ["Clash", "InferenceReport", "infer", "load_rules", "rule_paths", "with_parameters"]
