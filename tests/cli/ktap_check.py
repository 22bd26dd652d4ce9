#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds KTAP on standard input to what its readers in the kernel's world ask for.

- linux-netdev/nipa, parse_nested_tests(): behind the runner's "# " it looks for "TAP version " at
  the first column, takes results from there on, and the time from "time=Nms"; " # SKIP" anywhere
  makes the whole program a skipped one; "# Totals: ... fail:0 ... skip:0 error:0" one that passed.
- tools/testing/kunit/kunit_parser.py: a plan has a version line before it, results are numbered
  from 1 on, as many as planned; a parent fails exactly where one of its subtests does.

Prints "pass fail skip error".
"""
import re
import sys

RESULT = re.compile(r"(ok|not ok) (\d+) ([^#]*[^ #])((?: # [^#]*)*)$")
TIME = re.compile(r"(?: # (SKIP|ERROR|TIMEOUT)(?: [^#]*)?)? # time=\d+ms")


def expect(holds, line):
    if not holds:
        sys.exit("not as it is read: " + repr(line))


def take_plan(lines, at, version, indent):
    """The version and the plan at lines[at]; returns how many are planned."""
    expect(lines[at] == indent + version, lines[at])
    match = re.fullmatch(indent + r"1\.\.(\d+)", lines[at + 1])
    expect(match, lines[at + 1])
    return int(match.group(1))


def take_subtests(lines, at):
    """Returns where the block ends, and the results in it."""
    planned, results, at = take_plan(lines, at, "KTAP version 1", "  "), [], at + 2
    while lines[at].startswith("  "):
        match = RESULT.fullmatch(lines[at][2:])
        expect(match or lines[at].startswith("  # "), lines[at])
        if match:
            expect(int(match.group(2)) == len(results) + 1 and not match.group(4), lines[at])
            results.append(match.group(1) == "ok")
        at += 1
    expect(planned == len(results) > 0, lines[at])
    return at, results


def main():
    lines = sys.stdin.read().splitlines()
    planned, at, number = take_plan(lines, 0, "TAP version 13", ""), 2, 0
    counts = dict.fromkeys(("pass", "fail", "xfail", "xpass", "skip", "error"), 0)
    subtests = None
    while at < len(lines) - 1:
        line = lines[at]
        if line.startswith("  "):
            at, subtests = take_subtests(lines, at)
            continue
        match = RESULT.fullmatch(line)
        expect(match or line.startswith("# "), line)
        at += 1
        if not match:
            continue
        number += 1
        tail = TIME.fullmatch(match.group(4))
        expect(int(match.group(2)) == number and tail, line)
        ok, word = match.group(1) == "ok", tail.group(1)
        expect(ok if word == "SKIP" else not (ok and word), line)
        expect(subtests is None or (word != "SKIP" and all(subtests) == ok), line)
        counts["skip" if word == "SKIP" else "error" if word else "pass" if ok else "fail"] += 1
        subtests = None
    expect(number == planned, "1..%d" % planned)
    totals = " ".join("%s:%d" % item for item in counts.items())
    expect(lines[-1] == "# Totals: " + totals, lines[-1])
    print(counts["pass"], counts["fail"], counts["skip"], counts["error"])


main()
