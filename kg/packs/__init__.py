"""Question packs: files of questions with the answers expected."""

__all__: list[str] = []
