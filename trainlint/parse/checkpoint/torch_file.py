"""A file of `torch.save` in, what it holds out: its zip directory and the opcodes of its `data.pkl`."""

from __future__ import annotations

from pathlib import Path

from trainlint.facts.checkpoint import Checkpoint, Damage, UnreadCheckpoint
from trainlint.parse.checkpoint.archive import content, directory
from trainlint.parse.checkpoint.contents import contents
from trainlint.parse.checkpoint.opcodes import PickleError, read_structure
from trainlint.source import Files

#: How files of `torch.save` begin that are no zip archives: a pickle of torch's magic number.
LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


def read_torch_file(path: Path, files: Files) -> Checkpoint | UnreadCheckpoint:
    """What a zip archive of `torch.save` holds."""
    shown = files.display(path)
    entries = directory(path, files)
    if entries is None:
        reason = "it is cut off: the directory at the end of the archive is not there"
        return UnreadCheckpoint(shown, reason, Damage.CUT_OFF)
    names = {entry.name.partition("/")[2] for entry in entries}
    if "constants.pkl" in names or any(name.startswith("code/") for name in names):
        return UnreadCheckpoint(shown, "a TorchScript program is not read")
    data = [entry for entry in entries if entry.name == "data.pkl" or entry.name.endswith("/data.pkl")]
    if len(data) != 1:
        return UnreadCheckpoint(shown, "it is an archive, but none of torch.save")
    packed = content(path, files, data[0])
    if packed is None:
        return UnreadCheckpoint(shown, "its `data.pkl` cannot be read")
    try:
        structure = read_structure(packed)
    except PickleError as error:
        return UnreadCheckpoint(shown, f"its `data.pkl` {error}")
    return Checkpoint("torch", contents(structure), (shown,))
