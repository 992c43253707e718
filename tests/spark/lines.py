#!/usr/bin/env python3
# Lines for `rungs fleet -`, made of the lockfiles of folders, again and again, each time a bit different:
# lines.py COUNT KIND FOLDER…. Of the kind `repeated` another gem changes, as in a fleet whose
# applications have much in common; of the kind `distinct` it requires karafka in a way of its own, so
# that no answer is of use for another line.

import json
import sys
from pathlib import Path

count, kind, folders = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
gems = {
    "repeated": lambda number, end: f"    aaaa-other (1.{number}){end}",
    "distinct": lambda number, end: f"    aaaa-other (1.{number}){end}      karafka (>= 0.{number}){end}",
}
gem = gems[kind]

lockfiles = []
for folder in folders:
    for path in sorted(Path(folder).glob("*.lock")):
        try:
            # Without any translation of line ends.
            lockfiles.append((path.name, path.read_bytes().decode()))
        except UnicodeDecodeError:
            pass  # A line is JSON, and so UTF-8; such a file is read as a file only.
if not lockfiles:
    sys.exit(f"no lockfiles in {' '.join(folders)}")

for number in range(count):
    name, text = lockfiles[number % len(lockfiles)]
    for head in ("  specs:\n", "  specs:\r\n"):
        text = text.replace(head, head + gem(number, head[8:]), 1)
    print(json.dumps({"id": f"{number}/{name}", "lockfile": text}, ensure_ascii=False))
