"""One module a command, each imported when it runs."""
