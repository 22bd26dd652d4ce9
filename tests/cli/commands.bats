#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a user types and gets: list, show, run, ladder, doctor, --help.

load helper

# One run of some quick probes for all that only reads what it left. What a late machine has
# spoiled is asked again, and --json has both: so one in which nothing was.
setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR"
	for _ in 1 2 3 4 5; do
		on_time "$FINWAIT" run open.three-way wave4.lost self.connect --json --out kept >run.jsonl
		[ "$(grep -c '"type":"probe"' run.jsonl)" -ne 3 ] || break
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# rows_of FILE: the ids that it has: the probe's own, or one a row of its grid.
rows_of() {
	local id suffix

	id=$(basename "$1" .c)
	grep -q '\.suffix = ' "$1" || echo "$id"
	sed -n 's/.*\.suffix = "\([^"]*\)".*/\1/p' "$1" | while read -r suffix; do
		echo "$id${suffix:+.$suffix}"
	done
}

@test "list: every probe of the source tree, and nothing else" {
	run probes
	[ "$status" -eq 0 ]
	diff <(sort <<<"$output") \
		<(for file in "$TOP"/probes/*/*.c; do rows_of "$file"; done | sort)
}

@test "list: claims that go by another name than their probe" {
	run "$FINWAIT" list
	[[ $output == *"also judges loss.syn-default"* ]]
}

@test "show: each probe with its claims, articles, bench, kernel path" {
	for id in $(probes); do
		run --separate-stderr "$FINWAIT" show "$id"
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		# a row of a grid is shown with its probe
		[[ ${lines[0]} == ?*': '?* && $id == "${lines[0]%%: *}"* ]]
		for word in Claims Bench 'Kernel path'; do
			grep -qx "$word" <<<"$output" || fail_with "$id: no $word"
		done
		# what goes beyond the articles has none
		[[ $id == beyond.* ]] || grep -qE '^ +[A-DP]: .' <<<"$output" ||
			fail_with "$id: no article"
	done
}

@test "show: sysctls and parameters with their quick and faithful values" {
	run "$FINWAIT" show loss.syn
	grep -qE 'net.ipv4.tcp_syn_retries +2 +default' <<<"$output"
	run "$FINWAIT" show close.four-waves
	grep -qE 'to_the_end +0 +1' <<<"$output"
}

@test "show: what needs minutes says so" {
	[ -n "$(slow_probes)" ]
	for id in $(slow_probes); do
		run "$FINWAIT" show "$id"
		grep -q 'Needs its real minutes' <<<"$output"
	done
}

@test "--help: for finwait and for each command, on standard output" {
	for options in --help -h help; do
		run --separate-stderr "$FINWAIT" $options
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		for command in list show run ladder judge report kernel matrix diff doctor help; do
			grep -qE "^  $command\b" <<<"$output"
		done
		grep -q 'Exit: 0 as predicted, 1 a model failed, 2 usage' <<<"$output"
	done
	for command in list show run ladder judge report kernel matrix diff doctor help; do
		run --separate-stderr "$FINWAIT" $command --help
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		[[ ${lines[0]} == "usage: finwait $command"* ]]
		[ "${#lines[@]}" -gt 1 ]
	done
}

@test "run --help: every option that run takes" {
	run "$FINWAIT" run --help
	for option in --set --param --faithful -j --time-limit --ladder --json --tap --out -v; do
		grep -qE "^ +$option\b" <<<"$output" || fail_with "no $option"
	done
	grep -q FINWAIT_SLACK_MS <<<"$output"
}

@test "--version" {
	run "$FINWAIT" --version
	[[ $output =~ ^finwait\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "run: one, as a table" {
	run --separate-stderr on_time "$FINWAIT" run open.three-way
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ ${lines[0]} == "Linux $(uname -r), real time, quick, IPv4   1 claim by 1 probe, "*" of wall time" ]]
	[[ ${lines[1]} == "open.three-way "*"as predicted"*" of wall time" ]]
	[[ ${lines[2]} == "  This kernel does what D says: "* ]]
	grep -qE 'finding +says +predicts +measured +verdict' <<<"$output"
	grep -qE '^ +segments +S SA A +S SA A +S SA A +confirmed' <<<"$output"
	grep -q '^1 probe: 1 as predicted' <<<"$output"
	[[ ${lines[-1]} == "The record is in out/."* ]]
	[ -s out/open.three-way.jsonl ]
}

@test "run: several, and a glob; each once, in order of the list" {
	run on_time "$FINWAIT" run 'self.[ct]*' close.simultaneous self.connect --json
	[ "$status" -eq 0 ]
	run ls out
	[ "$output" = "$(printf '%s\n' close.simultaneous.jsonl self.connect.jsonl \
		self.two-waves.jsonl)" ]
}

@test "run: no colour and no progress where there is no terminal" {
	run "$FINWAIT" run self.connect
	[[ $output != *$'\033'* ]]
	[[ $output != *$'\r'* ]]
}

@test "run --set: the sysctl is in force at both hosts, or at the one named" {
	on_time "$FINWAIT" run open.three-way --set tcp_fin_timeout=7 \
		--set client:net.ipv4.tcp_orphan_retries=4 \
		--set server:tcp_orphan_retries=5 >/dev/null
	json_holds out/open.three-way.jsonl 'map(select(.type == "probe"))[0].sysctls |
		.client["net.ipv4.tcp_fin_timeout"] == 7 and
		.server["net.ipv4.tcp_fin_timeout"] == 7 and
		.client["net.ipv4.tcp_orphan_retries"] == 4 and
		.server["net.ipv4.tcp_orphan_retries"] == 5'
}

@test "run --set: the last of two counts, and beats the probe's own" {
	on_time "$FINWAIT" run finwait2.close-timeout --set tcp_fin_timeout=7 --set tcp_fin_timeout=1 \
		>/dev/null
	json_holds out/finwait2.close-timeout.jsonl \
		'map(select(.type == "probe"))[0].sysctls.client["net.ipv4.tcp_fin_timeout"] == 1'
}

@test "run --set: what had no part in anything is said in one line, what had is not" {
	run -0 --separate-stderr "$FINWAIT" run open.three-way --set tcp_tw_reuse=1 \
		--set tcp_sack=0 --set client:tcp_fin_timeout=7
	one_line_of_complaint "--set tcp_tw_reuse client:tcp_fin_timeout: had no part"
}

@test "run --set: the prediction follows, and holds" {
	on_time "$FINWAIT" run loss.syn --set tcp_syn_retries=1 --set tcp_syn_linear_timeouts=0 --json \
		>all.jsonl || skip "this kernel has no tcp_syn_linear_timeouts"
	json_holds all.jsonl 'map(select(.type == "result"))[0].findings |
		map(select(.name == "retransmissions"))[0] |
		.predicts == 1 and .measured == 1 and .model_ok'
}

@test "run --set: a call that fails where no model knows the setting is inconclusive" {
	run -3 "$FINWAIT" run beyond.retries2 --set client:tcp_notsent_lowat=0
	json_holds out/beyond.retries2.jsonl 'last | .outcome == "inconclusive" and .reason ==
		"c1 at the client: send: Resource temporarily unavailable; tcp_notsent_lowat=0 is not modelled"'
	# what goes well in spite of it is as predicted
	run -0 "$FINWAIT" run open.three-way --set client:tcp_notsent_lowat=0
}

@test "run: with a slack that hides what was doubled, nobody claims to know" {
	[ -e /proc/sys/net/ipv4/tcp_syn_linear_timeouts ] || skip "no tcp_syn_linear_timeouts here"
	FINWAIT_SLACK_MS=500 run -3 "$FINWAIT" run loss.syn --set tcp_syn_retries=1 \
		--set tcp_syn_linear_timeouts=4
	json_holds out/loss.syn.jsonl 'last.findings | map(select(.name == "doubled_intervals"))[0] |
		.verdict == "inconclusive" and .measured == {"lo": 0, "hi": 1}'
}

@test "run --param: is in the record and is heeded" {
	on_time "$FINWAIT" run open.three-way close.four-waves --param to_the_end=0 >/dev/null
	json_holds out/close.four-waves.jsonl \
		'map(select(.type == "probe"))[0].params.to_the_end == 0'
}

@test "run -j 1: one after the other" {
	on_time "$FINWAIT" run 'self.[ct]*' close.{four-waves,simultaneous} open.three-way -j 1 --json >all.jsonl
	# no probe line comes between another probe's line and its result
	json_holds all.jsonl '[.[] | select(.type == "probe" or .type == "result") |
		.type] | . == ([range(length / 2)] | map("probe", "result")) and length == 10'
}

# Each of these takes a second or more, so that all have begun before the first ends.
@test "run: eight probes a processor run at a time" {
	rows=(wave{1,2,3,4}.lost wave1.lost-shutdown loss.{syn,synack}
		finwait2.{close-timeout,shutdown-forever})
	on_time taskset -c 0 "$FINWAIT" run "${rows[@]}" --json >all.jsonl
	# by the order of the lines: how many have begun and not ended
	json_holds all.jsonl '[foreach .[].type as $type (0;
		. + ({probe: 1, result: -1, again: -1}[$type] // 0))] | max == 8'
}

build_late() {
	"${CC:-gcc}" -shared -fPIC -O2 -Wall -Wextra -o late.so "$BATS_TEST_DIRNAME/late.c"
}

# What it was made late for is done again, on time: one answer in the table, the file and the
# exit code, and why there were two runs.
@test "run: what a late machine alone left undecided is asked again, and that is said" {
	build_late
	late_once() {
		rm -f once
		LATE_ONCE=$PWD/once LD_PRELOAD=$PWD/late.so "$FINWAIT" run close.four-waves "$@"
	}
	# as it happens: two probe lines, and one result
	on_time late_once --json >all.jsonl
	json_holds all.jsonl 'map(select(.type == "result")) | length == 1 and .[0].outcome == "ok"'
	json_holds all.jsonl 'map(select(.type == "again")) | length == 1 and
		.[0].outcome == "inconclusive" and .[0].late_ns > 6e8 and
		(.[0].reason | test("the machine was [0-9]{3,} ms late$"))'
	json_holds all.jsonl 'map(.type) | index("again") as $a | rindex("probe") as $p |
		index("result") as $r | index("probe") < $a and $a < $p and $p < $r'
	# and so it can be read
	run -0 "$FINWAIT" judge all.jsonl
	grep -q '^1 probe: 1 as predicted' <<<"$output"
	json_holds all.jsonl 'map(select(.type == "probe")) | length == 2 and (.[0] | has("again") | not) and
		(.[1].again | test("^asked again: the machine had been [0-9]{3,} ms late$"))'
	json_holds all.jsonl 'last | .ok == 1 and .inconclusive == 0'
	# what is kept is the second run alone
	json_holds out/close.four-waves.jsonl 'map(select(.type == "probe")) | length == 1 and
		(.[0].again | test("^asked again: "))'
	json_holds out/close.four-waves.jsonl 'map(select(.type == "result"))[0].outcome == "ok" and
		(map(select(.kind == "late" and .late_ns > 5e8)) == [])'
	run -0 --separate-stderr on_time late_once
	grep -qE '^  asked again: the machine had been [0-9]{3,} ms late$' <<<"$output"
	grep -q '^1 probe: 1 as predicted' <<<"$output"
}

# Between the two runs: what the first came to is the result then.
@test "run: interrupted before it is asked again" {
	local status=0

	build_late
	rm -f once
	LATE_ONCE=$PWD/once LD_PRELOAD=$PWD/late.so env --default-signal=INT \
		"$FINWAIT" run close.four-waves --json >all.jsonl 2>complaint.txt 3>&- &
	for _ in $(seq 500); do
		! grep -q '^{"type":"again"' all.jsonl || break
		sleep 0.02
	done
	kill -s INT $!
	wait $! || status=$?
	[ "$status" -eq 3 ]
	grep -q "^finwait: interrupted; " complaint.txt
	json_holds all.jsonl 'map(select(.type == "result")) | length == 1 and
		.[0].outcome == "inconclusive" and (.[0].findings | any(.late_ns > 6e8))'
	json_holds all.jsonl 'last | .type == "summary" and .inconclusive == 1'
	run -0 --separate-stderr "$FINWAIT" ladder close.four-waves
}

@test "run: the slow ones are skipped with the reason, and leave an older record alone" {
	local slow status=0

	slow=$(slow_probes | head -n 1)
	mkdir out
	echo older >"out/$slow.jsonl"
	"$FINWAIT" run --json >all.jsonl || status=$?
	as_predicted_or_late "$status" all.jsonl
	json_holds all.jsonl "map(select(.type == \"result\" and .probe == \"$slow\"))[0] |
		.outcome == \"skipped\" and (.reason | test(\"--faithful\"))"
	[ "$(cat "out/$slow.jsonl")" = older ]
	# one result for each of the list, and what is neither slow nor for a guest is as predicted
	json_holds all.jsonl "map(select(.type == \"result\")) | length == $(probes | wc -l)"
	json_holds all.jsonl 'map(select(.outcome == "skipped" and
		(.reason | test("--faithful|--kernel|this kernel") | not))) == []'
	json_holds all.jsonl "last | .ok + .inconclusive + .skipped == $(probes | wc -l)"
}

@test "--json: every line parses, in order, with whole objects" {
	cd "$BATS_FILE_TMPDIR"
	jq -e . run.jsonl >/dev/null
	json_holds run.jsonl '.[0].type == "run" and last.type == "summary" and
		(map(select(.type == "run" or .type == "summary")) | length == 2)'
	json_holds run.jsonl '.[0] | .format == "finwait/1" and (.version | type) == "string" and
		(.kernel | type) == "string" and .clock == "real" and
		(.privilege == "root" or .privilege == "userns") and
		(.features | type) == "object"'
	json_holds run.jsonl 'map(select(.type == "probe")) | length == 3 and
		all(.[]; (.params | type) == "object" and (.sysctls.client | length) > 10 and
			(.sysctls.server | length) > 10 and (.observers | type) == "object")'
	json_holds run.jsonl 'map(select(.type == "event")) | length > 50 and
		all(.[]; (.t_ns | type) == "number" and .t_ns == (.t_ns | floor) and
			.t_ns >= 0 and (.probe | type) == "string" and
			([.observer] | inside(["steps", "trace", "diag", "tap", "counters",
				"wire", "lateness"])) and (.kind | type) == "string")'
	json_holds run.jsonl 'map(select(.type == "result")) | length == 3 and
		all(.[]; .outcome == "ok" and (.findings | length) > 0 and
			(.states.client | type) == "array" and (.lost.tap == 0) and
			.elapsed_ns > 0 and all(.findings[]; .model_ok != false and
				has("says") and has("predicts") and has("measured") and
				has("claim") and has("name") and has("unit") and has("verdict")))'
	json_holds run.jsonl 'last | .ok == 3 and .model_failed == 0 and .inconclusive == 0 and
		.skipped == 0 and .error == 0'
}

@test "--json: each probe's lines are probe, events, result" {
	cd "$BATS_FILE_TMPDIR"
	for id in open.three-way wave4.lost self.connect; do
		json_holds run.jsonl "map(select(.probe == \"$id\" or .id == \"$id\") | .type) |
			.[0] == \"probe\" and last == \"result\" and
			(.[1:-1] | length > 10 and all(.[]; . == \"event\"))"
	done
}

@test "--json: an event of each sort has its own words" {
	cd "$BATS_FILE_TMPDIR"
	json_holds run.jsonl '
		def some(f): map(select(f)) | length > 0;
		def every(f; g): map(select(f)) | all(.[]; g);
		every(.kind == "call"; (.call | type) == "string" and has("result")) and
		every(.kind == "sample"; (.state | type) == "string" and has("gap_ns")) and
		every(.kind == "packet"; (.at == "client" or .at == "server") and has("seq") and
			(.flags | test("^S?F?R?P?A?$"))) and
		every(.kind == "rule"; .action == "drop" and (.state == "on" or .state == "off")) and
		some(.kind == "call") and some(.kind == "sample") and some(.kind == "packet") and
		some(.kind == "rule") and some(.kind == "counter")'
}

@test "--json: a lost segment is on one tap, a delivered one on both" {
	cd "$BATS_FILE_TMPDIR"
	json_holds run.jsonl 'map(select(.probe == "wave4.lost" and .kind == "packet")) |
		(map(select(.flags == "S") | .at) == ["client", "server"]) and
		(map(select(.flags == "SA") | .at) | sort == ["client", "server"])'
}

@test "--out: the file has the lines that --json had" {
	cd "$BATS_FILE_TMPDIR"
	for id in open.three-way wave4.lost self.connect; do
		diff "kept/$id.jsonl" <(grep -E "^\{\"type\":\"run\"|\"(id|probe)\":\"$id\"" run.jsonl)
	done
}

@test "--tap: KTAP with a plan, a test a probe, a subtest a finding" {
	run --separate-stderr on_time "$FINWAIT" run self.connect open.three-way --tap
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "${lines[0]}" = "TAP version 13" ]
	[ "${lines[1]}" = 1..2 ]
	grep -qE '^ok 1 (self.connect|open.three-way) # time=[0-9]+ms$' <<<"$output"
	grep -qE '^ok 2 (self.connect|open.three-way) # time=[0-9]+ms$' <<<"$output"
	[ "${lines[-1]}" = "# Totals: pass:2 fail:0 xfail:0 xpass:0 skip:0 error:0" ]
	[ "$(grep -c '^  KTAP version 1$' <<<"$output")" -eq 2 ]
	# a block's plan is as long as its tests
	planned=$(($(sed -n 's/^  1\.\.//p' <<<"$output" | paste -sd+)))
	[ "$(grep -cE '^  ok [0-9]+ ' <<<"$output")" -eq "$planned" ]
}

@test "run --ladder, and ladder after a run: the same picture" {
	on_time "$FINWAIT" run open.three-way --ladder >with.txt
	run --separate-stderr "$FINWAIT" ladder open.three-way
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	for word in SYN_SENT SYN_RECV ESTABLISHED; do
		[[ $output == *$word* ]] || fail_with "no $word"
	done
	grep -qF "${lines[0]}" with.txt
}

@test "ladder --out, and ladder of a file" {
	run "$FINWAIT" ladder wave4.lost --out "$BATS_FILE_TMPDIR/kept"
	[ "$status" -eq 0 ]
	[[ $output == *LAST_ACK* ]]
	[[ ${lines[1]} == *", kernel wire" ]]
	by_id=$output
	run "$FINWAIT" ladder "$BATS_FILE_TMPDIR/kept/wave4.lost.jsonl"
	[ "$status" -eq 0 ]
	[ "$output" = "$by_id" ]
}

@test "ladder --svg: a picture, the same each time, and of a file; to standard output, too" {
	"$FINWAIT" ladder wave4.lost --out "$BATS_FILE_TMPDIR/kept" --svg one.svg
	"$FINWAIT" ladder "$BATS_FILE_TMPDIR/kept/wave4.lost.jsonl" --svg two.svg
	cmp one.svg two.svg
	LC_ALL=C "$FINWAIT" ladder "$BATS_FILE_TMPDIR/kept/wave4.lost.jsonl" --svg - | cmp one.svg
	for words in '>wave4.lost  The last ACK is lost<' 'dropped, rule 1<' '>rule 1 off: it took' \
		'<rect class="LISTEN"' '<rect class="LAST_ACK"' '<rect class="mini"'; do
		grep -qF "$words" one.svg || fail_with "nothing of $words"
	done
	! command -v xmllint || xmllint --noout one.svg
}

@test "ladder --svg: into a regular file, or not at all" {
	ln -s /dev/null link.svg
	refused 3 'a symbolic link' "$FINWAIT" ladder wave4.lost --out "$BATS_FILE_TMPDIR/kept" --svg link.svg
	refused 3 'a folder' "$FINWAIT" ladder wave4.lost --out "$BATS_FILE_TMPDIR/kept" --svg .
	refused 3 'no/such' "$FINWAIT" ladder wave4.lost --out "$BATS_FILE_TMPDIR/kept" --svg no/such/file.svg
}

@test "ladder of a torn file: what is there is drawn, and that it was cut off is said" {
	local whole=$BATS_FILE_TMPDIR/kept/wave4.lost.jsonl

	head -c $(($(stat -c %s "$whole") * 2 / 3)) "$whole" >torn.jsonl
	run --separate-stderr "$FINWAIT" ladder ./torn.jsonl
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *ESTABLISHED* ]]
	[[ $output == *"the record ends before the result"* ]]
}

@test "ladder of what is broken in the middle: one line that names the line" {
	sed '5s/.*/{"type":"event",/' "$BATS_FILE_TMPDIR/kept/wave4.lost.jsonl" >broken.jsonl
	refused 3 'line 5' "$FINWAIT" ladder ./broken.jsonl
}

@test "judge: kept records come to the same findings again" {
	cd "$BATS_FILE_TMPDIR"
	run -0 --separate-stderr "$FINWAIT" judge kept --json
	[ -z "$stderr" ]
	what() {
		jq -cS 'select(.type == "result") | {probe, outcome, findings, states, lost}' | sort
	}
	[ "$(jq -s 'map(select(.type == "result")) | length' <<<"$output")" -eq 3 ]
	diff <(what <run.jsonl) <(what <<<"$output")
	# a run's own line first, the totals last, and the events in between
	jq -s -e '.[0].type == "run" and last.type == "summary" and last.ok == 3 and
		(map(select(.type == "event")) | length > 50)' <<<"$output"
	run -0 "$FINWAIT" judge kept/self.connect.jsonl kept/wave4.lost.jsonl
	grep -q '^2 probes: 2 as predicted' <<<"$output"
	run -0 "$FINWAIT" judge kept --tap
	[ "$(grep -c '^ok ' <<<"$output")" -eq 3 ]
}

# A run that was killed leaves what it had told; before its first line, nothing.
@test "judge: in a folder a file that tells of no probe is passed over" {
	cp -r "$BATS_FILE_TMPDIR/kept" folder
	: >folder/empty.jsonl
	head -n 1 folder/self.connect.jsonl >folder/run-alone.jsonl
	head -n 2 folder/self.connect.jsonl | head -c -9 >folder/torn.jsonl
	run -0 --separate-stderr "$FINWAIT" judge folder
	[ -z "$stderr" ]
	grep -q '^3 probes: 3 as predicted' <<<"$output"
	refused 3 "folder/torn.jsonl: not the record of a probe" "$FINWAIT" judge folder/torn.jsonl
	# what is bad in the middle is not
	sed '5s/.*/{"type":"event",/' folder/self.connect.jsonl >folder/torn.jsonl
	refused 3 "folder/torn.jsonl: line 5: " "$FINWAIT" judge folder
}

@test "judge: a record that was changed is judged by what it says now" {
	jq -c 'select(.kind != "packet" or .flags != "SA")' \
		"$BATS_FILE_TMPDIR/kept/open.three-way.jsonl" >changed.jsonl
	run -1 "$FINWAIT" judge ./changed.jsonl
	[[ $output == *"MODEL FAILED"* ]]
}

@test "judge: what cannot be judged is said, and the rest is judged all the same" {
	sed 's/"open.three-way"/"no.such"/' "$BATS_FILE_TMPDIR/kept/open.three-way.jsonl" >a.jsonl
	cp "$BATS_FILE_TMPDIR/kept/self.connect.jsonl" b.jsonl
	run -3 --separate-stderr "$FINWAIT" judge ./a.jsonl ./b.jsonl ./none.jsonl
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ $stderr == *"no probe is called 'no.such' here"* && $stderr == *"none.jsonl: No such"* ]]
	grep -q '^1 probe: 1 as predicted' <<<"$output"
	refused 2 'judge wants records' "$FINWAIT" judge
	# a run that never came to its judge stays what it was
	head -n 20 b.jsonl >torn.jsonl
	run -3 "$FINWAIT" judge ./torn.jsonl
}

@test "parameters of a probe: two that are alike, and one that cannot work" {
	run -0 "$FINWAIT" run open.mss-from-mtu --param least_mtu=1500 --param most_mtu=1500
	grep -q '^1 probe: 1 as predicted; 4 findings' <<<"$output"
	run -3 "$FINWAIT" run open.mss-from-mtu --param least_mtu=256
	grep -q 'an MTU of 256 is below 292' <<<"$output"
}

@test "doctor: every feature with yes or why not" {
	run --separate-stderr "$FINWAIT" doctor
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	for feature in userns netns veth bridge nf_tables netem packet sysctl inet_diag trace; do
		grep -qE "^  $feature +[^ ]" <<<"$output" || fail_with "no $feature"
	done
	grep -q '^Every probe can run here' <<<"$output"
}

@test "doctor: what was found by trying" {
	local words='sent|withheld|unknown'

	run -0 "$FINWAIT" doctor
	grep -qE '^  simultaneous_synack +(accepted|challenged)$' <<<"$output"
	# e8a533cbeb79, of 6.2, which older kernels may have, too
	[ "$(printf '6.2\n%s\n' "$(uname -r)" | sort -V | head -n 1)" != 6.2 ] || words=sent
	grep -qE "^  challenge_without_limit +($words)\$" <<<"$output"
}

@test "as an ordinary user: the quick set is as predicted, and what was not seen is said" {
	need_userns
	mkdir -m 777 room
	chmod 755 "$BATS_TEST_TMPDIR"
	cp "$FINWAIT" room/finwait
	cd room
	# every folder up to here is the runner's own: enter it before becoming nobody
	run --separate-stderr as_nobody ./finwait run --out out
	as_predicted_or_late "$status" out/*.jsonl
	[ -z "$(grep -v '^finwait: [0-9]* of [0-9]* done, ' <<<"$stderr")" ] # that is told every 30 s
	grep -qE '^not observed by trace: .*(root|CAP_BPF)' <<<"$output"
	grep -qE "^$(probes | wc -l) probes: .* as predicted" <<<"$output"
	run as_nobody ./finwait doctor
	[ "$status" -eq 0 ]
	grep -qE '^  trace +eBPF needs root' <<<"$output"
	grep -qE 'helps: run as root' <<<"$output"
}

@test "without eBPF as root: goes on, and says so" {
	need_root
	build_lacks
	run --separate-stderr lacks bpf "$FINWAIT" run open.three-way
	[ "$status" -eq 0 ]
	grep -q '^not observed by trace: ' <<<"$output"
}
