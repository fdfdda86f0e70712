#!/usr/bin/env python3
"""usage: tools/check-boards.py [--architecture NAME] PROGRAM...

Checks every folder of firmware-config/ against the program that its README installs:

- sinf.toml is the plain part of TOML, its keys are options of `sinf watch --help` with values of
  the right kind, and the program takes them: it labels a picture with them and leaves with 0
- sinf.service has only directives that are listed here, each once; systemd-analyze finds no fault
  and an exposure of at most 2.0; what the configuration writes to can be written under the unit
- the unit that docs/operations.md shows is the one of generic-x86_64, to the byte
- README.md: each option of a sinf command stands in that command's --help, each tool and link
  exists, and each file it copies is there or made by the build it names

PROGRAM is the program with what runs it, such as `qemu-aarch64-static -cpu cortex-a53 FILE`.
--architecture leaves out boards of other architectures. Prints one line a fault; the status is 1
when there is one.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOARDS = os.path.join(ROOT, "firmware-config")
ARCHITECTURES = ("aarch64", "armv7", "x86_64")
OPERATIONS = os.path.join(ROOT, "docs", "operations.md")
PICTURE = os.path.join(ROOT, "Tests", "Pictures", "gradient.jpg")
MODEL = os.path.join(ROOT, "Tests", "SINFModelTests", "Golden", "tiny-v1.sinf")

# Keys of a configuration that no board may leave to chance.
REQUIRED_KEYS = {"watch", "model", "memory", "threads", "output", "rotate-bytes", "state",
                 "heartbeat", "failed"}
PATH_KEYS = {"watch", "model", "output", "state", "heartbeat", "done", "failed"}

# Directive: the value it must have, or None for any. REPEATABLE may stand several times.
DIRECTIVES = {
    "Unit": {"Description": None, "RequiresMountsFor": None, "StartLimitIntervalSec": "0"},
    "Service": {
        "Type": "notify", "NotifyAccess": "all", "ExecStart": None,
        "ExecReload": "/bin/kill -HUP $MAINPID", "KillMode": "mixed", "Restart": "on-failure",
        "RestartSec": "10", "WatchdogSec": None,
        "User": "sinf", "Group": "sinf", "StateDirectory": "sinf", "RuntimeDirectory": "sinf",
        "MemoryMax": None, "TasksMax": None, "Nice": None, "ProtectSystem": "strict",
        "ReadWritePaths": None, "ProtectHome": "yes", "PrivateTmp": "yes",
        "PrivateDevices": "yes", "PrivateNetwork": "yes", "RestrictAddressFamilies": "AF_UNIX",
        "NoNewPrivileges": "yes", "AmbientCapabilities": "CAP_LEASE",
        "CapabilityBoundingSet": "CAP_LEASE", "ProtectKernelTunables": "yes",
        "ProtectKernelModules": "yes", "ProtectControlGroups": "yes",
        "RestrictNamespaces": "yes", "RestrictRealtime": "yes", "LockPersonality": "yes",
        "MemoryDenyWriteExecute": "yes", "RemoveIPC": "yes", "UMask": "0027",
        "SystemCallArchitectures": "native", "SystemCallFilter": None,
        "SystemCallErrorNumber": "EPERM",
    },
    "Install": {"WantedBy": "multi-user.target"},
}
# What systemd 237 does not have.
NEWER_DIRECTIVES = {
    "RestrictSUIDSGID": "yes", "ProtectKernelLogs": "yes", "ProtectClock": "yes",
    "ProtectHostname": "yes", "ProtectProc": "invisible", "ProcSubset": "pid",
}
REPEATABLE = {"SystemCallFilter"}

faults = 0


def fault(where, text):
    global faults
    faults += 1
    print(f"{os.path.relpath(where, ROOT)}: {text}")


def run(words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **options)


class Help:
    """Options of a command as its --help lists them: name, and whether a value follows."""

    def __init__(self, program, command):
        result = run([*program, command, "--help"])
        if result.returncode != 0:
            raise SystemExit(f"check-boards: '{command} --help' fails: {result.stderr}")
        self.options = {}
        for match in re.finditer(
                r"(?m)^  (?:-[a-z], )?(--[a-z][a-z-]*)( [A-Z]+)?(?:  |$)", result.stdout):
            self.options[match[1]] = match[2] is not None


def bytes_of(text):
    match = re.fullmatch(r"([0-9]+)([KMG]?)", text)
    if not match:
        return None
    return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2]]


def read_configuration(path, help):
    """The configuration, or None when it is none; faults are said."""
    try:
        with open(path, "rb") as file:
            configuration = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        fault(path, error)
        return None
    before = faults
    for key in sorted(REQUIRED_KEYS - configuration.keys()):
        fault(path, f"'{key}' is missing")
    for key, value in configuration.items():
        if key == "watch":
            takes_value = True
        elif "--" + key in help.options:
            takes_value = help.options["--" + key]
        else:
            fault(path, f"'{key}' is no option of 'sinf watch'")
            continue
        is_list = key == "include" and isinstance(value, list)
        if is_list and all(isinstance(pattern, str) for pattern in value):
            continue
        if takes_value != (type(value) in (str, int, float)) or (
                not takes_value and type(value) is not bool):
            fault(path, f"the value of '{key}' is of the wrong kind: {value!r}")
        if key in PATH_KEYS and not str(value).startswith("/"):
            fault(path, f"'{key}' is no absolute path")
    return configuration if faults == before else None


def try_configuration(path, configuration, program):
    """Has the program accept the file, and label a picture with it in folders of its own."""
    result = run([*program, "watch", "--config", path, "--check-config"])
    if result.returncode != 0:
        fault(path, f"--check-config refuses it: {result.stderr.strip()}")
        return
    with tempfile.TemporaryDirectory() as folder:
        with open(path) as file:
            text = file.read()
        moved = {}
        for key in PATH_KEYS & configuration.keys():
            moved[key] = folder + configuration[key]
            text = re.sub(rf'(?m)^{key} = "', f'{key} = "{folder}', text)
            is_folder = key in ("watch", "done", "failed")
            os.makedirs(moved[key] if is_folder else os.path.dirname(moved[key]), exist_ok=True)
        copy = os.path.join(folder, "sinf.toml")
        with open(copy, "w") as file:
            file.write(text)
        shutil.copy(MODEL, moved["model"])
        shutil.copy(PICTURE, os.path.join(moved["watch"], "picture.jpg"))
        result = run([*program, "watch", "--config", copy, "--once"])
        labels = ""
        if os.path.exists(moved["output"]):
            with open(moved["output"]) as file:
                labels = file.read()
        if result.returncode != 0:
            fault(path, f"the program leaves with {result.returncode}: {result.stderr.strip()}")
        elif labels.count('"status":"classified"') != 1:
            fault(path, f"one picture was to be labelled, the output is: {labels!r}")
        elif os.path.exists(os.path.join(moved["watch"], "picture.jpg")) and (
                configuration.get("delete-done") or "done" in configuration):
            fault(path, "the picture still lies in the folder")


def read_unit(path):
    """{section: {directive: [value]}}; faults are said."""
    sections = {}
    section = None
    with open(path) as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            if match := re.fullmatch(r"\[(\w+)\]", line):
                if match[1] in sections:
                    fault(path, f"line {number}: [{match[1]}] stands twice")
                section = sections.setdefault(match[1], {})
            elif section is not None and (match := re.fullmatch(r"([A-Z]\w*)=(.*)", line)):
                section.setdefault(match[1], []).append(match[2])
            else:
                fault(path, f"line {number} is neither section nor directive: {line!r}")
    return sections


def check_unit(path, configuration, help):
    sections = read_unit(path)
    is_old = os.path.basename(os.path.dirname(path)) == "jetson-nano"
    for name, known in DIRECTIVES.items():
        if name == "Service" and not is_old:
            known = {**known, **NEWER_DIRECTIVES}
        given = sections.get(name, {})
        for directive in known.keys() - given.keys():
            fault(path, f"[{name}] has no {directive}=")
        for directive, values in given.items():
            if directive not in known:
                fault(path, f"[{name}] {directive}= is not known here")
            elif known[directive] is not None and values != [known[directive]]:
                fault(path, f"{directive}= is to be {known[directive]!r}, not {values}")
            elif len(values) > 1 and directive not in REPEATABLE:
                fault(path, f"{directive}= stands {len(values)} times")
    for name in sections.keys() - DIRECTIVES.keys():
        fault(path, f"there is no section [{name}]")
    service = sections.get("Service", {})
    start = service.get("ExecStart", [""])[-1].split()
    if start[:2] != ["/usr/local/bin/sinf", "watch"]:
        fault(path, "ExecStart= is not '/usr/local/bin/sinf watch'")
    for word in start[2:]:
        if word.startswith("--") and word not in help.options:
            fault(path, f"ExecStart= names {word}, which 'sinf watch' does not have")
    if "/etc/sinf/sinf.toml" not in start:
        fault(path, "ExecStart= does not name /etc/sinf/sinf.toml, where the README puts it")
    if configuration:
        check_reach(path, service, configuration)
    analyze(path)


def check_reach(path, service, configuration):
    """What is written must be writable, and what moves must stay within one mount."""
    writable = service.get("ReadWritePaths", [""])[-1].split()
    writable += ["/var/lib/sinf", "/run/sinf"]

    def mount(file):
        return next((top for top in writable if file.startswith(top + "/")), None)

    for key in sorted((PATH_KEYS - {"model"}) & configuration.keys()):
        if mount(configuration[key]) is None:
            fault(path, f"'{key}' of sinf.toml, {configuration[key]}, is not writable under it")
    for key in {"done", "failed"} & configuration.keys():
        if mount(configuration[key]) != mount(configuration["watch"]):
            fault(path, f"'{key}' of sinf.toml is in another mount than the watched folder")
    limit = bytes_of(service.get("MemoryMax", [""])[-1])
    budget = bytes_of(str(configuration["memory"]))
    # Besides the budget: program, stacks, and a model of some megabytes.
    if limit is None or budget is None or limit < budget + (32 << 20):
        fault(path, "MemoryMax= is to be at least 'memory' of sinf.toml and 32M")
    # The parent, the worker's threads, fork server, decoder and its successor, ExecReload='s process.
    tasks = service.get("TasksMax", ["0"])[-1]
    if not tasks.isdigit() or int(tasks) < 6 + int(configuration["threads"]):
        fault(path, "TasksMax= is to be at least 6 more than 'threads' of sinf.toml")


def analyze(path):
    """What systemd-analyze says, with programs in the place of those that are not installed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "sinf.service")
        with open(path) as file:
            text = re.sub(r"(?m)^(Exec\w+=).*", r"\1/bin/true", file.read())
        with open(copy, "w") as file:
            file.write(text)
        result = run(["systemd-analyze", "verify", copy])
        ours = [line for line in result.stderr.splitlines() if "sinf" in line]
        if ours:
            fault(path, "systemd-analyze verify: " + "; ".join(ours))
        result = run(["systemd-analyze", "security", "--offline=true", "--threshold=20",
                      "--no-pager", copy])
        if result.returncode != 0:
            fault(path, "systemd-analyze security: an exposure above 2.0")


def check_shown_unit():
    """What docs/operations.md shows is what is shipped."""
    with open(OPERATIONS) as file:
        shown = re.search(r"```ini\n(.*?)```", file.read(), re.S)
    with open(os.path.join(BOARDS, "generic-x86_64", "sinf.service")) as file:
        if shown is None or shown[1] != file.read():
            fault(OPERATIONS, "its unit is not firmware-config/generic-x86_64/sinf.service")


def check_readme(path, architecture, helps):
    with open(path) as file:
        text = file.read()
    for block in re.findall(r"```\n(.*?)```|`(sinf [^`]*)`", text, re.S):
        for line in (block[0] or block[1]).replace("\\\n", " ").splitlines():
            match = re.search(r"\bsinf(?:-\w+)? (classify|watch|bench|inspect)\b(.*)", line)
            if not match:
                continue
            for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", match[2]):
                if option not in helps[match[1]].options:
                    fault(path, f"'sinf {match[1]}' has no {option}")
    for tool in set(re.findall(r"\btools/[a-z-]+\.(?:sh|py)", text)):
        if not os.path.exists(os.path.join(ROOT, tool)):
            fault(path, f"there is no {tool}")
    for link in re.findall(r"\]\(([^):]+)\)", text):
        if not os.path.exists(os.path.join(os.path.dirname(path), link)):
            fault(path, f"a link to {link}, which is not there")
    for file in set(re.findall(r"(?<!/)\b(?:samples|firmware-config)/[\w./-]*\w", text)):
        if not os.path.exists(os.path.join(ROOT, file)):
            fault(path, f"there is no {file}")
    for program in set(re.findall(r"\bsinf-(\w+)", text)) & set(ARCHITECTURES):
        if program != architecture:
            fault(path, f"sinf-{program} is not what 'tools/build-device.sh {architecture}' makes")
    for words in ("tools/packages.sh", "Run so far", "/usr/local/bin/sinf", "sinf.service"):
        if words not in text:
            fault(path, f"does not say '{words}'")


def main(words):
    only = None
    if words[:1] == ["--architecture"] and len(words) > 2:
        only, words = words[1], words[2:]
        if only not in ARCHITECTURES:
            raise SystemExit(f"check-boards: unknown architecture {only}")
    if not words or words[0].startswith("-"):
        raise SystemExit(__doc__)
    helps = {command: Help(words, command)
             for command in ("classify", "watch", "bench", "inspect")}
    with open(os.path.join(BOARDS, "README.md")) as file:
        overview = file.read()
    count = 0
    for board in sorted(entry.name for entry in os.scandir(BOARDS) if entry.is_dir()):
        folder = os.path.join(BOARDS, board)
        if f"]({board}/README.md)" not in overview:
            fault(folder, "is not listed in firmware-config/README.md")
        files = {name: os.path.join(folder, name)
                 for name in ("README.md", "sinf.toml", "sinf.service")}
        missing = [name for name, path in files.items() if not os.path.exists(path)]
        if missing:
            fault(folder, "has no " + ", ".join(missing))
            continue
        with open(files["README.md"]) as file:
            match = re.search(r"tools/build-device\.sh (\w+)", file.read())
        if not match or match[1] not in ARCHITECTURES:
            fault(files["README.md"], "names no architecture to build for")
            continue
        if only and match[1] != only:
            continue
        count += 1
        configuration = read_configuration(files["sinf.toml"], helps["watch"])
        if configuration:
            try_configuration(files["sinf.toml"], configuration, words)
        check_unit(files["sinf.service"], configuration, helps["watch"])
        check_readme(files["README.md"], match[1], helps)
    check_shown_unit()
    print(f"{count} boards, {faults} faults")
    return 1 if faults or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
