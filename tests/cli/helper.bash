# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # status, output, stderr are of bats
# What the command line's tests share. The programs: $FINWAIT and $FINWAIT_SELFCHECK, or
# those that make left in $FINWAIT_BUILD (build).

bats_require_minimum_version 1.5.0

unset COLUMNS # the width is what a test says it is

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
FINWAIT=$(realpath "${FINWAIT:-${FINWAIT_BUILD:-$TOP/build}/finwait}")
FINWAIT_SELFCHECK=$(realpath "${FINWAIT_SELFCHECK:-${FINWAIT_BUILD:-$TOP/build}/finwait-selfcheck}")
NOBODY=65534

# The rows of all probes, one a line; those that need minutes.
probes() {
	"$FINWAIT" list --ids
}

slow_probes() {
	"$FINWAIT" list --json | jq -r 'select(.slow).id'
}

# lacks FEATURE COMMAND...: as on a kernel without it (lacks.c).
lacks() {
	LACKS=$1 LD_PRELOAD=$BATS_FILE_TMPDIR/lacks.so "${@:2}"
}

build_lacks() {
	"${CC:-gcc}" -shared -fPIC -O2 -Wall -Wextra -o "$BATS_FILE_TMPDIR/lacks.so" \
		"$BATS_TEST_DIRNAME/lacks.c"
}

# As an ordinary user, with a program that such a user can reach.
as_nobody() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups "$@"
	else
		"$@"
	fi
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

need_userns() {
	as_nobody unshare -Un true 2>/dev/null || skip "needs unprivileged user namespaces"
}

# A refusal: the exit code $1, nothing printed, one line on standard error with $2 in it.
refused() {
	local code=$1 words=$2

	run --separate-stderr "${@:3}"
	[ "$status" -eq "$code" ] || fail_with "exit $status, not $code"
	[ -z "$output" ] || fail_with "something was printed"
	one_line_of_complaint "$words"
}

one_line_of_complaint() {
	[ "${#stderr_lines[@]}" -eq 1 ] || fail_with "${#stderr_lines[@]} lines of complaint"
	[[ $stderr == "finwait: "* ]] || fail_with "not finwait's own words"
	[[ $stderr == *"$1"* ]] || fail_with "nothing of '$1'"
}

fail_with() {
	echo "$1" >&2
	echo "status: ${status-}" >&2
	echo "stdout: ${output-}" >&2
	echo "stderr: ${stderr-}" >&2
	return 1
}

# await COMMAND...: until it succeeds, 10 s at most.
await() {
	for _ in $(seq 500); do
		! "$@" || return 0
		sleep 0.02
	done
	echo "in vain: $*" >&2
	return 1
}

# Of a result: all that it lacks is a machine that was not late, or that ran its eBPF programs
# each time (some do not, examine_holes.c). No test rests on how busy it is.
# shellcheck disable=SC2034 # used by the tests
LATE='.type == "result" and .outcome == "inconclusive" and
	(.reason | test("the machine was [0-9]+ ms late|trace lost [0-9]+ events"))'
AMISS='.type == "result" and .outcome != "ok" and .outcome != "skipped"'

# lateness_alone FILE...: something is amiss in these records, and it is lateness every time.
lateness_alone() {
	[ $# -gt 0 ] && jq -e -s "map(select($AMISS)) | length > 0 and all(.[]; $LATE)" "$@" >/dev/null
}

# as_predicted_or_late CODE FILE...: exit 0, or 3 where lateness is all that is amiss.
as_predicted_or_late() {
	local code=$1

	[ "$code" -ne 0 ] || return 0
	[ "$code" -eq 3 ] && lateness_alone "${@:2}" || say_amiss "exit $code" "${@:2}"
}

# say_amiss WHAT FILE...: fails, and says what and why.
say_amiss() {
	echo "$1" >&2
	jq -c "select($AMISS) | [.probe, .outcome, .reason]" "${@:2}" >&2
	return 1
}

# on_time COMMAND...: a finwait that runs probes. What a late machine alone has spoiled is done
# again, five times at most; the last one's output and exit code are those of on_time.
on_time() {
	local dir=out status printed records word

	for word in "$@"; do # what is behind --out
		[ "$dir" != --out ] || dir=$word
		[ "$word" != --out ] || dir=--out
	done
	printed=$(mktemp -p "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}")
	for _ in 1 2 3 4 5; do
		status=0
		"$@" >"$printed" || status=$?
		mapfile -t records < <(find "$dir/" -name '*.jsonl' 2>/dev/null)
		[ "$status" -eq 3 ] && lateness_alone "${records[@]}" || break
	done
	cat "$printed"
	rm "$printed"
	[ "$status" -ne 3 ] || ! lateness_alone "${records[@]}" ||
		say_amiss "late each time" "${records[@]}" || true
	return "$status"
}

# json_holds FILE FILTER: jq finds FILTER true of the array of all its lines.
json_holds() {
	jq -e -s "$2" "$1" >/dev/null || {
		echo "not true of $1: $2" >&2
		return 1
	}
}
