#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Probes of one's own: C files that are compiled when they are asked for.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

nothing_is_left() {
	[ -z "$(ls -A tmp)" ]
}

@test "new: a probe that compiles, runs and passes; nothing is left but its record" {
	run -0 "$FINWAIT" new my.own-probe
	[ "$(ls)" = "$(printf '%s\n' my.own-probe.c tmp)" ]
	run -0 --separate-stderr on_time "$FINWAIT" run ./my.own-probe.c --json
	[ -z "$stderr" ] # not even a warning
	json_holds out/my.own-probe.jsonl 'last | .outcome == "ok" and (.findings | length) == 2'
	jq -s -e 'last.ok == 1' <<<"$output"
	nothing_is_left
	run -0 "$FINWAIT" ladder my.own-probe
	[[ $output == *SYN_RECV* ]]
}

@test "run: by the file's name alone, a folder, and beside probes of the program" {
	mkdir mine
	(cd mine && "$FINWAIT" new a.one && "$FINWAIT" new b.two)
	echo 'not C' >mine/notes.txt
	on_time "$FINWAIT" run ./mine self.connect >/dev/null
	[ "$(ls out)" = "$(printf '%s\n' a.one.jsonl b.two.jsonl self.connect.jsonl)" ]
	cd mine
	run -0 on_time "$FINWAIT" run a.one.c
	grep -q '^1 probe: 1 as predicted' <<<"$output"
}

@test "judge and diff: records of one's own are known by the file" {
	local words="(of one of your own, name its C file, too)"

	"$FINWAIT" new my.probe
	on_time "$FINWAIT" run ./my.probe.c -46 >/dev/null
	refused 3 "no probe is called 'my.probe' here: its rules are unknown $words" \
		"$FINWAIT" judge out/my.probe.jsonl
	run -0 --separate-stderr "$FINWAIT" judge out ./my.probe.c
	[ -z "$stderr" ]
	grep -q '^2 probes: 2 as predicted' <<<"$output"
	refused 2 "judge wants records" "$FINWAIT" judge ./my.probe.c
	run -0 "$FINWAIT" diff out out ./my.probe.c
	grep -q '^2 probes: 2 the same' <<<"$output"
	# asked again, which only who knows the probe can do
	refused 3 "out: none of its probes is known here $words" "$FINWAIT" diff --kernel host out
	run "$FINWAIT" diff --kernel host out/my.probe.jsonl ./my.probe.c
	grep -q '^1 probe: ' <<<"$output"
	sed -i 's/flow_establish/flow_of_mine/' my.probe.c
	run -2 --separate-stderr "$FINWAIT" judge out ./my.probe.c
	[ "${stderr_lines[-1]}" = "finwait: ./my.probe.c does not compile" ]
	nothing_is_left
}

@test "a verb that no probe of the program uses is there, too" {
	"$FINWAIT" new my.probe
	sed -i '/flow_establish(/a\	observe_for(run, 1, "nobody else does");' my.probe.c
	run -0 on_time "$FINWAIT" run ./my.probe.c
	grep -q 'nobody else does' out/my.probe.jsonl
}

@test "what does not compile: the compiler's own words, exit 2, and nothing was run" {
	"$FINWAIT" new my.probe
	sed -i 's/flow_establish/flow_of_mine/' my.probe.c
	run -2 --separate-stderr "$FINWAIT" run ./my.probe.c self.connect
	[ -z "$output" ]
	[[ $stderr == *"my.probe.c:24:"*flow_of_mine* ]]
	[ "${stderr_lines[-1]}" = "finwait: ./my.probe.c does not compile" ]
	[ ! -e out ]
	nothing_is_left
}

@test "what is no probe: one line that says why, exit 2" {
	refused 2 "nope.c: No such file" "$FINWAIT" run ./nope.c
	echo 'int nothing;' >a.probe.c
	refused 2 "no 'const struct probe probe_a_probe' in it" "$FINWAIT" run ./a.probe.c
	"$FINWAIT" new my.probe
	sed 's/probe_my_probe/probe_other/' my.probe.c >other.c
	refused 2 "its probe's id is 'my.probe', not the file's name" "$FINWAIT" run ./other.c
	sed 's/probe_my_probe/probe_self_connect/; s/my\.probe/self.connect/' my.probe.c >self.connect.c
	refused 2 "there is a probe 'self.connect' already" "$FINWAIT" run ./self.connect.c
	echo text >notes.txt
	refused 2 "notes.txt is no C file" "$FINWAIT" run ./notes.txt
	mkdir empty
	refused 2 "no probe in it" "$FINWAIT" run ./empty
	nothing_is_left
}

@test "no compiler: what to name" {
	"$FINWAIT" new my.probe
	CC=/no/such/cc run -2 "$FINWAIT" run ./my.probe.c
	[[ $output == *"run the compiler (CC names another one)"* ]]
}

@test "new: no file is overwritten, and an id is one" {
	"$FINWAIT" new my.probe
	echo mine >my.probe.c
	refused 3 "File exists" "$FINWAIT" new my.probe
	[ "$(cat my.probe.c)" = mine ]
	refused 2 "there is a probe 'self.connect' already" "$FINWAIT" new self.connect
	refused 2 "new has no option '-x'" "$FINWAIT" new -x
	for id in '' A.b a_b ../x .x x. "$(printf 'x%.0s' {1..33})"; do
		refused 2 "an id is" "$FINWAIT" new "$id"
	done
	refused 2 "one id" "$FINWAIT" new
}

@test "installed: against the headers beside the program, without the source tree" {
	make -s -C "$TOP" O="$(dirname "$FINWAIT")" install DESTDIR="$PWD/root" PREFIX=/opt
	./root/opt/bin/finwait new my.probe
	run -0 on_time ./root/opt/bin/finwait run ./my.probe.c
	# without them it says where they should be
	rm -r root/opt/include
	refused 2 "'make install' puts it there" ./root/opt/bin/finwait run ./my.probe.c
}
