"""Looking things up by name, and what the graph holds."""

__all__: list[str] = []
