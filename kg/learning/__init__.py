"""What a user teaches: words kept as OntoLex entries, and which reading was meant."""

__all__: list[str] = []
