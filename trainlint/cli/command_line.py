"""A command line in, its part behind `--` kept apart from paths out."""

from __future__ import annotations

import click


class RawTailCommand(click.Command):
    """A command whose words behind `--` are another program's command line."""

    TAIL = "trainlint.raw_tail"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Cut the tail off before click would mix it with the arguments."""
        if "--" in args:
            split = args.index("--")
            args, ctx.meta[self.TAIL] = args[:split], args[split + 1 :]
        return super().parse_args(ctx, args)
