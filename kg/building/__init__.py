"""From source files to one canonical graph."""

__all__: list[str] = []
