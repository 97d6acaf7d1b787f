"""A graph, a result or a quote, in the formats other programs read."""

__all__: list[str] = []
