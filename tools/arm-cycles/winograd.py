#!/usr/bin/env python3
"""usage: winograd.py

What an exact Winograd convolution F(2x2,3x3) in 16 bits would gain over the loop of
u8i8_conv_2x16_neon, by LLVM's models (llvm-mca) of loops written out here: the products of four
tiles by sixteen channels, and the transforms of inputs, weights and sums. First cycles of each,
then for the 3x3 layers of VGG16 on 32x32 pictures direct cycles / Winograd cycles, with weights
transformed on the fly for each panel of 16 channels, and with weights that stand ready. Inputs are
transformed anew for each panel. Products of inputs are kept in registers; caches always hit.
docs/kernels-arm.md says what follows.
"""

from loops import model

TRIPLE = "aarch64"
TILES = 5
# What u8i8_conv_2x16_neon does a cycle, as tools/arm-cycles.sh prints it.
DIRECT = {"cortex-a53": 4.13, "cortex-a72": 7.99}
# side, inputs, outputs, how often
LAYERS = [(32, 64, 64, 1), (16, 64, 128, 1), (16, 128, 128, 1), (8, 128, 256, 1),
          (8, 256, 256, 2), (4, 256, 512, 1), (4, 512, 512, 2), (2, 512, 512, 3)]


def products():
    """One of 16 frequencies, TILES tiles by 16 channels, eight inputs."""
    code = []
    for i in range(8):
        now, after = ((28, 29), (30, 31)) if i % 2 == 0 else ((30, 31), (28, 29))
        step = []
        for tile in range(TILES):
            for j in range(4):
                half = ("2", "8h") if j % 2 else ("", "4h")
                step.append(f"smlal{half[0]} v{8 + 4 * tile + j}.4s, v{now[j // 2]}.{half[1]}, "
                            f"v{tile}.h[{i}]")
        loads = [f"ldr q{after[k]}, [x2, #{32 * i + 32 + 16 * k}]" for k in range(2)]
        code += step[:1] + loads + step[1:]
    code += [f"ldr q{tile}, [x1, #{16 * tile}]" for tile in range(TILES)]
    return code + [f"add x1, x1, #{16 * TILES}", "add x2, x2, #256", "subs x3, x3, #1"]


def transform_inputs():
    """Eight inputs of a tile of 4x4."""
    code = [f"ldr d{i}, [x0, #{8 * i}]" for i in range(16)]
    code += [f"ushll v{i}.8h, v{i}.8b, #0" for i in range(16)]

    def line(a, b, c, d, out):
        return [f"sub v{out[0]}.8h, v{a}.8h, v{c}.8h", f"add v{out[1]}.8h, v{b}.8h, v{c}.8h",
                f"sub v{out[2]}.8h, v{c}.8h, v{b}.8h", f"sub v{out[3]}.8h, v{b}.8h, v{d}.8h"]

    for k in range(4):
        code += line(k, 4 + k, 8 + k, 12 + k, (16 + k, 20 + k, 24 + k, 28 + k))
    for k in range(4):
        code += line(16 + 4 * k, 17 + 4 * k, 18 + 4 * k, 19 + 4 * k, range(4 * k, 4 * k + 4))
    return code + [f"str q{i}, [x1, #{16 * i}]" for i in range(16)]


def transform_weights():
    """3x3 weights of eight pairs of an input and an output, times 4."""
    code = [f"ldr d{i}, [x0, #{64 * i}]" for i in range(9)]
    code += [f"sshll v{i}.8h, v{i}.8b, #0" for i in range(9)]

    def line(a, b, c, out):
        return [f"add v31.8h, v{a}.8h, v{c}.8h", f"add v{out[0]}.8h, v{a}.8h, v{a}.8h",
                f"add v{out[1]}.8h, v31.8h, v{b}.8h", f"sub v{out[2]}.8h, v31.8h, v{b}.8h",
                f"add v{out[3]}.8h, v{c}.8h, v{c}.8h"]

    for k in range(3):
        code += line(k, 3 + k, 6 + k, (16 + k, 19 + k, 22 + k, 25 + k))
    for k in range(4):
        out = [(4 * k + j) % 12 for j in range(4)]
        code += line(16 + 3 * k, 17 + 3 * k, 18 + 3 * k, out)
        code += [f"str q{out[j]}, [x1, #{16 * (4 * k + j)}]" for j in range(4)]
    return code


def transform_sums():
    """The sums of a tile's four channels: four outputs each."""
    code = [f"ldr q{i}, [x0, #{16 * i}]" for i in range(16)]

    def line(a, b, c, d, out):
        return [f"add v30.4s, v{b}.4s, v{c}.4s", f"sub v31.4s, v{b}.4s, v{c}.4s",
                f"add v{out[0]}.4s, v{a}.4s, v30.4s", f"sub v{out[1]}.4s, v31.4s, v{d}.4s"]

    for k in range(4):
        code += line(k, 4 + k, 8 + k, 12 + k, (16 + k, 20 + k))
    code += line(16, 17, 18, 19, (24, 25)) + line(20, 21, 22, 23, (26, 27))
    return code + [f"sshr v{24 + i}.4s, v{24 + i}.4s, #2" for i in range(4)]


def main():
    for cpu, direct in DIRECT.items():
        product = model(TRIPLE, cpu, products())[0] / (TILES * 16 * 8)
        inputs, weights = (model(TRIPLE, cpu, code())[0] / 8
                           for code in (transform_inputs, transform_weights))
        sums = model(TRIPLE, cpu, transform_sums())[0] / 4
        print(f"{cpu}: {1 / product:.2f} products a cycle; cycles: {inputs:.1f} an input of a tile, "
              f"{weights:.1f} a pair of an input and an output, {sums:.1f} an output of a tile")
        total = fly = ready = 0
        for side, inner, outer, count in LAYERS:
            tiles = (side // 2) ** 2
            plain = side * side * 9 * inner * outer / direct
            winograd = tiles * (16 * inner * outer * product + inputs * inner * outer / 16
                                + sums * outer)
            made = winograd + weights * inner * outer
            total += count * plain
            fly += count * min(plain, made)
            ready += count * min(plain, winograd)
            print(f"  {side:2} {inner:3} {outer:3}  on the fly {plain / made:.2f}  "
                  f"ready {plain / winograd:.2f}  a panel's weights {inner // 2} KB")
        print(f"  all, the faster of both for each: {total / fly:.2f}, {total / ready:.2f}")


if __name__ == "__main__":
    main()
