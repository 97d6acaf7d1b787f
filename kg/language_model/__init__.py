"""Help from a language model, by choice: it proposes, the checks decide."""

__all__: list[str] = []
