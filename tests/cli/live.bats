#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # status, output, stderr are of bats
# What is to be seen while probes run: how far they are, and the ladder as it grows.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# terminal COLUMNS COMMAND: what a terminal gets of it, into the file seen.
terminal() {
	script -qec "stty cols $1 rows 24; LC_ALL=C NO_COLOR=1 $2" /dev/null >seen
}

# What stood there each time, a line a line; the escapes that redraw are gone.
frames() {
	tr '\r' '\n' <seen | sed -e $'s/\033\\[[0-9]*A//g' -e $'s/\033\\[[KJ]//g'
}

@test "run: a terminal shows what runs and what it waits for, as wide as it is, and it goes" {
	terminal 70 "'$FINWAIT' run finwait2.close-timeout self.connect --set tcp_fin_timeout=1 >/dev/null"
	frames | grep -qE '^[01] of 2 done, [12] running, [0-9.]+ s; (about|at most) '
	frames | grep -qE '^  finwait2.close-timeout +[0-9.]+ s  at most [0-9.]+ s more: awaits '
	run ! grep -qE '^.{70}' <(frames)
	# the last thing drawn is nothing: back to the first line, and all of it cleared
	[ "$(tail -c 3 seen)" = $'\033[J' ]
}

@test "run --quiet: a terminal shows nothing of it" {
	terminal 80 "'$FINWAIT' run self.connect --quiet"
	run ! grep -q $'\033' seen
	run ! grep -q running seen
}
