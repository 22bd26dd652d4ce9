#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What CI does with finwait: --expect, baseline, --exit bisect, and the shell steps of the action.

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR"
	on_time "$FINWAIT" run self.connect open.three-way --out kept >/dev/null
	on_time "$FINWAIT" run wave4.lost --set tcp_orphan_retries=1 --out lost >/dev/null
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR/kept" "$BATS_FILE_TMPDIR/lost" .
}

# count DIR: of the findings in its records.
count() {
	jq -s 'map(select(.type == "result").findings | length) | add' "$1"/*.jsonl
}

# changed FILE FILTER: its result, by jq.
changed() {
	jq -c "if .type == \"result\" then $2 else . end" "$1" >changed.jsonl
	mv changed.jsonl "$1"
}

one_more='(.findings[] | select(.claim == "wave4.lost-retries" and .name == "fin_segments").measured) += 1'
one_segment='(.findings[] | select(.name == "segments").measured) = "S"'

@test "--expect: as it was is 0, whatever finwait's own words say now" {
	run -0 on_time "$FINWAIT" run self.connect open.three-way --expect kept
	[ "${lines[-1]}" = "kept: $(count kept) findings as expected, 0 unexpected" ]
	changed kept/self.connect.jsonl '.findings[].rule = "another_function()"'
	run -0 "$FINWAIT" judge out --expect kept
	[ "${lines[-1]}" = "kept: $(count kept) findings as expected, 0 unexpected" ]
}

@test "--expect: a finding that changed is a row and exit 1; the others are counted" {
	changed kept/self.connect.jsonl "$one_segment"
	run -1 on_time "$FINWAIT" run self.connect open.three-way --expect kept
	[ "${lines[-1]}" = "kept: $(($(count kept) - 1)) findings as expected, 1 unexpected" ]
	grep -qE '^  UNEXPECTED +finding +then +now$' <<<"$output"
	grep -qE '^  self.connect +segments +S, model only +S SA A, model only$' <<<"$output"
	cp lost/wave4.lost.jsonl now.jsonl
	changed lost/wave4.lost.jsonl "$one_more"
	run -1 "$FINWAIT" judge ./now.jsonl --expect lost
	[ "${lines[-1]}" = "lost: $(($(count lost) - 1)) findings as expected, 1 unexpected" ]
	grep -qE '^  wave4.lost +fin_segments of +[0-9]+, REFUTED +[0-9]+, REFUTED$' <<<"$output"
	# what is for programs stays so
	run -1 --separate-stderr "$FINWAIT" judge ./now.jsonl --expect lost --json
	[ "$(jq -s length <<<"$output")" -gt 2 ]
	[[ $stderr == *UNEXPECTED* ]]
}

@test "--expect: one that is gone, one that is new, one that was not answered, probes of one side" {
	cp -r lost now
	cp kept/self.connect.jsonl now
	changed lost/wave4.lost.jsonl '.findings += [.findings[0] | .name = "other"]'
	run -1 "$FINWAIT" judge ./now --expect lost
	grep -qE '^  wave4.lost +other +yes, confirmed +no such finding$' <<<"$output"
	changed lost/wave4.lost.jsonl 'del(.findings[-1]) | del(.findings[0])'
	run -0 "$FINWAIT" judge ./now --expect lost
	grep -qx '  findings new: 1' <<<"$output"
	grep -qx '  probes of which nothing is kept: 1' <<<"$output"
	changed lost/wave4.lost.jsonl \
		'.findings[0] |= (.measured = null | .verdict = "inconclusive" | del(.model_ok))'
	cp kept/self.connect.jsonl lost
	run -0 "$FINWAIT" judge ./now/wave4.lost.jsonl --expect lost
	grep -qx '  not answered now or then: 1' <<<"$output"
	grep -qx '  probes kept, not asked now: 1' <<<"$output"
}

@test "--expect: a model that failed then, too, is as expected" {
	# records that were kept come to what they say: judge judges anew, diff reads
	cd "$BATS_TEST_TMPDIR"
	run -1 "$FINWAIT_SELFCHECK" run model.wrong --out wrong
	run -0 "$FINWAIT_SELFCHECK" run model.wrong --expect wrong
	[[ ${lines[-1]} == "wrong: "*" as expected, 0 unexpected" ]]
	# and one that fails anew is not
	changed wrong/model.wrong.jsonl 'del(.findings[])'
	run -1 "$FINWAIT_SELFCHECK" run model.wrong --expect wrong
}

@test "--expect: what was asked otherwise is not compared, and is not a pass" {
	run -3 --separate-stderr on_time "$FINWAIT" run self.connect --set tcp_orphan_retries=1 --expect kept
	[[ $stderr == *"kept: some of it was asked otherwise"* ]]
	run -3 --separate-stderr "$FINWAIT" judge ./kept --expect lost
	[[ $stderr == *"lost: it has nothing of these probes"* ]]
	refused 3 "none: No such file" "$FINWAIT" run self.connect --expect none
	refused 2 "--expect is given once" "$FINWAIT" run self.connect --expect kept --expect kept
}

@test "--expect: words of a record do nothing to a terminal" {
	cp lost/wave4.lost.jsonl now.jsonl
	changed lost/wave4.lost.jsonl '.findings[0].measured = "\u001b[31mred\u0007\n~~~~~~~~"'
	run -1 "$FINWAIT" judge ./now.jsonl --expect lost
	[[ $output == *"[31mred"* ]]
	run ! grep -qP '[\x00-\x08\x0b-\x1f]' <<<"$output"
	run ! "$BASH" -c '"$1" judge ./now.jsonl --expect lost | grep -q "^~~~"' "$BASH" "$FINWAIT"
}

@test "baseline: save keeps, check compares" {
	run -0 on_time "$FINWAIT" baseline save self.connect --out baseline
	[ -s baseline/self.connect.jsonl ]
	run -0 on_time "$FINWAIT" baseline check self.connect
	[[ ${lines[-1]} == "baseline: "*" as expected, 0 unexpected" ]]
	[ -s out/self.connect.jsonl ]
	changed baseline/self.connect.jsonl '.findings[-1].measured = "S"'
	run -1 on_time "$FINWAIT" baseline check self.connect
	run -0 on_time "$FINWAIT" baseline check self.connect --expect kept
	refused 2 "baseline wants save or check" "$FINWAIT" baseline self.connect
	refused 2 "--expect goes with check" "$FINWAIT" baseline save --expect kept
	refused 3 "nowhere: No such file" "$FINWAIT" baseline check --expect nowhere
}

@test "--exit bisect: 0, 1, and 125 for the rest" {
	refused 2 "--exit knows bisect, not 'x'" "$FINWAIT" run --exit x self.connect
	run -0 on_time "$FINWAIT" run --exit bisect self.connect --expect kept
	run -1 "$FINWAIT_SELFCHECK" run --exit bisect model.wrong
	run -125 "$FINWAIT" run --exit bisect no.such
	run -125 "$FINWAIT" run --exit bisect --no-such
	run -125 "$FINWAIT_SELFCHECK" run --exit bisect needs.vm
	run -125 "$FINWAIT" judge --exit bisect none
}

# The recipe of docs/ci.md, with a probe for a kernel: the fourth commit does not build, from the
# sixth on the answer is another one.
@test "git bisect run: finds the commit, past one that tells nothing" {
	"$FINWAIT" new my.probe
	on_time "$FINWAIT" run ./my.probe.c --out "$PWD/good" >/dev/null
	git init -q tree
	cd tree
	git config user.email somebody@finwait.invalid
	git config user.name Somebody
	for commit in 1 2 3 4 5 6 7 8; do
		cp ../my.probe.c .
		[ "$commit" -ne 4 ] || sed -i 's/flow_establish/flow_of_mine/' my.probe.c
		[ "$commit" -lt 6 ] || sed -i 's/^#define BYTES 100/#define BYTES 101/' my.probe.c
		echo "// $commit" >>my.probe.c
		git add my.probe.c
		git commit -qm "commit $commit"
	done
	mkdir ../bin
	ln -s "$FINWAIT" ../bin/finwait
	sed -n 's|^\(finwait run --exit bisect \)wave1.lost --kernel "$image"|\1./my.probe.c|p' "$TOP/docs/ci.md" >../ask
	[ -s ../ask ]
	git bisect start HEAD HEAD~7
	PATH=$PWD/../bin:$PATH run -0 git bisect run bash ../ask
	[ "$(git log -1 --format=%s refs/bisect/bad)" = 'commit 6' ]
}

# ---- the action ----

ACTION=.github/actions/finwait/action.yml

# step NAME: its shell lines.
step() {
	awk -v name="    - name: $1" '/^    - name: /{on = $0 == name; body = 0}
		on && /^      run: \|$/{body = 1; next}
		body && /^        /{print substr($0, 9)}' "top/$ACTION"
}

# A tree that an ordinary user can reach, with what the steps use.
action_tree() {
	tree=$(mktemp -d)
	chmod 777 "$tree"
	mkdir -p "$tree/top/.github/actions" "$tree/top/scripts"
	cp -r "$TOP/.github/actions/finwait" "$tree/top/.github/actions"
	cp "$TOP/scripts/ci" "$tree/top/scripts"
	cp "$FINWAIT" "$FINWAIT_SELFCHECK" "$tree"
	cp -r kept "$tree"
	mkdir "$tree/expect"
	mv "$tree/kept" "$tree/expect/host"
	chmod -R a+rX "$tree"
	cd "$tree"
}

teardown() {
	[ -z "${tree-}" ] || rm -rf "$tree"
}

# steps USER KERNELS PROBES EXPECT [PROGRAM]: both, as GitHub runs them; exit code of the second.
steps() {
	: >environment
	: >summary.md
	chmod 666 environment summary.md
	step 'finwait itself' >first.sh
	step ask >second.sh
	[ -s first.sh ] && [ -s second.sh ]
	$1 env GITHUB_ENV="$tree/environment" GIVEN="$tree/${5-finwait}" \
		ACTION="$tree/top/.github/actions/finwait" \
		bash --noprofile --norc -eo pipefail first.sh
	# shellcheck disable=SC2046 # NAME=VALUE words without blanks
	$1 env $(cat environment) GITHUB_STEP_SUMMARY="$tree/summary.md" HOME="$tree" KERNELS="$2" \
		PROBES="$3" EXPECT="$4" OPTIONS= TABLE=unexpected OUT=finwait-records \
		bash --noprofile --norc -eo pipefail second.sh
}

action_asks() {
	run -0 on_time_steps "$1" host 'self.connect open.three-way' expect
	grep -q 'expect/host: .* as expected, 0 unexpected' <<<"$output"
	[ ! -s summary.md ] # nothing to look at
	[ "$(ls finwait-records/host)" = "$(printf '%s\n' open.three-way.jsonl self.connect.jsonl table.txt)" ]
	changed expect/host/self.connect.jsonl "$one_segment"
	chmod a+r expect/host/*
	run -1 on_time_steps "$1" host 'self.connect open.three-way' expect
	grep -qx '### finwait, kernel host: exit 1' summary.md
	grep -q UNEXPECTED summary.md
}

# A machine that was late is asked again.
on_time_steps() {
	local status

	for _ in 1 2 3 4 5; do
		status=0
		steps "$@" || status=$?
		[ "$status" -eq 3 ] || break
	done
	return "$status"
}

@test "the action's steps, as root" {
	need_root
	action_tree
	action_asks ''
}

@test "the action's steps, rootless" {
	need_userns
	action_tree
	# what root saw by trace a user cannot: answers that were kept rootless
	on_time as_nobody ./finwait run self.connect open.three-way --out mine >/dev/null
	rm -r expect/host
	cp -r mine expect/host
	action_asks as_nobody
}

@test "the action: everything skipped is a warning, and what could not be asked is not" {
	action_tree
	run -0 steps '' host needs.vm '' finwait-selfcheck
	[[ $output == *'::warning::finwait: everything was skipped'* ]]
	run -3 steps '' host self.connect nowhere
	run -2 steps '' host no.such ''
}
