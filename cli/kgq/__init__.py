"""The command ``kgq``: parses arguments, calls :mod:`kg`, prints. No logic of its own."""
