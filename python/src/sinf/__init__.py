"""Image classification by semantic inference.

`Model` names pictures with a model file, `compile` makes such a file from an ONNX network or a
torch module and labelled pictures.
"""

from ._compile import CompileError, compile
from ._errors import ArgumentError, Error, MemoryBudgetError, ModelError, PictureError, SystemError
from ._model import Model
from ._result import Label, Result, Times
from ._version import VERSION as __version__

__all__ = [
    "ArgumentError",
    "CompileError",
    "Error",
    "Label",
    "MemoryBudgetError",
    "Model",
    "ModelError",
    "PictureError",
    "Result",
    "SystemError",
    "Times",
    "compile",
    "__version__",
]
