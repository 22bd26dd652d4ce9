#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What shells complete and what man shows: made from the tables of commands and options.

load helper

# A cache that has a kernel, as far as a list of them looks.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export XDG_CACHE_HOME=$PWD/cache
	folder=cache/finwait/kernels/6.12.9-amd64
	mkdir -p "$folder/boot" "$folder/lib/modules/6.12.9-amd64"
	touch "$folder/boot/vmlinuz-6.12.9-amd64"
	echo 6.12.9-1 >"$folder/version"
}

# reply WORD...: what bash offers for the last one; bash hands over '=' and ':' as words.
reply() {
	bash -c 'eval "$("$0" completion bash)"
		COMP_WORDS=("$0" "$@") COMP_CWORD=$# COMPREPLY=()
		_finwait "$0"
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' "$FINWAIT" "$@"
}

# offers WORDS WANTED...: exactly these.
offers() {
	local words

	read -ra words <<<"$1"
	[[ $1 != *' ' && -n $1 ]] || words+=('')
	diff <(reply "${words[@]}" | sort) <([ $# -eq 1 ] || printf '%s\n' "${@:2}" | sort) ||
		fail_with "not what is offered for '$1'"
}

@test "completion bash: commands, their words, options and what those may be" {
	# shellcheck disable=SC2046 # words
	offers '' $("$FINWAIT" help | sed -n '/^usage/,/^Of every/s/^  \([a-z]*\) .*/\1/p')
	offers 'di' diff
	offers 'help sy' sysctl
	offers '--quiet --asc' --ascii
	offers '--quiet sch' schema
	offers 'run wave4.l' wave4.lost
	offers 'show self.c' self.connect
	offers 'ladder self.c' self.connect
	offers 'kernel ' list fetch rm
	offers 'kernel rm ' 6.12
	offers 'run --kernel ' 6.12 cache
	offers 'matrix --kernel host,' host,6.12 host,host
	offers 'article B' B
	offers 'sysctl tcp_fin' tcp_fin_timeout
	offers 'sysctl TCP_LIN' TCP_LINGER2
	offers 'run --set tcp_fin_t' tcp_fin_timeout=
	offers 'run --set tcp_fin_timeout = 6'
	offers 'run --set = tcp_fin_t' tcp_fin_timeout=
	offers 'run --set server : net.core.som' net.core.somaxconn=
	offers 'run --set cl' client:
	offers 'run close.four-waves --param ' to_the_end=
	offers 'run --clock ' virtual real
	offers 'run --clock = v' virtual
	offers 'run -j '
	offers 'run --nothing-like-it'
	offers 'nothing --js'
	offers 'completion ' bash zsh fish
}

@test "completion bash: each option of each command, files and folders" {
	for command in list run matrix diff judge ladder; do
		# shellcheck disable=SC2046 # words
		offers "$command -" $({
			"$FINWAIT" help $command
			"$FINWAIT" help
		} | sed -n 's/^  \(-[^ ]*\).*/\1/p')
	done
	touch kept.jsonl
	mkdir kept.dir
	offers 'judge kept' kept.jsonl kept.dir
	offers 'run --out kept' kept.dir
	offers 'run --out = kept' kept.dir
}

@test "completion zsh and fish: scripts that ask the same" {
	for shell in zsh fish; do
		run -0 --separate-stderr "$FINWAIT" completion $shell
		[ -z "$stderr" ]
		[[ $output == *'completion words -- '* ]]
		! command -v $shell >/dev/null || $shell -n <<<"$output"
	done
	[[ $("$FINWAIT" completion zsh | head -n 1) == '#compdef finwait' ]]
	refused 2 'bash, zsh or fish' "$FINWAIT" completion csh
	refused 2 'bash, zsh or fish' "$FINWAIT" completion
}

@test "completion words: a line each, whatever stands before" {
	run -0 --separate-stderr "$FINWAIT" completion words --
	[ -z "$output$stderr" ]
	run -0 --separate-stderr "$FINWAIT" completion words -- --help run --help $'\e[31m' ''
	[ -z "$output$stderr" ]
	run -0 --separate-stderr "$FINWAIT" completion words -- run self.connect
	[[ ${lines[0]} == $'self.connect\t'* ]]
}

# page NAME: as groff formats it, without a warning; wide, so that an option is one line.
page() {
	local page="${FINWAIT%/*}/man/$1"

	[ -s "$page" ] || fail_with "make has made no $page"
	command -v groff >/dev/null || skip "no groff here"
	run -0 --separate-stderr groff -man -rLL=160n -ww -Tutf8 -P-cbou "$page"
	[ -z "$stderr" ]
}

@test "finwait(1): every command and option, the exit codes, no warning" {
	page finwait.1
	for command in $("$FINWAIT" help | sed -n '/^usage/,/^Of every/s/^  \([a-z]*\) .*/\1/p'); do
		grep -qE "^       $command( |$)" <<<"$output" || fail_with "no $command"
		for option in $("$FINWAIT" help "$command" | sed -n 's/^  \(-[^ ]*\).*/\1/p'); do
			grep -qE "^       $option( .*)? \(([a-z]+, )*${command}[,)]" <<<"$output" ||
				fail_with "no $option of $command"
		done
	done
	for section in NAME SYNOPSIS COMMANDS OPTIONS 'EXIT STATUS' ENVIRONMENT FILES EXAMPLES; do
		grep -qx "$section" <<<"$output" || fail_with "no section $section"
	done
	[[ $output != *@* ]]
}

@test "finwait-probe(7): the verbs of docs/verbs.md, no warning" {
	page finwait-probe.7
	[ "$(grep -c '^| [^-]' "$TOP/docs/verbs.md")" -eq "$(($(grep -c '^\.TP' \
		"${FINWAIT%/*}/man/finwait-probe.7") - 1 + $(grep -c '^| --- ' "$TOP/docs/verbs.md")))" ]
	grep -qE '^ +flow_establish\(run, 8080, &c, &s\)$' <<<"$output"
	grep -qx '(kernel: no, hand: yes, routed: no)' "${FINWAIT%/*}/man/finwait-probe.7"
}
