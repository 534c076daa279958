"""Option tables of the Python interpreter and of modules of it that start another program."""

from __future__ import annotations

from trainlint.parse.launcher.table import Launcher, Meaning, Starts, options

PYTHON = Launcher(
    "python",
    (
        *options("-m", 1, meaning=Meaning.MODULE),
        *options("-c", 1, meaning=Meaning.CODE),
        *options("-W -X --check-hash-based-pycs", 1),
        *options("-b -B -d -E -i -I -O -P -q -R -s -S -u -v -x"),
        *options(
            "-h -? --help -V --version --help-env --help-xoptions --help-all", meaning=Meaning.NO_PROGRAM
        ),
    ),
    Starts.SCRIPT,
    complete=True,
)
CPROFILE = Launcher(
    "cProfile",
    (*options("-o|--outfile -s|--sort", 1), *options("-m", meaning=Meaning.MODULE)),
    Starts.SCRIPT,
)
PDB = Launcher(
    "pdb",
    (*options("-c|--command", 1), *options("-m", 1, meaning=Meaning.MODULE)),
    Starts.SCRIPT,
)
DEBUGPY = Launcher(
    "debugpy",
    (
        *options("--listen --connect --log-to --parent-session-pid --adapter-access-token --pid", 1),
        *options("--configure-qt --configure-subProcess --configure-subprocess", 1),
        *options("--wait-for-client --log-to-stderr --disable-sys-remote-exec"),
        *options("-m", 1, meaning=Meaning.MODULE),
        *options("-c", 1, meaning=Meaning.CODE),
    ),
    Starts.SCRIPT,
)
