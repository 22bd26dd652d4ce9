#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Words for finwait: what is mistyped, help, options of every command, a reader that goes away.

load helper

# One quick run for what reads records.
setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR"
	on_time "$FINWAIT" run self.connect close.three-waves >/dev/null
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "what is mistyped: the nearest names, in the same line" {
	refused 2 "there is no command 'rnu'; did you mean run?" "$FINWAIT" rnu
	refused 2 "there is no command 'lst'; did you mean list?" "$FINWAIT" help lst
	for command in run show ladder; do
		refused 2 "no probe is called 'wave4.lsot'; did you mean wave4.lost?" \
			"$FINWAIT" $command wave4.lsot
		# a part of it is enough
		refused 2 "no probe is called 'elf.connec'; did you mean self.connect?" \
			"$FINWAIT" $command elf.connec
	done
	refused 2 "no probe is called 'wave9.lost'; did you mean wave1.lost, wave2.lost or wave3.lost?" \
		"$FINWAIT" run self.connect wave9.lost
	refused 2 "no probe matches 'wawe4*'; did you mean wave4.lost?" "$FINWAIT" run 'wawe4*'
	refused 2 "has no option '--faithfull'; did you mean --faithful?" \
		"$FINWAIT" run --faithfull
	refused 2 "has no option '--ot=x'; did you mean --out?" "$FINWAIT" ladder --ot=x
	refused 2 "has no option '--qiet'; did you mean --quiet?" "$FINWAIT" doctor --qiet
	refused 2 "knows 'tcp_fni_timeout'; did you mean tcp_fin_timeout?" \
		"$FINWAIT" sysctl tcp_fni_timeout
	refused 2 "no sysctl net.ipv4.tcp_fin_timout in a network namespace; did you mean tcp_fin_timeout?" \
		"$FINWAIT" run self.connect --set tcp_fin_timout=1
	refused 2 "no sysctl net.core.somaxcon in a network namespace; did you mean somaxconn?" \
		"$FINWAIT" run self.connect --set net.core.somaxcon=1
	refused 2 "parameter 'to_the_edn'; did you mean to_the_end?" \
		"$FINWAIT" run close.four-waves --param to_the_edn=1
	refused 2 "kernel has no 'lsit'; did you mean list?" "$FINWAIT" kernel lsit
	XDG_CACHE_HOME=$PWD refused 3 "'newset' has not been fetched; did you mean newest?" \
		"$FINWAIT" run self.connect --kernel newset
	XDG_CACHE_HOME=$PWD refused 3 "'newest' has not been fetched: finwait kernel fetch newest" \
		"$FINWAIT" run self.connect --kernel newest
	[ ! -e out ]
}

@test "what is like nothing: where all names are" {
	refused 2 "there is no command 'bogus' ('finwait --help' shows all)" "$FINWAIT" bogus
	refused 2 "no probe is called 'nope' ('finwait list' shows all)" "$FINWAIT" show nope
	refused 2 "kernel has no 'nope' (list, fetch, rm)" "$FINWAIT" kernel nope
	refused 2 "knows 'qqqq' ('finwait sysctl' shows all)" "$FINWAIT" sysctl qqqq
	refused 2 "has no option '--bogus' ('finwait run --help')" "$FINWAIT" run --bogus
	refused 2 "is called '$(printf '%0200d' 0 | cut -c1-80)'" "$FINWAIT" run "$(printf '%0200d' 0)"
}

@test "what cannot be done is a sentence: every verb that a fault begins with is known as one" {
	# in sources a fault says what was attempted, "open the folder %s"; fault.c makes "cannot" of a verb
	cat "$TOP"/harness/*/*.c "$TOP"/netns/*.c | tr '\n\t' '  ' | grep -oE '(fault_set|fault_set_ext|emit_fail_errno)\([^";]*"[a-z]+ ' |
		sed 's/.*"//; s/ $//' | sort -u >first
	[ "$(wc -l <first)" -gt 60 ]
	sed -n '/attempts\[\] = {/,/};/p' "$TOP/harness/base/fault.c" | grep -o '"[a-z]*"' | tr -d '"' >verbs
	sort -c verbs
	sort >nouns <<-'END'
		a
		an
		its
		needs
		no
		parameter
		rule
		socket
		sysctl
		the
		trace
	END
	run -0 comm -23 first <(sort -u verbs nouns)
	[ -z "$output" ]
}

@test "help: every command has it in three ways, and all options are its own or of all" {
	for command in $("$FINWAIT" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		run -0 --separate-stderr "$FINWAIT" help "$command"
		[ -z "$stderr" ]
		[[ ${lines[0]} == "usage: finwait $command"* ]]
		diff <("$FINWAIT" "$command" --help) <(echo "$output")
		diff <("$FINWAIT" "$command" x -h) <(echo "$output")
	done
	"$FINWAIT" help | grep -qE '^  --version +'
	diff <("$FINWAIT" --help ladder) <("$FINWAIT" help ladder)
	# both are whole words: a part of one does not set a run going
	diff <("$FINWAIT" run self.connect --version) <("$FINWAIT" --version)
	refused 2 "run has no option '--hel'; did you mean --help?" "$FINWAIT" run self.connect --hel
	refused 2 "run has no option '--vers'; did you mean --version?" "$FINWAIT" run self.connect --vers
}

@test "--quiet and --ascii: before the command and behind it" {
	for option in --quiet --ascii; do
		run -0 --separate-stderr "$FINWAIT" $option schema
		diff <(echo "$output") <("$FINWAIT" schema $option)
		[ -z "$stderr" ]
	done
	cd "$BATS_FILE_TMPDIR"
	LC_ALL=C.UTF-8 "$FINWAIT" ladder self.connect | grep -q │
	run -0 env LC_ALL=C.UTF-8 "$FINWAIT" ladder self.connect --ascii
	run ! grep -qP '[^\x00-\x7f]' <<<"$output"
}

@test "help: in words that every terminal has" {
	for command in $("$FINWAIT" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		LC_ALL=C.UTF-8 "$FINWAIT" help "$command"
	done >all
	[ "$(wc -l <all)" -gt 200 ]
	# '?' is what a reader gets of a character that cannot be shown
	run ! grep -nP '[^\x20-\x7e]|\?' all
}

@test "COLUMNS: how wide it is, on a pipe and on a terminal" {
	cd "$BATS_FILE_TMPDIR"
	for columns in 80 120 200; do
		for command in 'judge out -v' list 'help run' 'show self.connect' 'matrix --from a=out --from b=out'; do
			# shellcheck disable=SC2086 # words
			COLUMNS=$columns run -0 "$FINWAIT" $command
			run ! grep -nE "^.{$((columns + 1))}" <<<"$output"
		done
	done
	COLUMNS=80 "$FINWAIT" list >narrow
	COLUMNS=200 "$FINWAIT" list >wide
	run ! cmp -s narrow wide
	diff narrow <(COLUMNS=80 NO_COLOR=1 script -qec "stty cols 200; '$FINWAIT' list" /dev/null | tr -d '\r')
	# what is no width is as if it were not there
	"$FINWAIT" list >usual
	for columns in '' 0 x 80x -1 99999999999999999999; do
		diff usual <(COLUMNS=$columns "$FINWAIT" list)
	done
}

# The pipe has no reader before the first word is written.
unread() {
	bash -c 'exec 3> >(:); wait $!; exec "$@" >&3' sh "$FINWAIT" "$@"
}

@test "a reader that goes away ends every command, without a word" {
	cd "$BATS_FILE_TMPDIR"
	for command in --help --version list "list --json" "show self.connect" "ask reset" article \
		sysctl "sysctl tcp_fin_timeout" "ladder self.connect" "judge out" "judge out --json" \
		"diff out out" "matrix --from a=out --from b=out" "kernel list" doctor schema "help run" "run --help"; do
		# shellcheck disable=SC2086 # words
		XDG_CACHE_HOME=$PWD run --separate-stderr unread $command
		# by the signal, or where that is ignored by the error
		[[ $status == 141 || $status == 3 ]] || fail_with "$command: exit $status"
		[ -z "$stderr" ] || fail_with "$command: a word"
	done
	run -0 bash -c '"$0" list --json | head -n 1 | jq -r .id' "$FINWAIT"
}

@test "run --quiet: nothing of what is as predicted, all of what is not" {
	run -0 --separate-stderr on_time "$FINWAIT" run self.connect --quiet
	[ -z "$output$stderr" ]
	[ -s out/self.connect.jsonl ]
	run -1 --separate-stderr on_time "$FINWAIT_SELFCHECK" run --quiet as.predicted model.wrong
	[ -z "$stderr" ]
	[[ ${lines[0]} == "Linux $(uname -r), real time, "* ]]
	[[ ${lines[1]} == "model.wrong "*"MODEL FAILED"* ]]
	[[ $output != *as.predicted* ]]
	[[ $output != *"Look closer"* ]]
	# what programs read is whole
	run -0 "$FINWAIT" judge out/self.connect.jsonl --json --quiet
	diff <(echo "$output") <("$FINWAIT" judge out/self.connect.jsonl --json)
}

@test "sysctl: what it says to try is what the probe takes" {
	run -0 "$FINWAIT" sysctl tcp_fin_timeout
	[[ $output == *"finwait run ID --set tcp_fin_timeout=VALUE" ]]
	run -0 "$FINWAIT" sysctl netdev_max_backlog # the machine's own: no namespace has it
	[[ $output == *"finwait run queue.netdev-backlog --param most=VALUE" ]]
}

@test "run --article: the probes that judge its claims, of those that are named" {
	[ "$("$FINWAIT" list --json | jq -r 'select(.id == "self.connect").claims[].article')" = C ]
	run -0 --separate-stderr on_time "$FINWAIT" run self.connect open.three-way --article c
	[ "$(ls out)" = self.connect.jsonl ]
	refused 2 "none of these probes judges a claim of article P" \
		"$FINWAIT" run self.connect --article P
	refused 2 "no article has the letter 'X' (A, B, C, D, P)" "$FINWAIT" run --article X
	refused 2 "no probe is called 'nope'" "$FINWAIT" run nope --article A
}

@test "show: a claim, a glob, a sysctl, an option, an errno, a counter, a state" {
	run -0 --separate-stderr "$FINWAIT" show loss.syn-default
	[[ ${lines[0]} == "loss.syn-default: a claim" ]]
	grep -qE '^ +D: .' <<<"$output"
	grep -q '^  loss.syn: Every SYN is lost$' <<<"$output"
	run -0 --separate-stderr "$FINWAIT" show 'wave*'
	[ "$(grep -cE '^  wave[1-4]\.lost[a-z-]* +[A-Z]' <<<"$output")" -eq "$("$FINWAIT" list --json |
		jq -r .probe | sort -u | grep -c ^wave)" ]
	for name in tcp_fin_timeout TCP_LINGER2; do
		diff <("$FINWAIT" show $name) <("$FINWAIT" sysctl $name)
	done
	run -0 --separate-stderr "$FINWAIT" show ECONNREFUSED
	[[ ${lines[0]} == "ECONNREFUSED: Connection refused (errno 111)" ]]
	grep -q '^  open.refused ' <<<"$output"
	for name in TcpExt.TCPTimeouts TCPTimeouts; do
		run -0 --separate-stderr "$FINWAIT" show $name
		[[ ${lines[0]} =~ ^TcpExt.TCPTimeouts:\ a\ counter\ of\ the\ kernel\'s,\ [0-9]+\ here ]]
		grep -q '^  loss.synack ' <<<"$output"
	done
	run -0 --separate-stderr "$FINWAIT" show LAST_ACK
	grep -q '^  wave4.lost ' <<<"$output"
	refused 2 "is called 'loss.syn-defualt'; did you mean loss.syn-default?" \
		"$FINWAIT" show loss.syn-defualt
	refused 2 "is called 'ECONNREFUESD'; did you mean ECONNREFUSED?" "$FINWAIT" show ECONNREFUESD
	refused 2 "no probe matches 'zz*'" "$FINWAIT" show 'zz*'
	# what the kernel has, and no probe
	refused 2 "no probe is called 'ENOTTY'" "$FINWAIT" show ENOTTY
}

@test "show: what the last run found, of the probe and of a claim" {
	run -0 "$FINWAIT" show self.connect
	[[ $output != *"The last run"* ]]
	cd "$BATS_FILE_TMPDIR"
	run -0 --separate-stderr "$FINWAIT" show self.connect
	grep -qx "The last run, in out/:" <<<"$output"
	grep -qE "^Linux $(uname -r), real time, quick, IPv4   [0-9]+ claims? by 1 probe, .* of wall time$" <<<"$output"
	grep -q '^  This kernel does what C says: ' <<<"$output"
	grep -q '^1 probe: 1 as predicted' <<<"$output"
	diff <(echo "$output") <(cd / && "$FINWAIT" show self.connect --out "$OLDPWD/out" |
		sed "s|$OLDPWD/||")
	run -0 --separate-stderr "$FINWAIT" show close.three-waves-data
	[[ ${lines[0]} == "close.three-waves-data: a claim" ]]
	grep -qE '^ +last run of close.three-waves: (confirmed|REFUTED|qualified|model only): ' <<<"$output"
	# what is no record is none
	mkdir -p broken
	echo '{"type":' >broken/self.connect.jsonl
	run -0 --separate-stderr "$FINWAIT" show self.connect --out broken
	[[ $stderr$output != *"The last run"* ]]
}

@test "show: every probe in 80 columns" {
	for id in $(probes); do
		echo "LC_ALL=C '$FINWAIT' show $id"
	done >all.sh
	run -0 script -qec 'stty cols 80; sh all.sh' /dev/null
	[ "${#lines[@]}" -gt 500 ]
	run ! grep -E '^.{81}' <<<"${output//$'\r'/}"
}

@test "list: chapters, letters, titles, the last run's verdicts, in 80 columns" {
	run -0 --separate-stderr "$FINWAIT" list
	[ "${lines[0]}" = "1  Opening a connection" ]
	grep -qE '^  wave4.lost +A D +The last ACK is lost$' <<<"$output"
	# every folder has its heading, as docs/claims.md has it
	diff <(grep -oE '^[0-9]+  [^(]*' <<<"$output" | sed 's/  / /; s/ *$//') \
		<(sed -n 's/^## \([0-9]* [^(]*\).*/\1/p' "$TOP/docs/claims.md" | sed 's/ *$//')
	diff <("$FINWAIT" list --ids) <("$FINWAIT" list --json | jq -r .id)
	cd "$BATS_FILE_TMPDIR"
	run -0 script -qec "stty cols 80; LC_ALL=C NO_COLOR=1 '$FINWAIT' list" /dev/null
	grep -qE '^  self.connect +C +(confirmed|REFUTED|qualified|model only) +[A-Z]' <<<"$output"
	grep -qE '^  wave4.lost +A D  +The last ACK' <<<"$output"
	[[ $output == *"those of the last run, in out/."* ]]
	run ! grep -qE '^.{81}' <<<"${output//$'\r'/}"
	run -0 "$FINWAIT" list --quiet
	[[ $output != *Letters* ]]
}
