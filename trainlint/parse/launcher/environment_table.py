"""Option tables of programs that choose a Python environment: uv, poetry, pdm, pixi, conda, hatch."""

from __future__ import annotations

from trainlint.parse.launcher.table import Launcher, Meaning, options

_HELP = options("--help|-h", meaning=Meaning.NO_PROGRAM)

_UV = (
    *_HELP,
    *options("--module|-m", meaning=Meaning.MODULE),
    *options("--directory", 1, meaning=Meaning.DIRECTORY),
    *options("--extra --no-extra --group --no-group --only-group --no-editable-package --env-file", 1),
    *options("--with|-w --with-editable --with-requirements --package --python-platform --index", 1),
    *options("--default-index --index-url|-i --extra-index-url --find-links|-f --index-strategy", 1),
    *options("--keyring-provider --upgrade-package|-P --upgrade-group --resolution --prerelease", 1),
    *options("--prerelease-package --fork-strategy --exclude-newer --exclude-newer-package", 1),
    *options("--no-sources-package --reinstall-package --link-mode --config-setting|-C", 1),
    *options("--config-settings-package --no-build-isolation-package --no-build-package", 1),
    *options("--no-binary-package --cache-dir --refresh-package --python|-p --color", 1),
    *options("--allow-insecure-host --project --config-file --python-preference --preview-features", 1),
    *options("--trusted-host --python-fetch", 1),
    *options("--all-extras --no-dev --only-dev --dev --no-default-groups --all-groups --no-editable"),
    *options("--exact --no-env-file --isolated --active --no-active --no-sync --locked --frozen"),
    *options("--script|-s --gui-script --all-packages --no-project --no-index --upgrade|-U"),
    *options("--no-sources --reinstall --compile-bytecode --no-build-isolation --no-build --no-binary"),
    *options("--require-build-hashes --no-require-build-hashes --no-cache|-n --refresh"),
    *options("--managed-python --no-managed-python --no-python-downloads --quiet|-q --verbose|-v"),
    *options("--system-certs --native-tls --offline --no-progress --no-config --preview --no-preview"),
    *options("--show-resolution --no-upgrade --no-reinstall --no-refresh --no-native-tls"),
)
_POETRY = (
    *_HELP,
    *options("--directory|-C", 1, meaning=Meaning.DIRECTORY),
    *options("--project|-P", 1),
    *options("--quiet|-q --verbose|-v|-vv|-vvv --no-interaction|-n --ansi --no-ansi --no-plugins --no-cache"),
)
_PDM = (
    *_HELP,
    *options("--working-dir", 1, meaning=Meaning.DIRECTORY),
    *options("--env", 1, meaning=Meaning.SET),
    *options("--project|-p --env-file --venv --skip|-k --config|-c", 1),
    *options("--site-packages|-s --recreate --list|-l --json|-j --global|-g --quiet|-q --verbose|-v"),
    *options("--ignore-python|-I --non-interactive|-n --pep582"),
)
#: Of pixi as of August 2026, with options that earlier releases had.
_PIXI = (
    *_HELP,
    *options("--manifest-path|-m --environment|-e --color --pypi-keyring-provider --platform|-p", 1),
    *options("--auth-file --concurrent-downloads --concurrent-solves --config-file --workspace|-w", 1),
    *options("--pinning-strategy --tls-root-certs --script|-s", 1),
    *options("--executable|-x --frozen --locked --as-is --no-install --clean-env --skip-deps --dry-run|-n"),
    *options("--no-lockfile-update --force-activate --no-completions --quiet|-q --verbose|-v --no-progress"),
    *options("--templated --no-config --run-post-link-scripts --no-symbolic-links --no-hard-links"),
    *options("--no-ref-links --tls-no-verify --offline --use-environment-activation-cache"),
)
_CONDA = (
    *_HELP,
    *options("--cwd", 1, meaning=Meaning.DIRECTORY),
    *options("--name|-n --prefix|-p", 1),
    *options("--no-capture-output|-s|--live-stream --verbose|-v --debug-wrapper-scripts --dev"),
)
#: Of mamba 1, which is conda's, and of mamba 2 and micromamba.
_MAMBA = (
    *_CONDA,
    *options("--env|-e", 1, meaning=Meaning.SET),
    *options("--root-prefix|-r --attach|-a --label --rc-file --log-level --relocate-prefix", 1),
    *options("--ssl-verify --cacert-path --repodata-ttl", 1),
    *options("--detach|-d --clean-env --no-rc --no-env --quiet|-q --yes|-y --json --offline --dry-run"),
    *options("--download-only --use-uv --experimental --debug --print-context-only --print-config-only"),
    *options("--ssl-no-revoke --retry-clean-cache"),
)
_HATCH = (
    *_HELP,
    *options("--env|-e --project|-p --data-dir --cache-dir --config", 1),
    *options("--verbose|-v --quiet|-q --color --no-color --interactive --no-interactive"),
)

UV = Launcher("uv", _UV, subcommands=("run",))
POETRY = Launcher("poetry", _POETRY, subcommands=("run",))
PDM = Launcher("pdm", _PDM, subcommands=("run",))
PIXI = Launcher("pixi", _PIXI, subcommands=("run",))
CONDA = Launcher("conda", _CONDA, subcommands=("run",), abbreviations=True, refuses_dashes=True)
MAMBA = Launcher("mamba", _MAMBA, subcommands=("run",))
MICROMAMBA = Launcher("micromamba", _MAMBA, subcommands=("run",))
HATCH = Launcher("hatch", _HATCH, subcommands=("run",))
