"""The functions of libraries that read, write or ask for a path, and which argument it is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from trainlint.facts.paths import PathRole
from trainlint.record import record


class Does(Enum):
    """What a function does with the path that it is given."""

    READ = "read"
    WRITE = "write"
    TEST = "test"


@record
class PathArgument:
    """One argument that is a path; `mode` is the position of one that tells reading from writing.

    `hub` says that a name may mean something on a model hub instead.
    """

    does: Does
    position: int
    keyword: str
    role: PathRole = PathRole.DATA
    mode: int | None = None
    hub: bool = False


def _reads(position: int, keyword: str, *names: str) -> dict[str, PathArgument]:
    return dict.fromkeys(names, PathArgument(Does.READ, position, keyword))


def _loads(position: int, keyword: str, *names: str, hub: bool = False) -> dict[str, PathArgument]:
    return dict.fromkeys(names, PathArgument(Does.READ, position, keyword, PathRole.CHECKPOINT, hub=hub))


def _opens(mode: int, keyword: str, *names: str) -> dict[str, PathArgument]:
    return dict.fromkeys(names, PathArgument(Does.READ, 0, keyword, mode=mode))


def _writes(position: int, keyword: str, *names: str) -> dict[str, PathArgument]:
    return dict.fromkeys(names, PathArgument(Does.WRITE, position, keyword))


def _saves(position: int, keyword: str, *names: str) -> dict[str, PathArgument]:
    return dict.fromkeys(names, PathArgument(Does.WRITE, position, keyword, PathRole.CHECKPOINT))


def _tests(*names: str) -> dict[str, PathArgument]:
    return dict.fromkeys(names, PathArgument(Does.TEST, 0, "path"))


#: By the full dotted name.
FUNCTIONS: Mapping[str, PathArgument] = {
    **_reads(0, "file", "numpy.load", "numpy.fromfile"),
    **_reads(0, "fname", "numpy.loadtxt", "numpy.genfromtxt"),
    **_opens(2, "filename", "numpy.memmap"),
    **_reads(
        *(0, "filepath_or_buffer", "pandas.read_csv", "pandas.read_table", "pandas.read_pickle"),
        *("pandas.read_parquet", "pandas.read_json", "pandas.read_feather", "pandas.read_excel"),
        *("polars.read_csv", "polars.read_parquet", "polars.read_json", "pyarrow.parquet.read_table"),
    ),
    **_opens(1, "file", "open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open"),
    **_opens(1, "name", "h5py.File", "zipfile.ZipFile", "tarfile.open"),
    **_reads(0, "path", "os.listdir", "os.scandir", "os.stat", "os.path.getsize", "os.path.getmtime"),
    **_reads(0, "fp", "PIL.Image.open"),
    **_reads(0, "dataset_path", "datasets.load_from_disk", "datasets.Dataset.load_from_disk"),
    **_reads(0, "root", "torchvision.datasets.ImageFolder", "torchvision.datasets.DatasetFolder"),
    **_reads(0, "file_", "omegaconf.OmegaConf.load"),
    **_reads(0, "path", "tokenizers.Tokenizer.from_file"),
    **_reads(0, "filename", "joblib.load"),
    **_reads(0, "file_name", "scipy.io.loadmat"),
    **_reads(0, "src", "shutil.copy", "shutil.copyfile", "shutil.copytree", "shutil.copy2"),
    **_loads(0, "f", "torch.load", "torch.jit.load"),
    **_loads(0, "filename", "safetensors.torch.load_file", "safetensors.safe_open"),
    **_loads(0, "path", "torch.distributed.checkpoint.FileSystemReader"),
    **_writes(0, "name", "os.makedirs", "os.mkdir"),
    **_writes(0, "file", "numpy.save", "numpy.savez", "numpy.savez_compressed", "numpy.savetxt"),
    **_writes(1, "dst", "os.replace", "os.rename", "os.symlink", "os.link", "shutil.move"),
    **_writes(1, "f", "omegaconf.OmegaConf.save"),
    **_saves(1, "f", "torch.save"),
    **_saves(1, "filename", "safetensors.torch.save_file"),
    **_saves(1, "filename", "safetensors.torch.save_model"),
    **_tests("os.path.exists", "os.path.isfile", "os.path.isdir", "os.path.lexists", "os.access"),
}

#: Methods of objects of `pathlib`, which are the path themselves.
METHODS: Mapping[str, PathArgument] = {
    **_reads(-1, "", "read_text", "read_bytes", "iterdir", "stat"),
    **dict.fromkeys(("open",), PathArgument(Does.READ, -1, "", mode=0)),
    **_writes(-1, "", "mkdir", "touch", "write_text", "write_bytes"),
    **dict.fromkeys(("exists", "is_file", "is_dir"), PathArgument(Does.TEST, -1, "")),
}

#: Methods of whatever library object has them, by their own name.
ANYWHERE: Mapping[str, PathArgument] = {
    **_loads(0, "pretrained_model_name_or_path", "from_pretrained", hub=True),
    **_loads(0, "checkpoint_path", "load_from_checkpoint"),
    **dict.fromkeys(
        ("fit", "validate", "test", "predict"),
        PathArgument(Does.READ, 99, "ckpt_path", PathRole.CHECKPOINT, hub=True),
    ),
    **_saves(0, "save_directory", "save_pretrained"),
    **_saves(0, "output_dir", "save_model"),
    **_writes(0, "dataset_path", "save_to_disk"),
    **_writes(0, "path_or_buf", "to_csv", "to_json", "to_pickle"),
    **_writes(0, "path", "to_parquet"),
}
