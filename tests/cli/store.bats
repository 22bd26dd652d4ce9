#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kept answers: finwait store.

bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	export XDG_CACHE_HOME=$PWD/cache
	ANSWERS=$XDG_CACHE_HOME/finwait/answers
}

# One that cannot be used, at a path below the store.
broken_answer() {
	mkdir -p "$ANSWERS/$(dirname "$1")"
	echo nonsense >"$ANSWERS/$1"
}

@test "store: an empty one says what fills it" {
	run -0 --separate-stderr "$FINWAIT" store
	[[ $output == *"No answer is kept"*"finwait sweep"* ]]
	[ -z "$stderr" ]
	run -0 "$FINWAIT" store check
	[ "$output" = "0 answers, 0 of them cannot be used" ]
	run -0 "$FINWAIT" store prune --all
	[ "$output" = "0 answers removed, 0.0 MB" ]
}

@test "store: listed by kernel, what is broken is told and pruned" {
	broken_answer 6.12.1-amd64-0123456789abcdef/ab/cdef0123456789
	broken_answer 6.12.1-amd64-0123456789abcde0/ab/cdef0123456789
	broken_answer 6.1.9-amd64-0123456789abcdef/00/cdef0123456789
	broken_answer 6.1.9-amd64-0123456789abcdef/00/.new-0
	run -0 "$FINWAIT" store list
	[[ ${lines[0]} == 6.1.9-amd64*" 1 answer "* ]]
	[[ ${lines[1]} == 6.12.1-amd64*" 2 answers "*" 2 guests "* ]]
	[[ ${lines[2]} == all*" 3 answers "* ]]
	[[ ${lines[3]} == "1 file that nobody has finished"* ]]
	run -1 "$FINWAIT" store check
	[[ $output == *"/ab/cdef0123456789 is of another format"* ]]
	[[ ${lines[-1]} == "3 answers, 3 of them cannot be used"* ]]
	touch -d '2 days ago' "$ANSWERS"/6.12*/ab/*
	run -0 "$FINWAIT" store prune --older 1
	[[ $output == "2 answers removed"* ]]
	[ ! -e "$ANSWERS/6.12.1-amd64-0123456789abcdef" ]
	[ -e "$ANSWERS/6.1.9-amd64-0123456789abcdef/00/.new-0" ] # its writer may be at it
	run -0 "$FINWAIT" store prune --all
	[[ $output == "1 answer removed"* ]]
}

@test "store: what others may write is refused" {
	mkdir -p "$ANSWERS"
	chmod go+w "$ANSWERS"
	run -3 "$FINWAIT" store
	[[ $output == *"others may write"* ]]
}

@test "store: mistakes are named with what was meant" {
	run -2 "$FINWAIT" store chek
	[[ $output == *"store has no 'chek'; did you mean check?" ]]
	run -2 "$FINWAIT" store xyzzy
	[[ $output == *"(list, check, prune)" ]]
	run -2 "$FINWAIT" store --all
	[[ $output == *"--all goes with 'store prune'" ]]
	run -2 "$FINWAIT" store prune --older never
	[[ $output == *"--older wants a number of days, not 'never'" ]]
	run -2 "$FINWAIT" store list prune
}
