"""``kgq completion``: the script that makes a shell complete commands, options and names."""

from __future__ import annotations

import click

from kgq.options import Session, examples, session_options

__all__ = ["completion"]


@click.command(
    epilog=examples(
        "kgq completion bash -o ~/.local/share/bash-completion/completions/kgq",
        "kgq completion zsh -o ~/.zfunc/_kgq          (with fpath+=~/.zfunc before compinit)",
        "kgq completion fish -o ~/.config/fish/completions/kgq.fish",
        'eval "$(kgq completion bash)"                in this shell only',
    )
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@session_options("text")
def completion(session: Session, *, shell: str) -> int:
    """Print the script with which SHELL completes kgq's commands, options and names when Tab is pressed.

    Names of entities are those of the built-in graph, or of the sources that -g names while they are small.
    """
    from click.shell_completion import get_completion_class

    from kgq.group import cli
    from kgq.shell_completion import register

    register()
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}.")
    session.write(kind(cli, {}, "kgq", "_KGQ_COMPLETE").source())
    return 0
