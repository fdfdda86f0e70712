"""Exports networks and compares what the importer makes of them with torch; see
tools/check-networks.sh."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import traceback

import numpy as np

from networks import NETWORKS

TOLERANCE = 1e-3


def prepare(library, name, side, exporters, folder):
    """ONNX files of the network, with images and torch's scores; what exists is kept.

    Returns why an exporter failed, by its name."""
    stem = folder / f"{library}-{name}"
    missing = [e for e in exporters if not (folder / f"{stem.name}-{e}.onnx").exists()]
    if not missing and stem.with_suffix(".scores").exists():
        return {}
    import export
    model = export.build(library, name, side)
    images = export.pictures(export.IMAGES, side, seed=2)
    images.numpy().tofile(stem.with_suffix(".images"))
    export.scores(model, images).tofile(stem.with_suffix(".scores"))
    failures = {}
    unfinished = folder / "unfinished"
    unfinished.mkdir(exist_ok=True)
    for exporter in missing:
        name = f"{stem.name}-{exporter}.onnx"
        try:
            export.export(model, exporter, images, str(unfinished / name))
        except Exception as error:  # every kind is a finding here
            failures[exporter] = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            continue
        # The weights beside the file first: what has its name is whole.
        for part in sorted(unfinished.glob(name + "*"), reverse=True):
            part.rename(folder / part.name)
    return failures


def compare(program, stem, exporter, folder):
    """Largest difference of a score relative to the largest score, or why the file is refused."""
    output = folder / "output.bin"
    done = subprocess.run(
        [program, folder / f"{stem.name}-{exporter}.onnx", stem.with_suffix(".images"), output],
        capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip().removeprefix("run-onnx: ").replace(f"{folder}/", "")
    expected = np.fromfile(stem.with_suffix(".scores"), np.float32)
    found = np.fromfile(output, np.float32)
    if found.size != expected.size:
        return None, f"{found.size} scores, expected {expected.size}"
    return float(np.abs(found - expected).max() / np.abs(expected).max()), ""


def quantised(compiler, library, name, side, exporter):
    """What `agreement.measure` finds, or why it found nothing."""
    import agreement
    with tempfile.TemporaryDirectory() as folder:
        try:
            return agreement.measure(
                compiler, library, name, side, exporter, pathlib.Path(folder))
        except Exception:
            return {"reason": traceback.format_exc().strip().splitlines()[-1]}


def main():
    parser = argparse.ArgumentParser(prog="tools/check-networks.sh")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--folder", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "--exporter", action="append", choices=["tracing", "dynamo"], help="one of the two")
    parser.add_argument("--compiler", help=argparse.SUPPRESS)
    parser.add_argument("--table", type=pathlib.Path, help="writes the table in Markdown")
    parser.add_argument("names", nargs="*", help="parts of names; all networks without any")
    arguments = parser.parse_args()
    exporters = arguments.exporter or ["tracing", "dynamo"]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    results = []
    for library, name, side in NETWORKS:
        if arguments.names and not any(part in f"{library} {name}" for part in arguments.names):
            continue
        stem = arguments.folder / f"{library}-{name}"
        try:
            failures = prepare(library, name, side, exporters, arguments.folder)
        except Exception:
            failures = dict.fromkeys(exporters, traceback.format_exc().strip().splitlines()[-1])
        for exporter in exporters:
            row = {"library": library, "network": name, "side": side, "exporter": exporter}
            if exporter in failures:
                row |= {"state": "not exported", "reason": failures[exporter]}
            else:
                difference, reason = compare(arguments.program, stem, exporter, arguments.folder)
                state = "refused" if difference is None else (
                    "same" if difference <= TOLERANCE else "WRONG")
                row |= {"state": state, "difference": difference, "reason": reason}
                if arguments.compiler and state == "same":
                    row["int8"] = quantised(arguments.compiler, library, name, side, exporter)
            results.append(row)
            print(json.dumps(row), flush=True)
    wrong = sum(row["state"] == "WRONG" for row in results)
    refused = sum(row["state"] == "refused" for row in results)
    print(f"exports: {len(results)}, refused: {refused}, wrong: {wrong}")
    if arguments.table:
        arguments.table.write_text(table(results))
    return 1 if wrong else 0


def percent(rows, key):
    """The least of what the exporters' files reach, in percent."""
    found = [row["int8"][key] for row in rows if key in row.get("int8", {})]
    return f"{100 * min(found):.1f}" if found else "-"


def table(results):
    """One line a network, a column an exporter; then why files were refused."""
    words = {"same": "yes", "WRONG": "WRONG", "refused": "refused", "not exported": "no file"}
    networks = {}
    for row in results:
        networks.setdefault((row["library"], row["network"], row["side"]), {})[
            row["exporter"]] = row
    heads = ["library", "network", "pixels", "tracing", "dynamo", "largest difference"]
    is_quantised = any("int8" in row for row in results)
    if is_quantised:
        heads += ["8-bit agreement, %", "ONNX Runtime's, %"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for (library, network, side), rows in networks.items():
        states = [words[rows[e]["state"]] if e in rows else "-" for e in ("tracing", "dynamo")]
        rows = list(rows.values())
        found = [row["difference"] for row in rows if row.get("difference") is not None]
        cells = [library, network, str(side), *states, f"{max(found):.0e}" if found else "-"]
        if is_quantised:
            cells += [percent(rows, "agreement"), percent(rows, "runtime")]
        lines.append("| " + " | ".join(cells) + " |")
    reasons = [f"- {row['network']}, {row['exporter']}: {row['reason']}" for row in results
               if row.get("reason")]
    return "\n".join([*lines, "", *reasons]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
