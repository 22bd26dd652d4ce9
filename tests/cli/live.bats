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

@test "matrix: a terminal shows which kernel is asked" {
	terminal 70 "'$FINWAIT' matrix finwait2.close-timeout --kernel host --set tcp_fin_timeout=1 >/dev/null"
	frames | grep -qE '^host: 0 of 1 done, 1 running, [0-9.]+ s; (about|at most) '
	[ "$(tail -c 3 seen)" = $'\033[J' ]
}

@test "run --quiet: a terminal shows nothing of it" {
	terminal 80 "'$FINWAIT' run self.connect --quiet"
	run ! grep -q $'\033' seen
	run ! grep -q running seen
}

# lines_of FILE: those of a ladder, whatever their order, without the silences between them.
lines_of() {
	sed 's/^\^/ /' "$1" | grep -v '┄' | sort
}

@test "watch: piped, the ladder of the record, then the findings, and the exit code of run" {
	for _ in 1 2 3 4 5; do # what a late machine tells late is drawn late
		on_time "$FINWAIT" watch self.connect >seen
		grep -q '^self.connect .* as predicted ' seen
		sed -n '1,/^as predicted, /p' seen >grown
		"$FINWAIT" ladder self.connect >whole
		! cmp -s <(lines_of grown) <(lines_of whole) || break
	done
	diff <(lines_of grown) <(lines_of whole)
	grep -qE ' confirmed$' seen
	[ "$(tail -n 1 seen)" = "The record is in out/. Look closer: finwait ladder ID; finwait show ID" ]
}

@test "watch: draws while it waits, and SIGINT ends it with the record until then" {
	local status=0 pid

	env --default-signal=INT "$FINWAIT" watch finwait2.close-timeout --faithful >seen 2>complaint 3>&- &
	pid=$!
	await grep -q 'FIN_WAIT2' seen # a minute before the end
	kill -s INT $pid
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	grep -qE '^ERROR, .*: interrupted$' seen
	[ "$(cat complaint)" = "finwait: interrupted; what was recorded until then is in out/" ]
	json_holds out/finwait2.close-timeout.jsonl 'last | .outcome == "error" and .reason == "interrupted"'
	run ! pgrep -P $pid
}

@test "watch: a terminal shows at its foot what the probe waits for, and then nothing of it" {
	terminal 100 "'$FINWAIT' watch finwait2.close-timeout --set tcp_fin_timeout=1"
	frames | grep -qE '^  finwait2.close-timeout +[0-9.]+ s  at most [0-9.]+ s more: awaits '
	frames | grep -q 'FIN_WAIT2'
	run ! grep -qE '^.{101}' <(frames)
	run ! grep -q 'at most' <(tail -n 20 seen | sed $'s/.*\033\\[J//')
}

@test "run --live: the same as watch, and nothing that watch has not" {
	on_time "$FINWAIT" run --live self.connect --set tcp_syn_retries=3 --out live >seen
	grep -q '^self.connect .* as predicted ' seen
	[ "$(tail -n 1 seen)" = "The record is in live/. Look closer: finwait ladder ID --out live; finwait show ID" ]
	"$FINWAIT" ladder self.connect --out live | sed -n '1,2p' | diff - <(sed -n '1,2p' seen)
	refused 2 "watch takes one probe's id" "$FINWAIT" run --live
	for option in '--kernel 6.12' '--html x' '-j 2' -v; do
		# shellcheck disable=SC2086 # words
		refused 2 "nothing else: ${option%% *} does not go with it" "$FINWAIT" run self.connect $option --live
	done
	refused 2 "nothing else: --format does not go with it" "$FINWAIT" run self.connect --live --json
	[ ! -e out ]
}

@test "run --json and watch: a reader that does not read holds up no probe, and gets all of it" {
	# what is printed is more than the pipes to the reader and from the probe hold
	kept() {
		tail -n 1 "out/$1.jsonl" 2>/dev/null | grep -q '"type":"result"'
	}
	mkfifo pipe
	for command in 'run --json' watch; do
		rm -rf out
		# shellcheck disable=SC2086 # words
		"$FINWAIT" $command finwait2.pile-up --quiet >pipe 2>complaint 3>&- &
		pid=$!
		exec 4<pipe # nobody reads
		await kept finwait2.pile-up || await kept finwait2.pile-up || await kept finwait2.pile-up
		cat <&4 >seen
		exec 4<&-
		wait $pid || [ $? -eq 3 ] # 3: a late machine
		[ "$(stat -c %s seen)" -gt 200000 ]
		[ "$command" = watch ] || tail -n 1 seen | grep -q '"type":"summary"'
	done
}

@test "watch: one probe, and no other kernel" {
	run -2 --separate-stderr "$FINWAIT" watch
	[ "$stderr" = "finwait: watch takes one probe's id, or its C file" ]
	run -2 --separate-stderr "$FINWAIT" watch self.connect open.three-way
	[ "$stderr" = "finwait: watch takes one probe's id, or its C file" ]
	run -2 --separate-stderr "$FINWAIT" watch self.connect --kernel 6.12
	[[ $stderr == "finwait: watch has no option '--kernel'"* ]]
	run -2 --separate-stderr "$FINWAIT" watch self.conect
	[[ $stderr == *"self.connect"* ]]
}
