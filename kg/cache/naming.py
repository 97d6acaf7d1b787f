"""The names of a graph: read, kept, or looked up, by where it lies and how large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.dataset import Dataset
    from kg.lookup.names import Names

__all__ = ["names_of"]


def names_of(dataset: Dataset, lang: str = "en") -> Names:
    """Return the names of a dataset; nothing is read yet of one at hand.

    >>> from kg.dataset import Dataset
    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> names_of(Dataset(OxigraphEngine())).are_many
    False

    Args:
        dataset: any.
        lang: the language of labels, where there is a choice.
    """
    if dataset.is_remote:
        from kg.cache.endpoint import endpoint_names

        return endpoint_names(dataset, lang)
    from kg.lookup.names import Names

    def many() -> bool:
        from kg.cache.sampled import is_large

        kept = bool(getattr(dataset.engine, "content", ""))  # else a vocabulary would have to be made each time
        return kept and is_large(dataset)

    return Names(dataset, lang, many)
