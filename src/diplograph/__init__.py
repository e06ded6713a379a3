"""Prose about diplomacy goes in; an RDF knowledge graph with proofs comes out."""
