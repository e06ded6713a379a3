"""Wikidata, both ways: queries to run there, what it has and lacks, and statements to give to it."""
