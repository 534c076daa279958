"""A chain in, the summary that rules over many launches need out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, LaunchSummary, Output
from trainlint.facts.config import Composition, ConfigScalar, InclusionKind

#: Last parts of config keys that, by the field's custom, name the place a run writes to.
OUTPUT_KEYS = frozenset(
    {
        *("run_name", "checkpoint_path", "checkpoint_dir", "ckpt_dir", "output_dir", "out_dir", "save_dir"),
        *("save_path", "log_dir", "logdir", "exp_name", "experiment_name", "run_dir", "default_root_dir"),
    }
)


def summarise(chain: Chain) -> LaunchSummary:
    """What is left of a launch when its chain is dropped."""
    return LaunchSummary(
        span=chain.job.span,
        text=chain.job.text,
        marker=chain.job.marker,
        script=chain.script.module.display if chain.script is not None else None,
        outputs=tuple(_outputs(chain.compositions[0])) if len(chain.compositions) == 1 else (),
        form=chain.job.form,
        paths=chain.paths,
    )


def _outputs(composition: Composition) -> Iterator[Output]:
    """The values of output keys at the top two levels; interpolated and missing ones say nothing."""
    if composition.root is None:
        return
    for key, node in composition.root.children.items():
        if isinstance(node, ConfigScalar):
            yield from _output(str(key), node)
        elif hasattr(node, "children"):
            for inner, leaf in node.children.items():
                if isinstance(leaf, ConfigScalar):
                    yield from _output(f"{key!s}.{inner!s}", leaf)


def _output(key: str, node: ConfigScalar) -> Iterator[Output]:
    known = isinstance(node.value, str) and node.value and not node.is_missing and not node.is_interpolation
    if known and key.rsplit(".", 1)[-1] in OUTPUT_KEYS:
        from_command = node.origin.inclusion.kind is InclusionKind.OVERRIDE
        yield Output(key, str(node.value), node.origin.span, from_command)
