"""usage: sinfc --experimental-dump-help | man.py FOLDER

Writes FOLDER/sinfc.1 and a page for each command, sinfc-COMMAND.1, from what the program says of its
own arguments.
"""

import json
import os
import re
import sys


def text(words):
    """Words as roff takes them: no request at a line's beginning, dashes as they are typed."""
    words = words.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^([.'])", r"\\&\1", words)


def sentence(words):
    """A page's name line has no full stop."""
    return text(words.rstrip("."))


def paragraphs(words):
    return "\n.PP\n".join(text(part.strip()) for part in words.split("\n\n"))


def typed(argument):
    """How the argument is written, such as --output MODEL, in bold and italics."""
    value = "\\fI" + text(argument["valueName"]) + "\\fR" if argument.get("valueName") else ""
    if argument["kind"] == "positional":
        return value
    names = sorted(argument["names"], key=lambda name: name["kind"] == "long")
    words = ", ".join(
        "\\fB" + text(("--" if name["kind"] == "long" else "-") + name["name"]) + "\\fR"
        for name in names)
    return words if argument["kind"] == "flag" else f"{words} {value}"


def described(argument):
    words = argument.get("abstract", "")
    if argument.get("discussion"):
        words += "\n\n" + argument["discussion"]
    details = []
    if argument.get("allValues"):
        details.append("values: " + ", ".join(argument["allValues"]))
    if argument.get("defaultValue") is not None:
        details.append("default: " + argument["defaultValue"])
    if details:
        words += f" ({'; '.join(details)})"
    return text(words.strip())


def synopsis(command, path):
    words = ["\\fB" + text(" ".join(path)) + "\\fR"]
    if command.get("subcommands"):
        return words[0] + " \\fIcommand\\fR [\\fIoption\\fR...]"
    if any(argument["kind"] != "positional" for argument in command["arguments"]):
        words.append("[\\fIoption\\fR...]")
    for argument in command["arguments"]:
        if argument["kind"] == "positional" or not argument["isOptional"]:
            word = typed(argument).split(", ")[-1]
            words.append(f"[{word}]" if argument["isOptional"] else word)
    return " ".join(words)


def page(command, path, others, version):
    name = "-".join(path)
    lines = [f'.TH {name.upper()} 1 "" "{version}" "User Commands"'.replace("-", "\\-"),
             ".SH NAME", f"{text(name)} \\- {sentence(command['abstract'])}",
             ".SH SYNOPSIS", synopsis(command, path)]
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", paragraphs(command["discussion"])]
    commands = [sub for sub in command.get("subcommands", []) if sub["commandName"] != "help"]
    if commands:
        lines.append(".SH COMMANDS")
        for sub in commands:
            lines += [".TP", "\\fB" + text(sub["commandName"]) + "\\fR", text(sub["abstract"])]
    sections = {}
    for argument in command.get("arguments", []):
        if argument["shouldDisplay"]:
            kind = "ARGUMENTS" if argument["kind"] == "positional" else "OPTIONS"
            sections.setdefault(argument.get("sectionTitle", kind), []).append(argument)
    for title, arguments in sections.items():
        lines.append(f'.SH "{text(title.upper())}"')
        for argument in arguments:
            lines += [".TP", typed(argument), described(argument)]
    pages = sorted(other for other in others if other != name)
    lines += [".SH SEE ALSO", " ,\n".join(f".BR {text(other)} (1)" for other in pages)]
    return "\n".join(lines) + "\n"


def main(folder):
    root = json.load(sys.stdin)["command"]
    commands = [sub for sub in root["subcommands"] if sub["commandName"] != "help"]
    others = ["sinf", root["commandName"]] + [
        f"{root['commandName']}-{sub['commandName']}" for sub in commands]
    for command, path in [(root, [root["commandName"]])] + [
            (sub, [root["commandName"], sub["commandName"]]) for sub in commands]:
        with open(os.path.join(folder, "-".join(path) + ".1"), "w", encoding="utf-8") as file:
            file.write(page(command, path, others, root["commandName"]))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
