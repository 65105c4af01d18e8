#!/usr/bin/env python3
"""pcr_uki.py OUT STUB [NAME=FILE...]: a unified kernel image, or an addon, with these sections behind the stub's own."""
import os
import re
import subprocess
import sys

out, stub, sections = sys.argv[1], sys.argv[2], [s.split("=", 1) for s in sys.argv[3:]]
listing = subprocess.check_output(["objdump", "-h", stub], text=True, env={**os.environ, "LC_ALL": "C"})
rows = re.findall(r"^ +\d+ \S+ +([0-9a-f]+) +([0-9a-f]+)", listing, re.M)
address = max(int(size, 16) + int(at, 16) for size, at in rows)
arguments = []
for name, file in sections:
    address = (address + 4095) // 4096 * 4096
    arguments += ["--add-section", f".{name}={file}", "--change-section-vma", f".{name}={address:#x}"]
    address += os.path.getsize(file)
subprocess.check_call(["objcopy", *arguments, stub, out], stderr=subprocess.DEVNULL)
