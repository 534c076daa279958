"""The packages a script imports in, whether one of them may register OmegaConf resolvers out."""

from __future__ import annotations

import re

from trainlint.chain.imports import Library
from trainlint.chain.startup import Startup
from trainlint.regex import regex
from trainlint.source import SourceFile

#: These only bring the resolvers that OmegaConf and Hydra document.
_KNOWN = {"hydra", "omegaconf"}
_REQUIRES = regex(r"^Requires-Dist:\s*(omegaconf|hydra)\b", re.MULTILINE | re.IGNORECASE)


def may_register_resolvers(library: Library, startup: Startup) -> bool:
    """Whether third-party code that is loaded depends on OmegaConf, or cannot be looked into."""
    return bool(startup.external or startup.guarded_external or startup.skipped) or any(
        _depends(library, name) for name in sorted(startup.installed - _KNOWN)
    )


def _depends(library: Library, package: str) -> bool:
    """Whether an installed package says that it needs OmegaConf; one without metadata might."""
    pattern = re.compile(rf"{re.escape(package.replace('_', '-'))}-\d[^/]*\.dist-info", re.IGNORECASE)
    for folder in library.environment.site:
        for name in library.installation.entries(folder):
            if name.endswith(".dist-info") and pattern.fullmatch(name.replace("_", "-")):
                metadata = library.installation.read(folder / name / "METADATA")
                return not isinstance(metadata, SourceFile) or _REQUIRES.search(metadata.text) is not None
    return True
