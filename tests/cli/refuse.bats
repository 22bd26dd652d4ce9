#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input and bad surroundings: each one line on standard error and the documented exit
# code: 2 for a mistake in what was asked for, 3 for what could not be carried out.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "no command, and one that there is not" {
	run --separate-stderr "$FINWAIT"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *"usage: finwait COMMAND"* ]]
	refused 2 "no command 'bogus'" "$FINWAIT" bogus
}

@test "an unknown probe" {
	refused 2 "no probe is called 'nope'" "$FINWAIT" run nope
	refused 2 "no probe is called 'nope'" "$FINWAIT" run self.connect nope
	refused 2 "no probe is called 'nope'" "$FINWAIT" show nope
	refused 2 "no probe is called 'nope'" "$FINWAIT" ladder nope
	refused 2 "no probe is called ''" "$FINWAIT" run ''
	[ ! -e out ]
}

@test "a glob that matches none" {
	refused 2 "no probe matches 'nope.*'" "$FINWAIT" run 'nope.*'
	refused 2 "no probe matches 'nope.*'" "$FINWAIT" run self.connect 'nope.*'
}

@test "a slack that is no number of milliseconds" {
	for slack in ten -1 10001 5x ''; do
		refused 2 FINWAIT_SLACK_MS env "FINWAIT_SLACK_MS=$slack" "$FINWAIT" run self.connect
	done
	[ ! -e out ]
}

@test "an unknown sysctl" {
	refused 2 net.ipv4.tcp_nope "$FINWAIT" run self.connect --set tcp_nope=1
	refused 2 net.ipv4.tcp_nope "$FINWAIT" run self.connect --set server:net.ipv4.tcp_nope=1
	refused 2 kernel.hostname "$FINWAIT" run self.connect --set kernel.hostname=x
	refused 2 ../../x "$FINWAIT" run self.connect --set ../../x=1
	[ ! -e out ]
}

@test "what the kernel keeps for the whole machine cannot be set" {
	before=$(cat /proc/sys/net/ipv4/tcp_max_orphans)
	refused 2 tcp_max_orphans "$FINWAIT" run self.connect --set tcp_max_orphans=5
	[ "$(cat /proc/sys/net/ipv4/tcp_max_orphans)" = "$before" ]
}

@test "a bad value, or none" {
	refused 2 "'abc'" "$FINWAIT" run self.connect --set tcp_fin_timeout=abc
	refused 2 "'999'" "$FINWAIT" run self.connect --set tcp_syn_retries=999
	refused 2 "--set wants NAME=VALUE" "$FINWAIT" run self.connect --set tcp_fin_timeout
	refused 2 "--set wants NAME=VALUE" "$FINWAIT" run self.connect --set tcp_fin_timeout=
	refused 2 "--set wants NAME=VALUE" "$FINWAIT" run self.connect --set =1
}

@test "a host that there is not" {
	refused 2 "'client' or 'server'" "$FINWAIT" run self.connect --set wire:tcp_fin_timeout=1
}

@test "a parameter that no probe of the run has, or that is no number" {
	refused 2 "parameter 'nope'" "$FINWAIT" run close.four-waves --param nope=1
	refused 2 "parameter 'to_the_end'" "$FINWAIT" run self.connect --param to_the_end=1
	refused 2 "'x'" "$FINWAIT" run close.four-waves --param to_the_end=x
	refused 2 "--param wants NAME=VALUE" "$FINWAIT" run close.four-waves --param to_the_end
}

@test "an unknown option, one without its value, one that is no number" {
	refused 2 "'--bogus'" "$FINWAIT" run --bogus
	refused 2 "'-q'" "$FINWAIT" run -q
	refused 2 "--out wants a value" "$FINWAIT" run --out
	for number in 0 x -1 1x '' 99999999999999999999; do
		refused 2 "-j wants a number" "$FINWAIT" run -j "$number"
		refused 2 "--time-limit wants a number" "$FINWAIT" run --time-limit "$number"
	done
	refused 2 "'--bogus'" "$FINWAIT" ladder --bogus
}

@test "too many arguments, or too few" {
	refused 2 "'x'" "$FINWAIT" list x
	refused 2 "'x'" "$FINWAIT" doctor x
	refused 2 "one probe's id" "$FINWAIT" show
	refused 2 "one probe's id" "$FINWAIT" show self.connect self.two-waves
	refused 2 "one probe's id" "$FINWAIT" ladder
}

@test "a ladder of what was never run, and of no record" {
	refused 3 "finwait run self.connect" "$FINWAIT" ladder self.connect
	refused 3 /etc/hostname "$FINWAIT" ladder /etc/hostname
	refused 3 "Is a directory" "$FINWAIT" ladder /tmp
	# nothing to draw is no empty picture
	: >empty.jsonl
	refused 3 "empty.jsonl: not the record of a probe" "$FINWAIT" ladder ./empty.jsonl
}

@test "an --out that cannot be written" {
	refused 3 /proc/nope "$FINWAIT" run self.connect --out /proc/nope
	refused 3 /dev/null "$FINWAIT" run self.connect --out /dev/null
	refused 3 ./no/such "$FINWAIT" run self.connect --out ./no/such
	refused 3 --out "$FINWAIT" run self.connect --out "$(printf '%05000d' 0)"
}

@test "an --out that an ordinary user may not write" {
	need_root
	need_userns
	mkdir -m 755 room
	cp "$FINWAIT" room/finwait
	chmod 755 "$BATS_TEST_TMPDIR"
	cd room
	refused 3 Permission as_nobody ./finwait run self.connect
}

@test "a full disk: each file that is not whole is named, what was written stays whole" {
	need_root
	unshare -m true 2>/dev/null || skip "needs a mount namespace, which a chroot does not allow"
	mkdir full
	# 80 KiB hold the records of some probes, not of all
	unshare -m sh -c 'mount -t tmpfs -o size=80k none full && "$@"; status=$?
		mkdir kept; cp full/*.jsonl kept; exit $status' \
		sh "$FINWAIT" run self.connect self.two-waves close.four-waves close.simultaneous \
		open.three-way simopen.four-way finwait2.close-timeout \
		--set tcp_fin_timeout=1 --out full >table.txt 2>complaint.txt || status=$?
	[ "$status" -eq 3 ]
	run ! grep -vE '^finwait: cannot write the record full/[a-z0-9.-]+.jsonl: No space left on device$' \
		complaint.txt
	# those without a result are those that were named
	diff <(sed 's|.*full/\(.*\): .*|\1|' complaint.txt | sort) \
		<(cd kept && grep -L '"type":"result"' ./*.jsonl | cut -c3-)
	# the run itself went on
	grep -qE '^[0-9]+ probes: [0-9]+ as predicted' table.txt
	grep -qx 'Not every record could be kept in full/.' table.txt
	run ! grep -q 'The record is in' table.txt
	[ "$(ls kept/*.jsonl | wc -l)" -gt 1 ]
	for file in kept/*.jsonl; do
		[ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] # a newline ends it
		jq -e . "$file" >/dev/null || [ ! -s "$file" ]
		! grep -q '"type":"probe"' "$file" || "$FINWAIT" ladder "./$file" >/dev/null
	done
	cat kept/*.jsonl >all.jsonl
	json_holds all.jsonl 'map(select(.type == "result" and .outcome == "ok")) | length >= 1'
}

@test "a limit on file sizes: the same" {
	# room for what a record begins with, not for its end
	run --separate-stderr bash -c 'ulimit -f 12; "$@"' sh "$FINWAIT" run self.connect open.three-way
	[ "$status" -eq 3 ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	for id in self.connect open.three-way; do
		grep -qx "finwait: cannot write the record out/$id.jsonl: File too large" <<<"$stderr"
		json_holds "out/$id.jsonl" '.[1].type == "probe"'
	done
	[[ $output == *"2 probes: 2 as predicted"*"Not every record could be kept in out/." ]]
}

@test "a link or a FIFO where a record is to be: named, not written through, not waited for" {
	mkdir out
	echo kept >target
	ln -s ../target out/self.connect.jsonl
	mkfifo out/open.three-way.jsonl
	run -3 --separate-stderr timeout 60 "$FINWAIT" run self.connect open.three-way self.two-waves
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ $stderr == *"finwait: out/self.connect.jsonl is a symbolic link: "* ]]
	[[ $stderr == *"finwait: out/open.three-way.jsonl is a FIFO: "* ]]
	[ "$(cat target)" = kept ]
	json_holds out/self.two-waves.jsonl 'last.outcome == "ok"'
	# nor is a FIFO waited for that lies among records
	run -3 --separate-stderr timeout 60 "$FINWAIT" diff out out
	one_line_of_complaint "out/open.three-way.jsonl is a FIFO"
	# what the user names may be a pipe
	run -0 bash -c '"$0" ladder <(cat out/self.two-waves.jsonl)' "$FINWAIT"
}

@test "an --out that is another user's link in a folder for all: not followed" {
	need_root
	mkdir -m 1777 room
	mkdir -m 755 target
	cd room
	ln -s ../target out
	for link in out out/; do # one's own leads where it says
		run -0 on_time "$FINWAIT" run self.connect --out $link
	done
	chown -h $NOBODY out
	rm ../target/*
	# the kernel itself would refuse it where fs.protected_symlinks is on
	for link in out out/ "$PWD/out"; do
		refused 3 "$link is a link that another user has put there" \
			"$FINWAIT" run self.connect --out "$link"
		refused 3 "$link is a link that another user has put there" \
			"$FINWAIT" matrix self.connect --kernel host --out "$link"
	done
	[ -z "$(ls ../target)" ]
	# in a folder of one user's, or of that user's, nobody else has put it there
	chmod 755 .
	run -0 on_time "$FINWAIT" run self.connect
	chmod 1777 .
	chown $NOBODY .
	run -0 on_time "$FINWAIT" run self.connect
}

@test "a record takes the place of an older one, and leaves alone who still holds that" {
	mkdir out
	echo older >out/self.connect.jsonl
	ln out/self.connect.jsonl other
	on_time "$FINWAIT" run self.connect >/dev/null
	[ "$(cat other)" = older ]
	json_holds out/self.connect.jsonl 'last.outcome == "ok"'
}

@test "too few open files: that is what is said" {
	for files in 8 20 63; do
		refused 3 "ulimit -n is $files" \
			bash -c 'ulimit -n $1; exec "$0" run self.connect' "$FINWAIT" "$files"
		[[ $stderr == *"Too many open files" ]]
		refused 3 "ulimit -n is $files" \
			bash -c 'ulimit -n $1; exec "$0" doctor' "$FINWAIT" "$files"
	done
	run bash -c 'ulimit -n 200; exec "$0" doctor' "$FINWAIT"
	grep -qE '^  open files +200, of which a probe takes 64$' <<<"$output"
	# a soft limit is raised
	run -0 on_time bash -c 'ulimit -Sn 10; "$0" run self.connect' "$FINWAIT"
}

@test "standard output closed" {
	for format in '' --json --tap '--format csv' '--format junit'; do
		rm -rf out
		code=3
		[ "$format" != --tap ] || code=1
		refused $code "standard output: Bad file descriptor" \
			sh -c "\"\$@\" $format >&-" sh "$FINWAIT" run self.connect
		jq -e . out/self.connect.jsonl >/dev/null
		json_holds out/self.connect.jsonl 'last.outcome == "ok" and
			(map(select(.type == "run")) | length == 1)'
	done
	for command in list "show self.connect" --help doctor "ladder self.connect"; do
		refused 3 "standard output" sh -c "\"\$0\" $command >&-" "$FINWAIT"
	done
}

@test "every standard stream closed" {
	run sh -c '"$0" run self.connect <&- >&- 2>&-' "$FINWAIT"
	[ "$status" -eq 3 ]
	jq -e . out/self.connect.jsonl >/dev/null
	run sh -c '"$0" run self.connect --json <&- 2>&-' "$FINWAIT"
	[ "$status" -eq 0 ]
}

@test "standard output full" {
	for format in '' --json --tap; do
		rm -rf out
		code=3
		[ "$format" != --tap ] || code=1
		refused $code "standard output: No space left on device" \
			sh -c "\"\$@\" $format >/dev/full" sh "$FINWAIT" run self.connect
		jq -e . out/self.connect.jsonl >/dev/null
	done
	refused 3 "No space left on device" sh -c '"$0" list >/dev/full' "$FINWAIT"
}

@test "standard output a pipe that nobody reads: no word, and the record is kept" {
	# the reader is gone before the first line: the probe takes longer than true
	for format in '' --json; do
		run bash -c "{ '$FINWAIT' run self.connect $format 2>complaint.txt
			echo \$? >status.txt; } | true"
		[ "$(cat status.txt)" -eq 3 ]
		[ ! -s complaint.txt ]
		json_holds out/self.connect.jsonl 'last.outcome == "ok"'
	done
	# enough read for whoever asked: head gets its line
	[ "$("$FINWAIT" run self.connect 'close.*' --json 2>/dev/null | head -n 1 | jq -r .type)" = run ]
}

@test "root in a container without CAP_SYS_ADMIN does as an ordinary user does" {
	need_root
	lacking() {
		setpriv --bounding-set "-$1" --inh-caps "-$1" "${@:2}"
	}
	lacking sys_admin unshare -Un true 2>/dev/null || skip "needs user namespaces"
	for capability in sys_admin net_admin net_raw; do
		run -0 on_time lacking $capability "$FINWAIT" run self.connect
		head -n 1 out/self.connect.jsonl | grep -qF '"privilege":"userns"'
	done
}

@test "no user namespaces allowed, for an ordinary user" {
	need_userns
	mkdir -m 777 room
	cp "$FINWAIT" room/finwait
	chmod 755 "$BATS_TEST_TMPDIR"
	cd room
	# the limit is that of a user namespace of its own: the host's stays as it is
	before=$(cat /proc/sys/user/max_user_namespaces)
	no_userns() {
		as_nobody unshare -U --map-user=1000 --map-group=1000 --keep-caps sh -c '
			echo 0 >/proc/sys/user/max_user_namespaces &&
			exec setpriv --ambient-caps=-all --inh-caps=-all "$@"' sh "$@"
	}
	refused 3 userns no_userns ./finwait run self.connect
	[ ! -e out ]
	run --separate-stderr no_userns ./finwait doctor
	[ "$status" -eq 3 ]
	grep -qE '^  userns +[^y]' <<<"$output"
	grep -q 'helps: ' <<<"$output"
	grep -q '^Probes cannot run here: userns' <<<"$output"
	[ "$(cat /proc/sys/user/max_user_namespaces)" = "$before" ]
}

@test "AppArmor restricts user namespaces, as in Ubuntu 24.04: what to do, once, in one line" {
	need_userns
	local help="AppArmor keeps them from programs without a profile: the package finwait brings one; "
	help+="or sysctl kernel.apparmor_restrict_unprivileged_userns=0"
	build_lacks
	mkdir -m 777 room
	cp "$FINWAIT" "$BATS_FILE_TMPDIR/lacks.so" room
	chmod 755 "$BATS_TEST_TMPDIR"
	cd room
	restricted() {
		LACKS=profile as_nobody env LD_PRELOAD=./lacks.so ./finwait "$@"
	}
	refused 3 "no probe can run here: userns: cannot open /proc/self/uid_map: Operation not permitted; helps: $help" \
		restricted run self.connect
	[ "$(grep -o AppArmor <<<"$stderr" | wc -l)" -eq 1 ]
	[ ! -e out ]
	run -3 --separate-stderr restricted doctor
	grep -qxE "  userns +cannot open /proc/self/uid_map: Operation not permitted" <<<"$output"
	grep -qxE " +helps: $help" <<<"$output"
}

@test "a kernel without inet_diag, nf_tables, veth, bridge, packet sockets" {
	build_lacks
	for feature in inet_diag nf_tables veth bridge packet; do
		refused 3 "no probe can run here: $feature: " \
			lacks "$feature" "$FINWAIT" run self.connect
		run --separate-stderr lacks "$feature" "$FINWAIT" doctor
		[ "$status" -eq 3 ]
		grep -qE "^  $feature +[^y ]" <<<"$output" || fail_with "$feature is there?"
		grep -qx "Probes cannot run here: $feature." <<<"$output"
	done
}
