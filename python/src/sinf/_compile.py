"""Compiling networks with the program sinfc."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from . import _errors, _native, _progress


class CompileError(_errors.Error):
    """What sinfc said; `status` is its exit status.

    1: something could not be read, compiled or written; 2: an option is wrong; 3: a model file is
    refused; 4: the pictures reach the network otherwise than in training.
    """

    def __init__(self, text: str, status: int):
        super().__init__(text)
        self.status = status


def compile(
    network: Any,
    data: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    input_size: tuple[int, int] | None = None,
    channels: int = 3,
    progress: bool | Callable[[str], None] = True,
    **options: Any,
) -> dict[str, Any]:
    """Compiles a network and labelled pictures into a model file.

    Args:
        network: Path of an ONNX file, the bytes of one, an `onnx.ModelProto`, or a `torch.nn.Module`,
            which is exported as it is in evaluation mode.
        data: A folder of class folders, or an archive or data set that sinfc reads.
        output: Where to write the model.
        input_size: Width and height of the network's input; needed for a torch module, and where an
            ONNX file leaves them open.
        channels: Of a torch module's input.
        progress: True shows what is being done on standard error, or under the cell of a notebook;
            a function is called with each line instead; False for neither.
        **options: Those of `sinfc compile`, with underscores: `normalization="imagenet"`, `clusters=4`,
            `max_accuracy_loss=1.0`, `plain=True`, `report="report.html"`.

    Returns:
        What `sinfc compile --format json` prints: accuracies, cost, sizes.

    Raises:
        CompileError: What sinfc refuses, with its words.
    """
    with tempfile.TemporaryDirectory(prefix="sinf-") as folder:
        path = _network_file(network, pathlib.Path(folder), input_size, channels)
        command = [
            _native.program("sinfc"), "compile", path, "--data", os.fspath(data),
            "--output", os.fspath(output), "--format", "json",
        ]
        if input_size is not None and not _is_module(network):
            command += ["--input-size", "{}x{}".format(*input_size)]
        command += list(_words(options))
        return _run(command, progress)


def _words(options: dict[str, Any]) -> Iterator[str]:
    """Options of the command line."""
    for name, value in options.items():
        word = "--" + name.rstrip("_").replace("_", "-")
        if value is True:
            yield word
        elif value is None or value is False:
            continue
        elif isinstance(value, (list, tuple)):
            yield from (word, ",".join(str(part) for part in value))
        else:
            yield from (word, os.fspath(value) if isinstance(value, os.PathLike) else str(value))


def _is_module(network: Any) -> bool:
    # Without importing torch where nobody has.
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(network, torch.nn.Module)


def _network_file(
    network: Any, folder: pathlib.Path, size: tuple[int, int] | None, channels: int
) -> str:
    if isinstance(network, (str, os.PathLike)):
        return os.fspath(network)
    path = folder / "network.onnx"
    if isinstance(network, (bytes, bytearray, memoryview)):
        path.write_bytes(network)
    elif hasattr(network, "SerializeToString"):
        path.write_bytes(network.SerializeToString())
    elif _is_module(network):
        if size is None:
            raise _errors.ArgumentError("a torch module is exported for one size: input_size=(width, height)")
        _export(network, path, size, channels)
    else:
        raise _errors.ArgumentError(
            f"a network of type {type(network).__name__}, expected a path, an ONNX model or a torch module"
        )
    return str(path)


def _export(module: Any, path: pathlib.Path, size: tuple[int, int], channels: int) -> None:
    import torch

    was_training = module.training
    module.eval()
    try:
        first = next(module.parameters(), None)
        device = first.device if first is not None else "cpu"
        example = torch.zeros(1, channels, size[1], size[0], device=device)
        with contextlib.ExitStack() as quietly:
            quietly.enter_context(torch.no_grad())
            quietly.enter_context(contextlib.redirect_stdout(io.StringIO()))
            quietly.enter_context(warnings.catch_warnings())
            # The exporter that needs no other package says that it will be gone some day.
            warnings.simplefilter("ignore")
            torch.onnx.export(module, (example,), str(path), input_names=["image"], dynamo=False)
    except ModuleNotFoundError as error:
        raise _errors.Error(f"torch can't export: {error}; pip install onnx onnxscript") from error
    finally:
        module.train(was_training)


def _run(command: list[str], progress: bool | Callable[[str], None]) -> dict[str, Any]:
    told: list[str] = []
    with _progress.shown(progress) as show:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace",
        )
        assert process.stdout is not None and process.stderr is not None
        try:
            # One object on standard output, at the end: it never fills the pipe before.
            for line in process.stderr:
                told.append(line.rstrip("\n"))
                show(told[-1])
            output = process.stdout.read()
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            process.stdout.close()
            process.stderr.close()
    if status != 0:
        errors = [line.removeprefix("Error: ") for line in told if line.startswith("Error: ")]
        text = "\n".join(errors or told[-5:]) or f"sinfc ended with {status}"
        raise CompileError(text, status)
    return json.loads(output)
