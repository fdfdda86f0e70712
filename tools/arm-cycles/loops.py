#!/usr/bin/env python3
"""usage: loops.py TRIPLE CPU,CPU... NAME=ASSEMBLY...

Prints, for the innermost loop of each compiled kernel that multiplies most, what it loads, stores
and multiplies an iteration, and for each processor the cycles that llvm-mca gives an iteration,
the multiply-accumulates a cycle, and the bound: those that the loop's multiplying and summing
instructions alone allow, as far as units and issue go. See tools/arm-cycles.sh.
"""

import re
import subprocess
import sys
import tempfile

# Multiply-accumulates of an instruction on whole registers; by the type of the sums for the long
# ones.
PRODUCTS = [
    (r"[su]dot|usdot|sudot", 16),
    (r"us?mmla|smmla", 32),
    (r"[su]ml[as]l2?\s+v\d+\.8h|[su]mull2?\s+v\d+\.8h", 8),
    (r"[su]ml[as]l2?\s+v\d+\.4s|[su]mull2?\s+v\d+\.4s", 4),
    (r"v(mull|mlal)\.[su]8", 8),
    (r"v(mull|mlal)\.[su]16", 4),
]
SUMS = re.compile(r"sadalp|saddw2?\b|vpadal\.|vaddw\.")
BRANCH = re.compile(r"(?:b\.?(?:eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)|cbn?z|tbn?z|b)\s")
ATTRIBUTES = "+neon,+dotprod,+i8mm"
ITERATIONS = 100


def products(instruction):
    for pattern, count in PRODUCTS:
        if re.match(pattern, instruction):
            return count
    return 0


def read(path):
    """Labels by line, and instructions without comments; directives are left out."""
    lines = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = re.split(r"//|@", line)[0].strip()
            label = re.match(r"([.\w$]+):$", line)
            if label:
                lines.append(("label", label[1]))
            elif line and not line.startswith((".", "#")):
                lines.append(("instruction", re.sub(r"\s+", " ", line)))
    return lines


def innermost(lines):
    """The bodies of loops that hold no other loop, straight through."""
    last_label, loops = {}, []
    for at, (kind, text) in enumerate(lines):
        if kind == "label":
            last_label[text] = at
        elif BRANCH.match(text):
            target = re.sub(r"^(\d+)b$", r"\1", re.split(r"[\s,]+", text)[-1])
            if target in last_label:
                loops.append((last_label[target], at))
    for begin, end in loops:
        if any(begin <= b and e <= end and (b, e) != (begin, end) for b, e in loops):
            continue
        yield [text for kind, text in lines[begin : end + 1] if kind == "instruction"]


def width(register):
    """Bytes of a register as an operand of a load or store."""
    register = register.strip()
    full = re.match(r"v\d+\.(\d+)([bhsd])$", register)
    if full:
        return int(full[1]) * {"b": 1, "h": 2, "s": 4, "d": 8}[full[2]]
    lane = re.match(r"v\d+\.([bhsd])$|d\d+\[\d*\]$", register)
    if lane:
        return {"b": 1, "h": 2, "s": 4, "d": 8}.get(lane[1], 4)
    sizes = {"q": 16, "d": 8, "s": 4, "h": 2, "b": 1, "x": 8, "w": 4, "r": 4}
    return sizes.get(register[:1], 4)


def memory(instruction):
    """(bytes loaded, bytes stored, whether on the stack)."""
    name, _, operands = instruction.partition(" ")
    is_load = re.match(r"ld|vld", name)
    if not is_load and not re.match(r"st|vst", name):
        return 0, 0, False
    braces = re.search(r"\{(.*?)\}", operands)
    if braces:
        registers = []
        for register in braces[1].split(","):
            span = re.match(r"\s*([dq])(\d+)\s*-\s*[dq](\d+)$", register)
            registers += [span[1]] * (int(span[3]) - int(span[2]) + 1) if span else [register]
    else:
        registers = operands.split("[")[0].rstrip(", ").split(",")
    size = sum(width(r) for r in registers)
    repeated = re.match(r"ld1r$", name) and re.search(r"\.\d+([bhsd])", operands)
    if repeated:
        size = {"b": 1, "h": 2, "s": 4, "d": 8}[repeated[1]]
    on_stack = "[sp" in operands or name in ("vldmia", "vstmia") and "sp" in operands
    return (size, 0, on_stack) if is_load else (0, size, on_stack)


def model(triple, cpu, instructions):
    """(cycles an iteration, bound in cycles), or None where LLVM has no model."""
    with tempfile.NamedTemporaryFile("w", suffix=".s") as file:
        file.write("\n".join(instructions) + "\n")
        file.flush()
        run = subprocess.run(
            ["llvm-mca", f"-mtriple={triple}", f"-mcpu={cpu}", f"-mattr={ATTRIBUTES}",
             f"-iterations={ITERATIONS}", file.name], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        if "scheduling information" in run.stderr:
            return None
        sys.exit(f"loops.py: llvm-mca for {cpu}: {run.stderr.strip()}")
    cycles = int(re.search(r"Total Cycles: *(\d+)", run.stdout)[1]) / ITERATIONS
    return cycles, float(re.search(r"Block RThroughput: *([\d.]+)", run.stdout)[1])


def describe(name, path, triple, cpus):
    loops = list(innermost(read(path)))
    if not loops:
        sys.exit(f"loops.py: {path} has no loop")
    loop = max(loops, key=lambda body: sum(map(products, body)))
    count = sum(map(products, loop))
    if count == 0:
        sys.exit(f"loops.py: no loop of {path} multiplies")
    traffic = [memory(i) for i in loop]
    loaded, stored = sum(t[0] for t in traffic), sum(t[1] for t in traffic)
    spills = sum(1 for t in traffic if t[2])
    print(f"{name:24} {count:5} {len(loop):5} {loaded:6} {stored:6} {spills:6}", end="")
    straight = [i for i in loop if not BRANCH.match(i)]
    alone = [i for i in loop if products(i) or SUMS.match(i)]
    for cpu in cpus:
        whole = model(triple, cpu, straight)
        if whole is None:
            print(f"  {'no model':>22}", end="")
            continue
        bound = model(triple, cpu, alone)[1]
        print(f"  {whole[0]:7.1f} {count / whole[0]:6.2f} {count / bound:7.2f}", end="")
    print()


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    triple, cpus = sys.argv[1], sys.argv[2].split(",")
    # One column for what is counted, then one a processor.
    print(f"{'':24} {'MAC':>5} {'instr':>5} {'loaded':>6} {'stored':>6} {'spills':>6}", end="")
    for cpu in cpus:
        print(f"  {cpu:>22}", end="")
    print(f"\n{'':57}" + f"  {'cycles':>7} {'MAC/c':>6} {'bound':>7}" * len(cpus))
    for argument in sys.argv[3:]:
        name, _, path = argument.partition("=")
        describe(name, path, triple, cpus)


if __name__ == "__main__":
    main()
