"""What follows: rules and OWL axioms in one form, engines that run them, and proofs of what they derive."""

from diplograph.inference.incremental import update
from diplograph.inference.infer import Clash, InferenceReport, infer
from diplograph.inference.program import Program
from diplograph.inference.proof import Derivation, Proof, explain, program_of
from diplograph.inference.remote import Endpoint, infer_remote
from diplograph.inference.rendering import render_proof
from diplograph.inference.rulefile import load_rules, rule_paths, with_parameters
from diplograph.inference.whatif import Ablation, Setting, ablate_document, ablate_rule, sweep
from diplograph.inference.whynot import WhyNot, why_not

__all__ = [
    "Ablation",
    "Clash",
    "Derivation",
    "Endpoint",
    "InferenceReport",
    "Program",
    "Proof",
    "Setting",
    "WhyNot",
    "ablate_document",
    "ablate_rule",
    "explain",
    "infer",
    "infer_remote",
    "load_rules",
    "program_of",
    "render_proof",
    "rule_paths",
    "sweep",
    "update",
    "why_not",
    "with_parameters",
]
