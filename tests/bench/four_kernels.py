# SPDX-License-Identifier: GPL-2.0-or-later
"""four_kernels: a catalog's records as four kernels would have answered, for the weight of a page.

usage: four_kernels.py FROM TO [FAMILIES]

FROM has the records of one kernel over IPv4. TO gets a folder a kernel; with FAMILIES 2 each record
over IPv6, too. Each kernel but the first measures something else in every sixth probe.
"""
import pathlib
import re
import sys

KERNELS = ["5.10.1-made", "6.1.1-made", "6.12.1-made", "6.18.1-made"]


def otherwise(text):
    """The first number that was measured is another one."""
    return re.sub(r'("measured":)(\d+)', lambda m: m[1] + str(int(m[2]) + 1), text, count=1)


def over_ipv6(text, name):
    return text.replace(f'"id":"{name}"', f'"id":"{name}.6"', 1).replace(
        f'"probe":"{name}"', f'"probe":"{name}.6"').replace('"family":4', '"family":6', 1)


def copies(path, number, families):
    text = path.read_text()
    for index, kernel in enumerate(KERNELS):
        own = re.sub(r'"kernel":"[^"]*"', f'"kernel":"{kernel}"', text, count=1)
        if index and number % 6 == index:
            own = otherwise(own)
        yield kernel, path.stem, own
        if families > 1:
            yield kernel, path.stem + ".6", over_ipv6(own, path.stem)


def main(source, to, families="1"):
    for number, path in enumerate(sorted(pathlib.Path(source).glob("*.jsonl"))):
        for kernel, name, text in copies(path, number, int(families)):
            folder = pathlib.Path(to, kernel)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / (name + ".jsonl")).write_text(text)


main(*sys.argv[1:])
