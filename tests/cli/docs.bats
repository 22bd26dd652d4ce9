#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What README.md and docs/ tell people to type does what they say.

load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR"
	mkdir bin
	ln -s "$FINWAIT" bin/finwait
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	PATH=$BATS_FILE_TMPDIR/bin:$PATH
}

# The commands of README's blocks, one a line, without what follows a #.
readme_commands() {
	sed -n '/^```$/,/^```$/{s/^\$ //;s/  *#.*//;/^finwait /p}' "$TOP/README.md"
}

# Only the host, and kernels that were fetched: no test downloads one.
can_run() {
	local kernel

	[[ $1 != "finwait kernel fetch"* ]] || return 1
	for kernel in $(sed -n 's/.*--kernel \([^ ]*\).*/\1/p' <<<"$1" | tr , ' '); do
		finwait kernel list | grep -qE "^$kernel([.-]|$)" || return 1
	done
}

@test "README: every command in a block runs, and leaves what the next one reads" {
	local command done=0

	while read -r command; do
		can_run "$command" || continue
		run bash -c "$command"
		[ "$status" -le 1 ] || fail_with "$command"
		[ -n "$output" ] || fail_with "$command: nothing was printed"
		done=$((done + 1))
	done < <(readme_commands)
	[ "$done" -ge 3 ]
}

@test "README: the jq line has a row for each finding" {
	local line rows

	line=$(readme_commands | grep '| jq ')
	rows=$(bash -c "$line" | wc -l)
	[ "$rows" -gt 2 ]
	[ "$rows" -eq "$(jq 'select(.type == "result").findings | length' out/wave1.lost.jsonl)" ]
}

@test "README: each command has a row, and each row's command is one" {
	local command

	for command in $(finwait help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		grep -qE "^\\| \`finwait .*\\b$command\\b" "$TOP/README.md" ||
			grep -qE "^\\| .*\`$command " "$TOP/README.md" || fail_with "no row for $command"
	done
	for command in $(sed -n 's/^| `finwait \([a-z]*\).*/\1/p' "$TOP/README.md" | sort -u); do
		run -0 finwait help "$command"
	done
}

@test "README: each option that it names is one" {
	local option

	for option in $(grep -oE '`--[a-z-]+' "$TOP/README.md" | tr -d '`' | sort -u); do
		# without a command: those of every one
		for command in '' list run matrix sweep diff ladder judge report; do finwait help $command; done |
			grep -qE "^  $option\b" || fail_with "no option $option"
	done
}

@test "README: the probe that it shows is the one of the source tree" {
	diff <(sed -n '/^```c$/,/^```$/p' "$TOP/README.md" | sed '1d;$d') \
		"$TOP"/probes/*/wave1.lost.c
}

@test "docs/record.md: what it tells to type prints something of a record" {
	local blocks=0 block=''

	finwait run wave4.lost >/dev/null
	cp out/wave4.lost.jsonl record.jsonl
	while IFS= read -r line; do
		if [ "$line" = '```' ] && [ -n "$block" ]; then
			run -0 bash -c "$block"
			[ -n "$output" ] || fail_with "nothing was printed: $block"
			blocks=$((blocks + 1))
			block=''
		elif [ "$line" = '```sh' ]; then
			block=$'\n'
		elif [ -n "$block" ]; then
			block+=$line$'\n'
		fi
	done <"$TOP/docs/record.md"
	[ "$blocks" -ge 2 ]
}

# The lines of all blocks that begin with jq or python3, or go through them, one after a NUL; one
# goes on as long as a quote is open.
programs_lines() {
	sed -n '/^```/,/^```/p' "$TOP/README.md" "$TOP"/docs/*.md | awk '
		open { line = line "\n" $0 }
		!open && /(^|\| )(jq|python3) / { line = $0; open = 1 }
		open && gsub("\047", "\047", line) % 2 == 0 { printf "%s%c", line, 0; open = 0 }'
}

# Of records at hand: what a line makes of them does not rest on who has just run them.
@test "README and docs: every line for jq and Python does something" {
	local line count=0 jq=0 python=0

	mkdir out
	cp "$TOP"/tests/unit/records/true/{wave4.lost,beyond.retries2}.jsonl out
	cp out/wave4.lost.jsonl record.jsonl
	while IFS= read -r -d '' line; do
		run -0 bash -o pipefail -c "${line/finwait run * --json/cat record.jsonl}"
		[ -n "$output" ] || fail_with "nothing was printed: $line"
		count=$((count + 1))
		[[ $line != *jq* ]] || jq=$((jq + 1))
		[[ $line != *python3* ]] || python=$((python + 1))
	done < <(programs_lines)
	[ "$count" -ge 5 ]
	[ "$jq" -ge 3 ]
	[ "$python" -ge 1 ]
}

# What a probe may call: the functions of probe.h and of the parts that it is made of, but for
# two that run the judge.
verbs() {
	(cd "$TOP/harness" && sed 's|/\*.*\*/||; /^ \*/d' probe.h step/sock_verbs.h judge/judge.h \
		judge/measure.h judge/fin_loss.h judge/fin_stay.h judge/data_loss.h judge/window_wait.h) |
		grep -oE '^[a-z][a-z0-9_ ]*[ *][a-z0-9_]+\(' | grep -oE '[a-z0-9_]+\($' |
		grep -vxE '(judge_record|record_came_to_judge)\(' | sort -u
}

@test "docs/verbs.md: every verb and query, and none that there is not" {
	local told

	[ "$(verbs | wc -l)" -gt 100 ]
	told=$(grep -oE '[a-z0-9_]+\(' "$TOP/docs/verbs.md" | sort -u)
	diff <(verbs) <(grep -E \
		'^(await|bench|child|counters|data|fin|flow|host|judge|judged|match|measure|measured|note|observe|packet|param|run|sent|sock|socks|sysctl|value|when|window|wire)(_.*)?\($' \
		<<<"$told" | grep -vxE '(run|judge)\(')
	for model in $(grep -oE '^model[a-z0-9_]+|model_[a-z0-9_]+\(' <<<"$told"); do
		grep -rqF "$model" "$TOP/harness/judge/model" --include='*.h' ||
			fail_with "$model is no model"
	done
}
