"""The ontology explained to people: every term, its axioms, shapes, words and uses, on one page."""

from diplograph.documentation.page import html, ontology, shipped, version

__all__ = ["html", "ontology", "shipped", "version"]
