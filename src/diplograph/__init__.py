"""Prose about diplomacy goes in; an RDF knowledge graph with proofs comes out.

>>> import diplograph  # doctest: +SKIP
>>> diplograph.build(["article.txt"], "graph", date="2022-04-08")  # doctest: +SKIP
>>> with diplograph.open("graph") as graph:  # doctest: +SKIP
...     print(graph.query("SELECT ?visit { ?visit a dg:Visit }"))
...     print(graph.explain("PAK", "dg:defensePartnerOf", "RUS"))
"""

from diplograph.api import Graph, build, extract, open  # noqa: A004 - reads best as diplograph.open

__all__ = ["Graph", "build", "extract", "open"]
