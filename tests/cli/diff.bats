#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# finwait diff and finwait matrix, on records of this kernel and on canned ones.

load helper

CANNED=$TOP/tests/unit/records

setup_file() {
	# what a loaded machine is late by is not what is tested here; but with 500 ms an interval
	# of 2 s could not be told from one of 1 s
	export FINWAIT_SLACK_MS=300
	cd "$BATS_FILE_TMPDIR"
	on_time "$FINWAIT" run open.three-way loss.syn --set tcp_syn_retries=1 --out one >/dev/null
	on_time "$FINWAIT" run open.three-way loss.syn --set tcp_syn_retries=1 --out again >/dev/null
	on_time "$FINWAIT" run loss.syn --set tcp_syn_retries=2 --out two >/dev/null
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
}

@test "a record does not differ from itself" {
	for record in "$CANNED"/*.jsonl; do
		run -0 "$FINWAIT" diff "$record" "$record"
		[[ $output == *"the same: "* ]]
		[[ $output == *"1 probe: 1 the same, 0 differ"* ]]
	done
}

@test "two runs of the same do not differ, and the rule for times is stated" {
	run -0 "$FINWAIT" diff one again
	[[ ${lines[0]} =~ ^---\ one\ +Linux\ $(uname -r),\ real\ time,\ quick,\ IPv4\ .*\ claims?\ by\ 2\ probes, ]]
	[[ ${lines[1]} =~ ^\+\+\+\ again\ +Linux\ $(uname -r),\ real\ time,\ quick,\ IPv4\ .*\ by\ 2\ probes, ]]
	[[ $output == *"2 probes: 2 the same, 0 differ"* ]]
	[[ $output == *"300 ms (FINWAIT_SLACK_MS)"* ]]
}

# How many SYNs went unanswered is the kernel's to say (tcp_syn_linear_timeouts).
retransmissions() {
	jq 'select(.type == "result").findings[] | select(.name == "retransmissions").measured' \
		"$1/loss.syn.jsonl"
}

@test "more SYNs differ, in findings and in packets" {
	run -1 "$FINWAIT" diff one two loss.syn
	[[ $output == *"DIFFERS: "* ]]
	[[ $output == *"@@ packets the client sent @@"* ]]
	[ "$(grep -cE '^  \+ .* S +seq 0 len 0 mss 1460, lost$' <<<"$output")" -eq \
		$(($(retransmissions two) - $(retransmissions one))) ]
	[ "$(grep -cE '^  - .* S ' <<<"$output")" -eq 0 ]
	grep -qE "^  retransmissions +measured +$(retransmissions one) +$(retransmissions two)\$" <<<"$output"
	[[ $output == *"may be why: "*"tcp_syn_retries is 1 in --- and 2 in +++"* ]]
}

@test "the article's figure differs where the sysctl does" {
	run -1 "$FINWAIT" diff one two loss.syn
	grep -qE '^  retransmissions +says +1 +2$' <<<"$output"
	# and alone it is a difference, too
	mkdir -p "$BATS_TEST_TMPDIR/says"
	jq -c 'if .type == "result" then
		.findings |= map(if .name == "segments_without_ack" then .says = 77 else . end)
		else . end' one/open.three-way.jsonl >"$BATS_TEST_TMPDIR/says/open.three-way.jsonl"
	run -1 "$FINWAIT" diff one/open.three-way.jsonl "$BATS_TEST_TMPDIR/says"
	[[ $output == *"DIFFERS: 1 figure"$'\n'* ]]
	grep -qE '^  segments_without_ack +says +1 +77$' <<<"$output"
}

@test "a probe that one folder has not differs" {
	run -1 "$FINWAIT" diff one two
	[[ $output == *"open.three-way"*"ONLY IN one"* ]]
	[[ $output == *"1 on one side only"* ]]
	run -1 "$FINWAIT" diff two one
	[[ $output == *"open.three-way"*"ONLY IN one"* ]]
}

@test "another wire is a condition, and none that nobody told is" {
	cd "$BATS_TEST_TMPDIR"
	local one=$BATS_FILE_TMPDIR/one/open.three-way.jsonl
	jq -c 'if .type == "probe" then .wire = "routed" else . end |
		if .type == "result" then .findings[0].says = 77 else . end' "$one" >routed.jsonl
	run -1 "$FINWAIT" diff "$one" routed.jsonl
	grep -qE '^  condition: the wire is (kernel|hand) in --- and routed in \+\+\+$' <<<"$output"
	jq -c 'del(.wire)' routed.jsonl >unknown.jsonl
	run -1 "$FINWAIT" diff "$one" unknown.jsonl
	[[ $output != *"the wire is"* ]]
	run -0 "$FINWAIT" ladder unknown.jsonl
	[[ ${lines[1]} != *" wire"* ]]
}

@test "a file is compared with its probe in a folder" {
	run -0 "$FINWAIT" diff one/open.three-way.jsonl again
	[[ $output == *"1 probe: 1 the same"* ]]
	run -0 "$FINWAIT" diff again one/open.three-way.jsonl
	refused 3 'is of open.three-way' "$FINWAIT" diff one/open.three-way.jsonl two
}

@test "one probe over IPv4 and over IPv6: two files are compared, folders by their ids" {
	cd "$BATS_TEST_TMPDIR"
	FINWAIT_SLACK_MS=300 on_time "$FINWAIT" run open.three-way -46 >/dev/null
	for sides in "open.three-way open.three-way.6" "open.three-way.6 open.three-way"; do
		read -r a b <<<"$sides"
		run -1 "$FINWAIT" diff "out/$a.jsonl" "out/$b.jsonl"
		[[ $output == *$'\n\n'"$a "*"DIFFERS: "* ]]
		[ "$(grep -cE '^  (---|\+\+\+) .*, IPv6, ' <<<"$output")" -eq 1 ]
		grep -qE '^  [-+] .* S +seq 0 len 0 mss 1440' <<<"$output" # a longer header
		[[ $output == *"1 probe: 0 the same, 1 differs"* ]]
	done
	mkdir four
	mv out/open.three-way.jsonl four
	refused 3 'is of open.three-way.6, which four is not or has not' \
		"$FINWAIT" diff out/open.three-way.6.jsonl four
	refused 3 'is of open.three-way.6, which' \
		"$FINWAIT" diff out/open.three-way.6.jsonl "$BATS_FILE_TMPDIR/two/loss.syn.jsonl"
	run -1 "$FINWAIT" diff four out
	[[ $output == *"2 probes: 0 the same, 0 differ, 2 on one side only"* ]]
}

@test "no colour where there is no terminal" {
	run -1 "$FINWAIT" diff one two
	[[ $output != *$'\033'* ]]
}

@test "diff refuses what it cannot compare or read" {
	refused 2 'diff compares two' "$FINWAIT" diff one
	refused 2 "'--frob'" "$FINWAIT" diff --frob one two
	refused 3 'no such file or folder' "$FINWAIT" diff one nowhere
	refused 3 'No such file' "$FINWAIT" diff one ./nowhere
	mkdir -p "$BATS_TEST_TMPDIR/empty"
	refused 3 'no record' "$FINWAIT" diff one "$BATS_TEST_TMPDIR/empty"
	printf 'not JSON\n{}\n' >"$BATS_TEST_TMPDIR/noise.jsonl"
	refused 3 'noise.jsonl' "$FINWAIT" diff one "$BATS_TEST_TMPDIR/noise.jsonl"
	head -n 1 one/open.three-way.jsonl >"$BATS_TEST_TMPDIR/head.jsonl"
	refused 3 'not the record of a probe' "$FINWAIT" diff one "$BATS_TEST_TMPDIR/head.jsonl"
	refused 3 'no record of these probes' "$FINWAIT" diff one two 'wave*'
}

@test "a record that was cut off differs from a whole one" {
	sed '$d' one/open.three-way.jsonl >"$BATS_TEST_TMPDIR/torn.jsonl"
	run -1 "$FINWAIT" diff one/open.three-way.jsonl "$BATS_TEST_TMPDIR/torn.jsonl"
	[[ $output == *"cut off"* ]]
}

@test "a full disk is told" {
	run -3 --separate-stderr bash -c '"$1" diff one again >/dev/full' - "$FINWAIT"
	[[ $stderr == *"finwait: "* ]]
}

@test "diff --kernel: a record and a run of its probe here" {
	run -0 on_time "$FINWAIT" diff --kernel host one/open.three-way.jsonl --out "$BATS_TEST_TMPDIR/k"
	[[ $output == *"1 probe: 1 the same, 0 differ"* ]]
	[[ $output == *"The records are in $BATS_TEST_TMPDIR/k/KERNEL/." ]]
	json_holds "$BATS_TEST_TMPDIR/k/host/open.three-way.jsonl" 'last.outcome == "ok"'
	[ "$(ls "$BATS_TEST_TMPDIR/k/host")" = open.three-way.jsonl ]
}

@test "diff --kernel: of a folder's probes those that are named, with run's options" {
	run -0 "$FINWAIT" diff --set tcp_syn_retries=1 one 'loss*' --kernel host --out "$BATS_TEST_TMPDIR/k"
	[[ $output == *"1 probe: 1 the same, 0 differ"* ]]
	# the path is side A wherever it stands
	run -1 "$FINWAIT" diff --kernel host two loss.syn --set tcp_syn_retries=1 \
		--out "$BATS_TEST_TMPDIR/k"
	[[ $output == *"may be why: "*"tcp_syn_retries is 2 in --- and 1 in +++"* ]]
	refused 3 'no record of these probes' "$FINWAIT" diff --kernel host two self.connect
}

@test "diff --kernel: quick records are asked quick, faithful ones faithful" {
	mkdir -p "$BATS_TEST_TMPDIR/mixed"
	on_time "$FINWAIT" run close.four-waves --out "$BATS_TEST_TMPDIR/mixed" >/dev/null
	on_time "$FINWAIT" run self.connect --faithful --out "$BATS_TEST_TMPDIR/mixed" >/dev/null
	run -0 on_time "$FINWAIT" diff --kernel host "$BATS_TEST_TMPDIR/mixed" --out "$BATS_TEST_TMPDIR/k"
	[[ $output == *"2 probes: 2 the same, 0 differ"* ]]
	json_holds "$BATS_TEST_TMPDIR/k/host/close.four-waves.jsonl" \
		'map(select(.type == "probe"))[0].faithful == false'
	json_holds "$BATS_TEST_TMPDIR/k/host/self.connect.jsonl" \
		'map(select(.type == "probe"))[0].faithful == true'
	"$FINWAIT" diff --kernel host "$BATS_TEST_TMPDIR/mixed" self.connect --quick \
		--out "$BATS_TEST_TMPDIR/k" >/dev/null
	json_holds "$BATS_TEST_TMPDIR/k/host/self.connect.jsonl" \
		'map(select(.type == "probe"))[0].faithful == false'
}

# asked FILE: what its record says was asked.
asked() {
	head -n 1 "$1" | jq -c '.asked'
}

@test "the record says what was asked, by the names that were typed, and nothing else" {
	cd "$BATS_TEST_TMPDIR"
	on_time "$FINWAIT" run open.three-way close.four-waves --set tcp_orphan_retries=1 \
		--set client:tcp_fin_timeout=5 --set 'net.ipv4.tcp_rmem=4096 131072 6291456' \
		--param to_the_end=0 >/dev/null
	for probe in open.three-way close.four-waves; do
		[ "$(asked out/$probe.jsonl)" = '{"sets":{"tcp_orphan_retries":1,"client:tcp_fin_timeout":5,"net.ipv4.tcp_rmem":"4096 131072 6291456"},"params":{"to_the_end":0}}' ]
	done
	on_time "$FINWAIT" run open.three-way --set tcp_fin_timeout=5 --json >lines
	[ "$(asked lines)" = '{"sets":{"tcp_fin_timeout":5}}' ]
	on_time "$FINWAIT" run open.three-way >/dev/null
	[ "$(asked out/open.three-way.jsonl)" = null ]
}

@test "of two values for one sysctl the last counts, whatever it is called" {
	on_time "$FINWAIT" run open.three-way --set tcp_fin_timeout=7 --set net.ipv4.tcp_fin_timeout=8 \
		--set tcp_fin_timeout=9 --out "$BATS_TEST_TMPDIR/o" >/dev/null
	json_holds "$BATS_TEST_TMPDIR/o/open.three-way.jsonl" \
		'.[1].sysctls.client."net.ipv4.tcp_fin_timeout" == 9'
}

@test "diff --kernel: each record's own settings are asked again, those of one request at once" {
	mkdir -p "$BATS_TEST_TMPDIR/mixed"
	cd "$BATS_TEST_TMPDIR"
	on_time "$FINWAIT" run open.three-way self.connect --set client:tcp_syn_retries=3 --out mixed >/dev/null
	on_time "$FINWAIT" run close.four-waves --set server:tcp_fin_timeout=7 --param to_the_end=0 \
		--out mixed >/dev/null
	on_time "$FINWAIT" run self.two-waves --out mixed >/dev/null
	run -0 on_time "$FINWAIT" diff --kernel host mixed --out k
	[[ $output == *"4 probes: 4 the same, 0 differ"* ]]
	[[ $output != *"condition:"* && $output != *"may be why:"* ]]
	for record in mixed/*.jsonl; do
		cmp <(head -n 1 "$record") <(head -n 1 "k/host/${record##*/}")
	done
}

@test "diff --kernel: the user's own words come after the record's" {
	cd "$BATS_TEST_TMPDIR"
	on_time "$FINWAIT" run close.four-waves --set tcp_fin_timeout=7 --set net.ipv4.tcp_fin_timeout=8 \
		--set server:tcp_syn_retries=4 --param to_the_end=0 --out before >/dev/null
	run -0 on_time "$FINWAIT" diff --kernel host before --set tcp_fin_timeout=9 --out k
	json_holds k/host/close.four-waves.jsonl '.[1].sysctls | map(."net.ipv4.tcp_fin_timeout") == [9, 9]'
	[ "$(asked k/host/close.four-waves.jsonl)" = '{"sets":{"net.ipv4.tcp_fin_timeout":8,"server:tcp_syn_retries":4,"tcp_fin_timeout":9},"params":{"to_the_end":0}}' ]
}

@test "diff --kernel: a parameter goes to the probes that have it" {
	cd "$BATS_TEST_TMPDIR"
	on_time "$FINWAIT" run open.three-way close.four-waves --param to_the_end=0 --out before >/dev/null
	# of that run only a probe without it
	run -0 on_time "$FINWAIT" diff --kernel host before open.three-way --out k
	[ "$(asked k/host/open.three-way.jsonl)" = null ]
	# the user's own, of two requests
	on_time "$FINWAIT" run open.three-way --out before >/dev/null
	run -0 on_time "$FINWAIT" diff --kernel host before --param to_the_end=0 --out k
	[ "$(asked k/host/open.three-way.jsonl)" = null ]
	[ "$(asked k/host/close.four-waves.jsonl)" = '{"params":{"to_the_end":0}}' ]
	refused 2 "'nonesuch'" "$FINWAIT" diff --kernel host before --param nonesuch=1 --out k
}

@test "diff --kernel: a record of a guest has a seed, a run on the host has not" {
	mkdir -p "$BATS_TEST_TMPDIR/before"
	jq -c 'if .type == "run" then .asked = {"sets": {"tcp_syn_retries": 1}, "seed": 5} else . end' \
		one/open.three-way.jsonl >"$BATS_TEST_TMPDIR/before/open.three-way.jsonl"
	cd "$BATS_TEST_TMPDIR"
	run -0 on_time "$FINWAIT" diff --kernel host before --out k
	[ "$(asked k/host/open.three-way.jsonl)" = '{"sets":{"tcp_syn_retries":1}}' ]
	refused 2 'go with --kernel' "$FINWAIT" diff --kernel host before --seed 5
}

@test "diff --kernel refuses what a record says was asked and nobody can ask" {
	mkdir -p "$BATS_TEST_TMPDIR/odd"
	cd "$BATS_TEST_TMPDIR"
	odd() {
		jq -c "if .type == \"run\" then .asked = $1 else . end" \
			"$BATS_FILE_TMPDIR/one/open.three-way.jsonl" >odd/open.three-way.jsonl
	}
	odd '{"sets": {"a=b": 1}}'
	refused 3 'nobody can ask for "a=b"' "$FINWAIT" diff --kernel host odd --out k
	odd '{"sets": {"moon:tcp_syn_retries": 1}}'
	refused 2 "the host is 'client' or 'server'" "$FINWAIT" diff --kernel host odd --out k
	odd '{"sets": {"--out": "x"}}'
	run -3 --separate-stderr "$FINWAIT" diff --kernel host odd --out k
	one_line_of_complaint 'no sysctl'
	[ ! -e k/host/open.three-way.jsonl ]
	[ ! -e x ]
}

@test "diff --kernel refuses what it cannot do" {
	refused 2 'diff compares two' "$FINWAIT" diff --kernel host
	refused 2 'diff compares two' "$FINWAIT" diff --kernel host,5.10,6.1
	refused 2 'named twice' "$FINWAIT" diff --kernel host --kernel host
	refused 2 "goes with --kernel" "$FINWAIT" diff one again --quick
	refused 2 "goes with --kernel" "$FINWAIT" diff one again --set tcp_syn_retries=1
	refused 2 "no option '--from'" "$FINWAIT" diff --from one=one --kernel host
	refused 2 "no option '--phases'" "$FINWAIT" diff --kernel 5.10,6.1 --phases 2
	refused 2 "no probe is called 'nonesuch'" "$FINWAIT" diff --kernel 5.10,host nonesuch
	refused 3 "kernel '9.99' has not been fetched" "$FINWAIT" diff --kernel 9.99 one
	refused 3 'no such file or folder' "$FINWAIT" diff --kernel host nowhere
	[ ! -e out/9.99 ]
	# the record at hand would be overwritten
	mkdir -p "$BATS_TEST_TMPDIR/k/host"
	cp one/* "$BATS_TEST_TMPDIR/k/host"
	for path in k/host k/host/loss.syn.jsonl; do
		refused 2 'own records go' "$FINWAIT" diff --kernel host "$BATS_TEST_TMPDIR/$path" \
			--out "$BATS_TEST_TMPDIR/k"
	done
	cmp one/loss.syn.jsonl "$BATS_TEST_TMPDIR/k/host/loss.syn.jsonl"
}

@test "diff --kernel: what could not be carried out is neither the same nor different" {
	export FINWAIT=$FINWAIT_SELFCHECK
	run -3 "$FINWAIT" run verb.fails-bind --out "$BATS_TEST_TMPDIR/broken"
	run -3 "$FINWAIT" diff --kernel host "$BATS_TEST_TMPDIR/broken" --out "$BATS_TEST_TMPDIR/k"
	[[ $output == *"1 probe: 0 the same, 0 differ, 1 not carried out"* ]]
}

@test "matrix: this kernel and kept records, a column each" {
	run -0 "$FINWAIT" matrix open.three-way --kernel host --from before=one --out "$BATS_TEST_TMPDIR/m"
	grep -qE '^  finding +says +host +before +verdict +model$' <<<"$output"
	grep -qE '^  segments_without_ack +1 +1 +1 +confirmed held$' <<<"$output"
	[[ $output == *"0 differ between kernels, the model failed on 0"* ]]
	json_holds "$BATS_TEST_TMPDIR/m/host/open.three-way.jsonl" 'last | .outcome == "ok"'
	# what it kept can be compared by the kernel's name
	run -0 "$FINWAIT" diff --out "$BATS_TEST_TMPDIR/m" host one/open.three-way.jsonl
}

# kept_phases NAME PHASES FIELDS: record "one" as if kept by run --phases, in folder NAME; of
# its first finding the line says FIELDS, too.
kept_phases() {
	mkdir -p "$BATS_TEST_TMPDIR/$1"
	jq -c --argjson phases "$2" --argjson more "$3" '., if .type == "result" then .probe as $probe |
		.findings | to_entries[] | {type: "phases", probe: $probe, claim: .value.claim,
			name: .value.name, unit: .value.unit, phases: $phases,
			predicts: .value.predicts, measured: .value.measured, differ: 0,
			model_failed: 0, undecided: 0} + (if .key == 0 then $more else {} end)
		else empty end' one/open.three-way.jsonl >"$BATS_TEST_TMPDIR/$1/open.three-way.jsonl"
}

@test "matrix: kept phases give their range, each column its own number of them" {
	first=$(jq -r 'select(.type == "result").findings[0].name' one/open.three-way.jsonl)
	kept_phases three 3 '{"measured": {"lo": 1, "hi": 4}}'
	kept_phases five 5 '{"measured": "a", "other": "b", "differ": 2}'
	cd "$BATS_TEST_TMPDIR"
	run -0 "$FINWAIT" matrix open.three-way --from once="$BATS_FILE_TMPDIR/one" --from three=three \
		--from five=five
	grep -qE "^  $first .* \*1\.\.4 +\*a \[1\]" <<<"$output"
	[[ $output == *"[1] in 2 of 5 timer phases: b"* ]]
	grep -qE '^three +Linux .*, HZ [0-9]+, 3 timer phases: the model held' <<<"$output"
	grep -qE '^five +Linux .*, HZ [0-9]+, 5 timer phases: the model held' <<<"$output"
	grep -qE '^once +Linux .*, HZ [0-9]+: the model held' <<<"$output"
	# one that was run once beside them
	cp "$BATS_FILE_TMPDIR/one/loss.syn.jsonl" three
	run -0 "$FINWAIT" matrix --from three=three
	[[ $output == *", 1 to 3 timer phases: the model held"* ]]
}

@test "matrix: what kept phases came to is the exit code" {
	kept_phases failed 3 '{"model_failed": 1}'
	kept_phases unknown 3 '{"undecided": 1}'
	run -1 "$FINWAIT" matrix --from failed="$BATS_TEST_TMPDIR/failed"
	[[ $output == *"failed: MODEL FAILED"*"in 1 timer phase"* ]]
	run -3 "$FINWAIT" matrix --from unknown="$BATS_TEST_TMPDIR/unknown"
	[[ $output == *"[1] not measured in 1 of 3 timer phases"* ]]
	run -1 "$FINWAIT" matrix --from unknown="$BATS_TEST_TMPDIR/unknown" \
		--from failed="$BATS_TEST_TMPDIR/failed"
}

@test "matrix: what differs is marked, and is no failure" {
	run -0 "$FINWAIT" matrix --from one=one --from two=two
	grep -qE "^  retransmissions +\(below\) +$(retransmissions one) +\*$(retransmissions two) +(\(below\)|confirmed|REFUTED) +held\$" <<<"$output"
	# the article's figure follows the sysctl
	grep -qE '^    one: says 1, [a-zA-Z]+; two: says 2, [a-zA-Z]+$' <<<"$output"
	[[ $output == *"missing [1]"* ]]
	[[ $output == *"[1] missing: this probe was not run there"* ]]
}

@test "matrix: a model that failed on one kernel is exit 1 and names it" {
	mkdir -p "$BATS_TEST_TMPDIR/bad"
	jq -c 'if .type == "result" then .outcome = "model_failed" | .findings[0].model_ok = false
		else . end' one/open.three-way.jsonl >"$BATS_TEST_TMPDIR/bad/open.three-way.jsonl"
	run -1 "$FINWAIT" matrix open.three-way --from good=one --from bad="$BATS_TEST_TMPDIR/bad"
	[[ $output == *"    bad: MODEL FAILED"* ]]
	grep -qE 'FAILED$' <<<"$output"
}

@test "matrix: a verdict that differs is said below its row, and counted" {
	mkdir -p "$BATS_TEST_TMPDIR/other"
	jq -c 'if .type == "result" then .findings[0].verdict = "qualified" else . end' \
		one/open.three-way.jsonl >"$BATS_TEST_TMPDIR/other/open.three-way.jsonl"
	run -0 "$FINWAIT" matrix open.three-way --from one=one --from other="$BATS_TEST_TMPDIR/other"
	grep -qE '^    (says .*; )?one: confirmed; other: qualified$' <<<"$output"
	[[ $output == *", the verdict differs on 1 claim" ]]
	run -0 "$FINWAIT" matrix open.three-way --from one=one --from again=again
	[[ $output != *"(below)"* ]]
	[[ $output == *", the verdict differs on 0 claims" ]]
	# what kernels agree on is counted
	run -0 "$FINWAIT" matrix --differs --from one=one --from again=again
	[[ $output != *open.three-way* ]]
	grep -qE '^([0-9]+) of \1 rows are not here: kernels agree on them$' <<<"$output"
	run -0 "$FINWAIT" matrix --differs -v open.three-way --from one=one --from other="$BATS_TEST_TMPDIR/other"
	grep -qE '^[0-9]+ of [0-9]+ rows are not here' <<<"$output"
	[ "$(grep -cE '^  .* held$' <<<"$output")" -eq 1 ]
}

@test "matrix: all skipped is exit 4" {
	mkdir -p "$BATS_TEST_TMPDIR/skipped"
	jq -c 'if .type == "result" then .outcome = "skipped" | .reason = "no such thing" | .findings = []
		else . end' one/open.three-way.jsonl >"$BATS_TEST_TMPDIR/skipped/open.three-way.jsonl"
	run -4 "$FINWAIT" matrix --from none="$BATS_TEST_TMPDIR/skipped"
	[[ $output == *"[1] skipped: no such thing"* ]]
}

@test "matrix: a kernel that cannot be run costs its column and one line" {
	run -3 --separate-stderr "$FINWAIT" matrix open.three-way --kernel 9.99,host --out "$BATS_TEST_TMPDIR/m"
	one_line_of_complaint '9.99'
	grep -qE '^  segments_without_ack +1 +- +1 +confirmed held$' <<<"$output"
	grep -qE '^9.99 +not run: ' <<<"$output"
	# kept records that cannot be read are no different
	run -3 --separate-stderr "$FINWAIT" matrix open.three-way --from gone=nowhere --from one=one
	one_line_of_complaint 'gone: nowhere: No such file'
	grep -qE '^gone +not run: nowhere: No such file' <<<"$output"
}

# What is wrong with any of the kernels' runs is said before the first of them.
@test "matrix refuses before anything is run" {
	for options in '--seed 3' '--clock real' '--phases 3'; do
		# shellcheck disable=SC2086
		refused 2 host "$FINWAIT" matrix self.connect --kernel 9.99,host $options \
			--out "$BATS_TEST_TMPDIR/m"
	done
	refused 2 'virtual clock' "$FINWAIT" matrix --kernel 9.99 --phases 3 --clock real
	refused 2 'above 0' "$FINWAIT" matrix --kernel 9.99 --phases 0
	mkdir -p "$BATS_TEST_TMPDIR/m/host"
	cp one/* "$BATS_TEST_TMPDIR/m/host"
	refused 2 "own records go" "$FINWAIT" matrix --kernel host --out "$BATS_TEST_TMPDIR/m" \
		--from before="$BATS_TEST_TMPDIR/m/host"
	cmp one/loss.syn.jsonl "$BATS_TEST_TMPDIR/m/host/loss.syn.jsonl"
}

@test "matrix refuses what it cannot do" {
	refused 2 'matrix wants --kernel' "$FINWAIT" matrix open.three-way
	refused 2 'named twice' "$FINWAIT" matrix --kernel host,host
	refused 2 'without a name' "$FINWAIT" matrix --kernel host,,6.1
	refused 2 'NAME=DIR' "$FINWAIT" matrix --from one
	refused 2 "no option '--json'" "$FINWAIT" matrix --kernel host --json
	refused 2 'not both' "$FINWAIT" matrix --kernel host --quick --faithful
	refused 2 'goes with --kernel' "$FINWAIT" matrix --from one=one --set tcp_syn_retries=1
	refused 2 "no probe is called 'nonesuch'" "$FINWAIT" matrix nonesuch --kernel host
	refused 2 'at most 16' "$FINWAIT" matrix --kernel "$(seq -s, 20)"
	refused 3 'open the folder' "$FINWAIT" matrix --kernel host --out /proc/nowhere
}

@test "matrix as an ordinary user" {
	need_userns
	mkdir -m 777 "$BATS_TEST_TMPDIR/public"
	chmod a+rx "$BATS_FILE_TMPDIR/.." "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
	cp "$FINWAIT" "$BATS_TEST_TMPDIR/public/finwait"
	cd "$BATS_TEST_TMPDIR/public"
	run -0 as_nobody ./finwait matrix open.three-way --kernel host --out m
	[[ $output == *"the model held on"* ]]
}
