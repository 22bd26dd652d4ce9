#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# False records, made of fresh true ones (tests/mutate): finwait judge sees through them.

load helper

setup_file() {
	export MUTATE=${FINWAIT_BUILD:-$BATS_TEST_DIRNAME/../../build}/mutate
	make -s -C "$BATS_TEST_DIRNAME/../.." O="$(realpath "${FINWAIT_BUILD:-build}")" \
		"$(realpath "${FINWAIT_BUILD:-build}")/mutate"
	mkdir "$BATS_FILE_TMPDIR/true" # where 'finwait run' keeps its records
	# a record of each kind of run there is; others by their names:
	# FINWAIT_MUTATE='timewait.*' bats tests/cli/mutate.bats
	# shellcheck disable=SC2086
	"${FINWAIT_BUILD:-$BATS_TEST_DIRNAME/../../build}/finwait" run ${FINWAIT_MUTATE:-open.three-way
		loss.syn close.four-waves close.simultaneous wave1.lost wave4.lost self.connect
		finwait2.close-timeout self.two-waves simopen.four-way beyond.keepalive
		beyond.retries2} \
		--out "$BATS_FILE_TMPDIR/true" >"$BATS_FILE_TMPDIR/log" || true
}

# Records that were as predicted: on a busy machine one may be undecided.
true_records() {
	grep -l '"outcome":"ok"' "$BATS_FILE_TMPDIR"/true/*.jsonl
}

@test "fresh records are explained, and each kind of false one is seen" {
	mapfile -t records < <(true_records)
	[ ${#records[@]} -ge 8 ]
	run "$MUTATE" "${records[@]}"
	echo "$output"
	[ "$status" -eq 0 ]
}

# judged NAME: the mutants of that name, a few of each record, until one is not ok; fails if
# there are some and all are.
judged() {
	local record seed made=0 name=$1
	for seed in 0 1 2 3 4 5; do
		for record in $(true_records); do
			"$MUTATE" -n "$name" -s "$seed" "$record" >"$BATS_TEST_TMPDIR/mutant.jsonl" ||
				continue
			made=1
			"$FINWAIT" judge "$BATS_TEST_TMPDIR/mutant.jsonl" >/dev/null || return 0
		done
	done
	return $made
}

@test "finwait judge turns its verdict on false records" {
	local name missed=
	for name in $("$MUTATE" -l); do
		judged "$name" || missed+=" $name"
	done
	echo "not seen:$missed"
	[ -z "$missed" ]
}

# findings RECORD: "CLAIM CASE NAME<tab>observers it rests on<tab>what it came to", a line each.
findings() {
	"$FINWAIT" judge --json "$1" 2>/dev/null | jq -r 'select(.type == "result") | .findings[] |
		select(.name != "unexplained") |
		[.claim + " " + (.case // "") + " " + .name, (.rests_on // [] | join(" ")),
		 ([.measured, .predicts] | tojson)] | @tsv'
}

@test "a finding names each observer that it rests on" {
	local record observer name rests came_to bad=
	for record in $(true_records); do
		findings "$record" >"$BATS_TEST_TMPDIR/before"
		for observer in steps trace diag tap counters wire; do
			"$MUTATE" -o "$observer" "$record" >"$BATS_TEST_TMPDIR/silent.jsonl"
			findings "$BATS_TEST_TMPDIR/silent.jsonl" >"$BATS_TEST_TMPDIR/after"
			while IFS=$'\t' read -r name rests came_to; do
				[[ " $rests " != *" $observer "* ]] || continue
				grep -qF "$name"$'\t'"$rests"$'\t'"$came_to" "$BATS_TEST_TMPDIR/after" ||
					bad+="$name changes without $observer"$'\n'
			done <"$BATS_TEST_TMPDIR/before"
		done
	done
	echo "$bad"
	[ -z "$bad" ]
}
