"""What is wrong with sources, quotes and words, each with its place and remedy."""

__all__: list[str] = []
