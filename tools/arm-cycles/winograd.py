#!/usr/bin/env python3
"""usage: winograd.py ASSEMBLY

What u8i8_conv_winograd_neon.c, compiled to ASSEMBLY for AArch64, takes by LLVM's models (llvm-mca)
beside the loop of u8i8_conv_2x16_neon: cycles of its loops, which are the products of five tiles
by sixteen channels and the transforms of inputs, weights and sums, then for the 3x3 layers of VGG16
on 32x32 pictures, full and half width, direct cycles / Winograd cycles. Caches always hit; borders,
addresses and requantisation, which both have, are left out. tools/arm-cycles.sh runs it;
docs/kernels-arm.md says what follows.
"""

import sys

from loops import BRANCH, innermost, model, products, read

TRIPLE = "aarch64"
TILES = 5
INPUTS, BLOCK = 32, 48
# What u8i8_conv_2x16_neon does a cycle, as tools/arm-cycles.sh prints it.
DIRECT = {"cortex-a53": 4.13, "cortex-a72": 7.99}
# side, inputs, outputs, how often
FULL = [(32, 64, 64, 1), (16, 64, 128, 1), (16, 128, 128, 1), (8, 128, 256, 1), (8, 256, 256, 2)]
HALF = [(32, 32, 32, 1), (16, 32, 64, 1), (16, 64, 64, 1), (8, 64, 128, 1), (8, 128, 128, 2)]


def one(loops, holds, what, least=1):
    """The longest loop that has an instruction `holds` at least so often."""
    found = [b for b in loops if sum(i.startswith(holds) for i in b) >= least]
    if not found:
        sys.exit(f"winograd.py: no loop for {what}")
    return [i for i in max(found, key=len) if not BRANCH.match(i)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    loops = list(innermost(read(sys.argv[1])))
    loop = max(loops, key=lambda body: sum(map(products, body)))
    loop = [i for i in loop if not BRANCH.match(i)]
    eight = one(loops, "usubl", "inputs")
    four = one(loops, ("sshll", "shll", "saddl"), "weights")
    quad = one(loops, "ssra", "sums")
    for cpu, direct in DIRECT.items():
        product = model(TRIPLE, cpu, loop)[0] / sum(map(products, loop))
        # Eight inputs of a tile; one input by sixteen channels; four channels of a tile.
        inputs = model(TRIPLE, cpu, eight)[0] / 8
        weights = model(TRIPLE, cpu, four)[0] / 16
        sums = model(TRIPLE, cpu, quad)[0] / 4
        print(f"{cpu}: {1 / product:.2f} products a cycle; cycles: {inputs:.1f} an input of a tile, "
              f"{weights:.1f} a pair of an input and an output, {sums:.1f} an output of a tile")
        for name, layers in (("full width", FULL), ("half width", HALF)):
            direct_sum = winograd_sum = 0
            for side, inner, outer, count in layers:
                tiles = (side // 2) ** 2
                blocks = -(-tiles // BLOCK)
                # Sums go to memory and back between parts of the inputs: 32 accesses a tile's input
                # part and output quad are 8 an output.
                passes = -(-inner // INPUTS)
                plain = side * side * 9 * inner * outer / direct
                winograd = tiles * (16 * inner * outer * product + inputs * inner * outer / 16
                                    + (sums + 8 * passes) * outer)
                winograd += blocks * weights * inner * outer
                direct_sum += count * plain
                winograd_sum += count * winograd
                print(f"  {side:2} {inner:3} {outer:3}  {plain / winograd:.2f}")
            print(f"  {name}, these layers: {direct_sum / winograd_sum:.2f}")


if __name__ == "__main__":
    main()
