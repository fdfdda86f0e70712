#!/usr/bin/env python3
"""Writes docs/performance.md from what `bench.py` printed: `report.py RESULTS.json COMMIT SINF`."""

import importlib.metadata
import json
import pathlib
import sys

PACKAGES = ("onnxruntime", "openvino", "ncnn", "MNN", "ai-edge-litert", "numpy")


def processor() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "CPU part")):
            return line.split(":")[1].strip()
    return "unknown"


def table(result: dict) -> list[str]:
    """The rows of one network and number of threads, the fastest first."""
    lines = [f"## {result['network']}, {result['threads']} thread"
             + ("s" if result["threads"] > 1 else ""), "",
             "| engine | ms | quartiles | time / ours | cosine | peak MB | above interpreter |"
             " start ms | above interpreter |", "|---|---|---|---|---|---|---|---|---|"]
    bare = result["interpreter"]
    for label, row in sorted(result["engines"].items(), key=lambda r: r[1]["milliseconds"][1]):
        low, middle, high = row["milliseconds"]
        ratio = row.get("ratio_to_ours")
        python = row["cosine"] is not None
        lines.append(" | ".join([
            f"| {label}", f"{middle:.2f}", f"{low:.2f} - {high:.2f}",
            f"{ratio[1]:.2f} ({ratio[0]:.2f} - {ratio[2]:.2f})" if ratio else "",
            f"{row['cosine']:.4f}" if python else "", f"{row['peak_bytes'] / 1e6:.1f}",
            f"{(row['peak_bytes'] - bare['peak_bytes']) / 1e6:.1f}" if python else "",
            f"{row['start_ms']:.0f}",
            (f"{row['start_ms'] - bare['start_ms']:.0f}" if python else "") + " |"]))
    lines.append("")
    faster = [label for label, row in result["engines"].items()
              if not label.startswith("sinf") and row["ratio_to_ours"][1] < 1]
    lines += ["Faster than ours: " + (", ".join(faster) or "none") + ".", ""]
    if result["refused"]:
        lines += ["Not timed: " + "; ".join(
            f"{label} ({reason})" for label, reason in result["refused"].items()) + ".", ""]
    return lines


def package_bytes(name: str) -> int:
    """What an installed package's own files take, without the packages that it needs."""
    paths = [file.locate() for file in importlib.metadata.files(name)]
    return sum(path.stat().st_size for path in paths if path.exists())


def sizes(program: pathlib.Path) -> list[str]:
    lines = ["## Size on disk", "", "Of the engine: our static program, decoders and all; the peers'"
             " packages without Python, NumPy and what else they need.", "",
             "| engine | MB |", "|---|---:|", f"| sinf | {program.stat().st_size / 1e6:.1f} |"]
    return lines + [f"| {name} | {package_bytes(name) / 1e6:.1f} |"
                    for name in PACKAGES if name != "numpy"] + [""]


def main() -> None:
    results = json.loads(pathlib.Path(sys.argv[1]).read_text())
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in PACKAGES)
    lines = [
        "# Performance beside other engines", "",
        "Written by `tools/peers/run.sh`. One image at a time; all engines take turns in one run, so"
        " the ratios matter more than the times. Weights are random but for `vgg16-w050-cifar100`, the"
        " trained network whose accuracies are in results.md; times hardly depend on them. Start is from"
        " exec to the first answer of a fresh process; what the bare interpreter takes is subtracted in"
        " the column behind.", "", f"Processor: {processor()}. Commit {sys.argv[2]}. {versions}.", ""]
    for result in results:
        lines += table(result)
    lines += sizes(pathlib.Path(sys.argv[3]))
    pathlib.Path("docs/performance.md").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
