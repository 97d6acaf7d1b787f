"""Questions on a graph with claims: a grammar that refuses what it cannot read, and three-valued answers."""
