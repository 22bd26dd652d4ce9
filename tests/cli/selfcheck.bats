#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Probes that must not pass (tests/selfcheck): what becomes of each, with its exit code
# and its reason. A judge that lets one of them through is no judge.

load helper

# comes_to ID OUTCOME CODE REASON [OPTION...]: REASON is a regular expression.
comes_to() {
	local id=$1 outcome=$2 code=$3 reason=$4

	cd "$BATS_TEST_TMPDIR"
	status=0
	on_time "$FINWAIT_SELFCHECK" run "$id" --json "${@:5}" >all.jsonl || status=$?
	[ "$status" -eq "$code" ] || fail_with "exit $status, not $code"
	json_holds all.jsonl 'map(select(.type == "result")) | length == 1'
	json_holds all.jsonl "map(select(.type == \"result\"))[0] |
		.probe == \"$id\" and .outcome == \"$outcome\" and
		((.reason // \"\") | test(\"^($reason)\$\"))" || {
		jq -c 'select(.type == "result")' all.jsonl
		false
	}
	json_holds all.jsonl "last | .$outcome == 1"
	# what is kept says the same
	jq -e -s "last | .outcome == \"$outcome\"" "out/$id.jsonl" >/dev/null
}

finding_is() {
	json_holds all.jsonl "map(select(.type == \"result\"))[0].findings[$1] | $2"
}

kept_call() {
	json_holds "out/$1.jsonl" "any(.[]; .type == \"event\" and .call == \"$2\")"
}

@test "the control passes" {
	comes_to as.predicted ok 0 ''
	finding_is 0 '.verdict == "confirmed" and .model_ok'
}

@test "a wrong model fails, though the article is right" {
	comes_to model.wrong model_failed 1 'figure: measured differs from predicted'
	finding_is 0 '.verdict == "confirmed" and (.model_ok | not)'
}

@test "a wrong article is a finding, not a failure" {
	comes_to article.wrong ok 0 ''
	finding_is 0 '.verdict == "refuted" and .model_ok'
}

@test "an article that is right under a condition is qualified" {
	comes_to article.qualified ok 0 ''
	finding_is 0 '.verdict == "qualified" and .model_ok and .note == "wrong here, right with day 2"'
}

@test "a declared claim that is not judged is an error" {
	comes_to claim.unjudged error 3 'a declared claim was not judged: claim.forgotten'
}

@test "a claim judged twice is an error" {
	comes_to claim.twice error 3 'a claim was judged twice: claim.twice'
}

@test "a claim that was not declared is an error" {
	comes_to claim.undeclared error 3 \
		'a claim was judged that the probe does not declare: claim.stranger'
}

@test "a claim without a finding is an error" {
	comes_to claim.empty error 3 'a claim has no finding: claim.empty'
}

@test "a figure outside any claim is an error" {
	comes_to claim.none error 3 'a figure belongs to no claim: figure'
}

@test "a state that never comes is inconclusive" {
	comes_to precondition.unmet inconclusive 3 \
		'c1 did not reach TIME_WAIT within 5000 ms, it is in FIN_WAIT2'
	kept_call precondition.unmet close
}

@test "a state that never comes where no model knows a setting says so" {
	comes_to precondition.unmet inconclusive 3 \
		'c1 did not reach TIME_WAIT .*; tcp_notsent_lowat=0 is not modelled' --set tcp_notsent_lowat=0
}

@test "nothing measured is inconclusive" {
	comes_to measured.nothing inconclusive 3 'figure: the figure was never shown'
}

@test "a crash in run() costs nothing that was recorded" {
	comes_to crash.run crashed 3 'killed by SIGSEGV after [1-9][0-9]* events'
	kept_call crash.run accept
	kept_call crash.run send
	run "$FINWAIT_SELFCHECK" ladder crash.run
	[ "$status" -eq 0 ]
	[[ $output == *ESTABLISHED* ]]
}

@test "a crash in judge() costs nothing that was recorded" {
	comes_to crash.judge crashed 3 'killed by SIGSEGV after [1-9][0-9]* events'
	kept_call crash.judge accept
	json_holds out/crash.judge.jsonl 'map(select(.observer == "tap")) | length >= 6'
}

@test "a probe that never ends is ended" {
	comes_to never.ends timed_out 3 'still running after 1 s [(]--time-limit[)]' --time-limit 1
	kept_call never.ends accept
}

@test "a judge() that never returns is ended" {
	comes_to never.ends-busy timed_out 3 'still running after 1 s [(]--time-limit[)]' \
		--time-limit 1
}

@test "a run() that never returns and never waits is ended" {
	comes_to never.ends-run timed_out 3 'still running after 1 s [(]--time-limit[)]' --time-limit 1
}

@test "bind() that fails is told with step, socket and errno" {
	comes_to verb.fails-bind error 3 'l2 at the server: bind: Address already in use'
	kept_call verb.fails-bind listen
}

@test "shutdown() that fails is told with step, socket and errno" {
	comes_to verb.fails-shutdown error 3 \
		'c2 at the client: shutdown: Transport endpoint is not connected'
	kept_call verb.fails-shutdown accept
}

@test "a sysctl that cannot be set is told by its name" {
	comes_to verb.fails-sysctl error 3 'cannot .*net.ipv4.tcp_no_such_thing.*: No such file or directory'
}

@test "a sysctl of the whole machine is set in guests alone" {
	local before after

	read -r before </proc/sys/net/ipv4/tcp_max_orphans
	comes_to needs.machine error 3 \
		"cannot set sysctl net.ipv4.tcp_max_orphans, which is the whole machine's: Operation not permitted"
	read -r after </proc/sys/net/ipv4/tcp_max_orphans
	[ "$before" = "$after" ]
}

@test "all skipped is 4" {
	comes_to skipped.all skipped 4 'every finding was skipped'
	finding_is 0 '.verdict == "skipped" and .note == "not on this kernel"'
}

@test "a skip hides no failure" {
	comes_to skipped.some model_failed 1 'other_figure: measured differs from predicted'
}

# The machine may be late while the tests run: a walk that differs is excused where that was
# by more than the slack, which is the record's.
@test "a walk with a state too few fails" {
	need_root # what passed unseen is skipped without eBPF
	FINWAIT_SLACK_MS=10000 comes_to walk.differs model_failed 1 'client_states: measured differs from predicted'
}

@test "a walk in another order fails" {
	FINWAIT_SLACK_MS=10000 comes_to walk.reordered model_failed 1 'client_states: measured differs from predicted'
}

@test "on the edge of its bounds is inside" {
	comes_to bound.inside ok 0 ''
}

@test "one above the bound, one below, a nanosecond late, one more early than a late tick hides: all fail" {
	for id in bound.above bound.below bound.late bound.early; do
		comes_to "$id" model_failed 1 'figure: measured differs from predicted'
	done
}

@test "a count is never a time" {
	comes_to kind.differs error 3 'a figure is compared with one of another kind: figure'
}

@test "what rests on lost data is inconclusive" {
	comes_to observer.lost inconclusive 3 'figure: tap lost [1-9][0-9]* events'
	finding_is 0 '.verdict == "inconclusive"'
	json_holds all.jsonl 'map(select(.type == "result"))[0].lost.tap > 0'
}

@test "what lost events left undecided is asked four times more; interrupted, it has its result all the same" {
	local status=0

	cd "$BATS_TEST_TMPDIR"
	results_after() {
		json_holds all.jsonl "(map(select(.type == \"again\")) | length == $1) and
			(map(select(.type == \"result\")) | length == 1 and .[0].lost.tap > 0) and
			(last | .inconclusive == 1)"
	}
	run -3 "$FINWAIT_SELFCHECK" run observer.lost --json
	echo "$output" >all.jsonl
	results_after 4
	rm -rf out
	env --default-signal=INT "$FINWAIT_SELFCHECK" run observer.lost --json >all.jsonl 3>&- &
	for _ in $(seq 500); do
		! grep -q '^{"type":"again"' all.jsonl || break
		sleep 0.02
	done
	kill -s INT $!
	wait $! || status=$?
	[ "$status" -eq 3 ]
	results_after 1
}

@test "what rests on an observer that was not there is skipped" {
	comes_to observer.absent skipped 4 'every finding was skipped'
	finding_is 0 '.verdict == "skipped" and .note == "needs wire: one host talks to itself"'
}

@test "the hand drops, duplicates, reorders and injects exactly one" {
	comes_to wire.hand-verbs ok 0 ''
	comes_to wire.hand-verbs.6 ok 0 ''
}

@test "a four-tuple that is used again is another connection" {
	comes_to flow.tuple-again ok 0 ''
}

@test "the wire loses, rejects, routes, replays and floods as it is told" {
	for id in wire.half-open wire.matches wire.mtu.small wire.mtu.jumbo wire.next wire.reject \
		wire.reject-kernel wire.routed wire.replay wire.flood; do
		comes_to "$id" ok 0 ''
		comes_to "$id.6" ok 0 ''
	done
}

@test "a call that is expected to fail has its errno and its signal" {
	comes_to sock.errors ok 0 ''
}

@test "700 sockets are watched and counted by state and object" {
	# when each frame read every end, this took minutes
	comes_to sock.many ok 0 '' --time-limit 60
}

@test "a process that ends closes its sockets, killed or not" {
	comes_to sock.child ok 0 ''
}

@test "data goes on a SYN, and which address is taken is told by errno" {
	for id in sock.fastopen sock.binds; do
		comes_to "$id" ok 0 ''
		comes_to "$id.6" ok 0 ''
	done
}

@test "connections between two ports are told apart by the hosts' addresses" {
	comes_to sock.addresses ok 0 ''
	comes_to sock.addresses.6 ok 0 ''
}

@test "an end that is never accepted has a label, a life and an end" {
	comes_to sock.peer ok 0 ''
}

@test "options go by name" {
	comes_to sock.options ok 0 ''
}

@test "timers go by their sockets' options, and a closed window is probed" {
	comes_to timer.options ok 0 ''
	comes_to timer.window ok 0 ''
}

@test "sock_diag destroys a connection, where the kernel can" {
	comes_to sock.destroy ok 0 '' || comes_to sock.destroy skipped 4 '.*not supported'
}

@test "netem delays where the kernel has it; where not, that is what is missing" {
	if "$FINWAIT" doctor | grep -qE '^  netem +yes'; then
		comes_to wire.netem-delay ok 0 ''
		comes_to wire.netem-fate ok 0 ''
	else
		comes_to wire.netem-delay skipped 4 '.*needs netem.*'
		comes_to wire.netem-fate skipped 4 '.*needs netem.*'
	fi
}

@test "what is held comes in a burst where the kernel has sch_plug; where not, that is what is missing" {
	comes_to wire.burst ok 0 '' || comes_to wire.burst skipped 4 '.*needs plug.*'
}

@test "a probe with variants: a row each, with its own parameters and sysctls" {
	cd "$BATS_TEST_TMPDIR"
	run -0 "$FINWAIT_SELFCHECK" list
	grep -qE '^  grid.rows +- +A probe with two rows$' <<<"$output"
	grep -qE '^  grid.rows.retries-two +two retries$' <<<"$output"
	run -0 "$FINWAIT_SELFCHECK" show grid.rows
	grep -qE '^  grid.rows.retries-two  two retries$' <<<"$output"
	# the probe's id names all its rows, a row's id that row, a glob what it matches
	on_time "$FINWAIT_SELFCHECK" run grid.rows --json >all.jsonl
	json_holds all.jsonl 'map(select(.type == "result")) | map([.probe, .outcome,
		.findings[0].measured]) | sort == [["grid.rows", "ok", 1],
		["grid.rows.retries-two", "ok", 2]]'
	json_holds out/grid.rows.retries-two.jsonl 'map(select(.type == "probe"))[0] |
		.id == "grid.rows.retries-two" and .variant == "retries-two" and
		.params.retries == 2'
	comes_to grid.rows.retries-two ok 0 ''
	on_time "$FINWAIT_SELFCHECK" run 'grid.rows.*' --out other >/dev/null
	[ "$(ls other)" = grid.rows.retries-two.jsonl ]
	# the user wins
	comes_to grid.rows.retries-two ok 0 '' --param retries=3 --set tcp_syn_retries=3
	finding_is 0 '.measured == 3'
	comes_to grid.rows.retries-two model_failed 1 '.*' --param retries=4
}

@test "what a probe needs and has not: skipped with the reason, and nothing was begun" {
	cd "$BATS_TEST_TMPDIR"
	run -4 "$FINWAIT_SELFCHECK" run needs.vm needs.ipv6 --json
	[ ! -e out/needs.vm.jsonl ]
	[ ! -e out/needs.ipv6.jsonl ]
	jq -s 'map(select(.type == "result") | {(.probe): .reason}) | add' <<<"$output" >reasons
	json_holds reasons '.[0] == {
		"needs.vm": "needs a kernel of its own: run it with --kernel",
		"needs.ipv6": "asks about IPv6 alone: run it with -6"}'
	run -0 "$FINWAIT_SELFCHECK" show needs.vm
	[[ $output == *"Needs a kernel of its own"* ]]
}

@test "over IPv6: rows of their own, with .6 behind the id, and files of their own" {
	cd "$BATS_TEST_TMPDIR"
	on_time "$FINWAIT_SELFCHECK" run as.predicted -46 --json >all.jsonl
	json_holds all.jsonl 'map(select(.type == "probe")) |
		map([.id, .family]) | sort == [["as.predicted", 4], ["as.predicted.6", 6]]'
	[ "$(ls out)" = "$(printf '%s\n' as.predicted.6.jsonl as.predicted.jsonl)" ]
	comes_to as.predicted.6 ok 0 ''
	comes_to needs.ipv6.6 ok 0 ''
	rm -rf out
	on_time "$FINWAIT_SELFCHECK" run as.predicted -6 >/dev/null
	[ "$(ls out)" = as.predicted.6.jsonl ]
	refused 2 "no probe is called 'nope.6'" "$FINWAIT_SELFCHECK" run nope.6
}

@test "none is forgotten here" {
	for file in "$BATS_TEST_DIRNAME"/../selfcheck/*.c; do
		grep -qwF "$(basename "$file" .c)" "$BATS_TEST_FILENAME" || {
			echo "$file" >&2
			false
		}
	done
}

@test "side by side: each comes to the same, and a failed model outweighs the rest" {
	need_root # walk.differs is skipped without eBPF
	cd "$BATS_TEST_TMPDIR"
	status=0
	# precondition.unmet waits for 5 s, and for as long as it got no processor meanwhile
	FINWAIT_SLACK_MS=10000 "$FINWAIT_SELFCHECK" run --json --time-limit 20 >all.jsonl || status=$?
	[ "$status" -eq 1 ]
	json_holds all.jsonl '(map(select(.type == "result" and
		(.probe | test("^(wire|flow|sock|grid|needs|timer)[.]") | not))) | group_by(.outcome) |
		map({(.[0].outcome): length}) | add) == {model_failed: 8, inconclusive: 3,
		skipped: 2, error: 9, crashed: 2, timed_out: 3, ok: 4}'
}

@test "side by side as a table and as KTAP: nothing that failed reads as passed" {
	cd "$BATS_TEST_TMPDIR"
	run "$FINWAIT_SELFCHECK" run 'c*' 'v*' --tap
	[ "$status" -eq 1 ] # 3 would be kselftest's XPASS
	[ "$(grep -c '^not ok' <<<"$output")" -eq 10 ]
	[ "$(grep -c '^ok' <<<"$output")" -eq 0 ]
	grep -q '^not ok [0-9]* crash.run # ERROR crashed: killed by SIGSEGV' <<<"$output"
	run "$FINWAIT_SELFCHECK" run never.ends 'c*' --time-limit 1
	[ "$status" -eq 3 ]
	grep -q '^TIMED OUT  never.ends' <<<"$output"
	grep -q '^CRASHED  crash.run: .*killed by SIGSEGV' <<<"$output"
	run "$FINWAIT_SELFCHECK" run never.ends 'c*' --time-limit 1 -v
	[ "$status" -eq 3 ]
	grep -qiE '^never.ends .* timed.out' <<<"$output"
	grep -qiE '^crash.run .* crashed' <<<"$output"
	grep -q 'killed by SIGSEGV' <<<"$output"
}
