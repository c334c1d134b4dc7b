"""Imports PaddleOCR without the parts that only a cloud client or a training run needs.

PaddleOCR's package imports download clients (requests, aiohttp, Hugging Face, ModelScope) and data-science
libraries (pandas, SciPy, scikit-image) at module level, although text detection and recognition use none of them.
Measured on 2 cores: the plain import takes 4.3 s and 196 MB, this one 1.9 s and 108 MB; and a client that was never
loaded cannot call out (docs/decisions/0003). The placeholders are removed afterwards, so the rest of the process
can import the real packages.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import re
import sys
import types
from collections.abc import Iterator
from typing import Any, ClassVar

from ocr.cache_folder import cache_folder

# Packages that the two modules never touch, found by reading the import trace: cloud clients and data science, and
# the parts of PaddleX that train models, chain pipelines or talk to language models.
_NOT_NEEDED = frozenset(
    {
        "aiohttp",
        "aistudio_sdk",
        "huggingface_hub",
        "modelscope",
        "pandas",
        "pypdfium2",
        "requests",
        "scipy",
        "skimage",
        "paddlex.repo_manager",
        "paddlex.inference.pipelines",
        "paddlex.inference.models.common.genai",
        "paddlex.inference.models.common.tokenizer",
    }
)
# Below `paddlex.modules` every task brings these four; they belong to training.
_TRAINING = re.compile(r"paddlex\.modules\.\w+\.(dataset_checker|trainer|evaluator|exportor)(\.|$)")


class _AnyName(type):
    """A class that answers every attribute and every call with itself."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __len__(cls) -> int:
        return 0


class _Placeholder(types.ModuleType):
    # Lets `import scipy.ndimage` look inside; there is nothing, which is the point.
    __path__: ClassVar[list[str]] = []  # type: ignore[misc]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyName(name, (), {})


class _PlaceholderFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if _is_not_needed(fullname) and not _really_loaded(fullname):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Placeholder(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""


def _is_not_needed(fullname: str) -> bool:
    parts = fullname.split(".")
    named = any(".".join(parts[:length]) in _NOT_NEEDED for length in range(1, len(parts) + 1))
    return named or _TRAINING.match(fullname) is not None


def _really_loaded(fullname: str) -> bool:
    """True when the real package is in the process already; then its submodules must be real too."""
    top = sys.modules.get(fullname.partition(".")[0])
    return top is not None and not isinstance(top, _Placeholder) and not fullname.startswith("paddlex.")


def import_paddleocr() -> types.ModuleType:
    """The `paddleocr` package, imported for offline use; the process keeps one copy."""
    if "paddleocr" in sys.modules:
        return sys.modules["paddleocr"]
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    # It makes folders when it is imported, by default in a home that a service may not have.
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache_folder("paddlex")))
    # From 1.29 on, ONNX Runtime writes a device number into the home and reports each process, model and session to
    # its maker over HTTPS, unless it is told not to before it is loaded. Nothing leaves this machine (README), so no
    # setting can allow it.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    finder = _PlaceholderFinder()
    sys.meta_path.insert(0, finder)
    try:
        import paddleocr
    finally:
        sys.meta_path.remove(finder)
        for name in [n for n, module in sys.modules.items() if isinstance(module, _Placeholder)]:
            del sys.modules[name]
    return paddleocr  # type: ignore[no-any-return,unused-ignore]
