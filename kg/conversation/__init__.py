"""Questions that lean on the one before."""

__all__: list[str] = []
