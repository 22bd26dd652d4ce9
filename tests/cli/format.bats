#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --format, --junit, --tap, ladder --markdown: what other people's tools make of them.

load helper

# Records of each kind of end, without asking a kernel but for the last.
setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR"
	mkdir kept
	cp "$TOP"/tests/unit/records/lost-fin.jsonl "$TOP"/tests/unit/records/true/wave4.lost.jsonl \
		"$TOP"/tests/unit/records/true/beyond.retries2.jsonl kept
	"$FINWAIT_SELFCHECK" run 'c*' model.wrong skipped.all precondition.unmet as.predicted \
		--tap --junit failed.xml --out failed >failed.tap || echo $? >failed.code
}

setup() {
	cd "$BATS_FILE_TMPDIR"
}

# The findings of the kept records, as this build judges them.
findings() {
	"$FINWAIT" judge kept --json | jq -s '[.[] | select(.type == "result").findings[]] | length'
}

@test "--format: what a command gives, and one line about what it does not" {
	export XDG_CACHE_HOME=$PWD/empty # no kernels, no answers
	for command in list 'sysctl tcp_fin_timeout' 'ask FIN_WAIT2' 'kernel list' 'store list' \
		'show ECONNRESET' 'sweep self.connect --set tcp_fin_timeout=1,2 --plan'; do
		for format in json jsonl markdown csv; do
			run -0 --separate-stderr "$FINWAIT" $command --format $format
			[ -z "$stderr" ]
			[ -n "$output" ] || [[ $command == *" list" ]]
		done
		diff <("$FINWAIT" $command) <("$FINWAIT" $command --format text)
		refused 2 "${command%% *} gives no 'junit' (--format text, json, jsonl, markdown, csv)" \
			"$FINWAIT" $command --format junit
	done
	"$FINWAIT" doctor --format jsonl | jq -e -s '.[0] | .what == "userns" and .here != ""'
	refused 2 "run gives no 'xml' (--format text, json, jsonl, markdown, csv, tap, junit)" \
		"$FINWAIT" run self.connect --format xml
	refused 2 "judge gives no 'text|json'" "$FINWAIT" judge kept --format 'text|json'
	refused 2 "ladder gives no 'csv' (--format text, markdown)" "$FINWAIT" ladder x --format csv
	refused 2 "has no option '--format=csv'" "$FINWAIT" schema --format=csv
	refused 2 "--format goes with 'kernel list'" "$FINWAIT" kernel rm 0.1 --format csv
	refused 2 "--format goes with 'store list'" "$FINWAIT" store check --format csv
	refused 2 "watch has no option '--format'" "$FINWAIT" watch self.connect --format csv
	[ ! -e out ]
}

@test "--format: the short words are the long ones" {
	diff <("$FINWAIT" judge kept --json) <("$FINWAIT" judge kept --format jsonl)
	diff <("$FINWAIT" judge kept --tap) <("$FINWAIT" judge kept --format=tap)
	diff <("$FINWAIT" list --json) <("$FINWAIT" list --format jsonl)
	diff <("$FINWAIT" list --json | jq -s .) <("$FINWAIT" list --format json | jq .)
}

@test "--format of matrix, diff, article and show: what their tables have" {
	mkdir a b
	cp "$TOP"/tests/unit/records/true/beyond.retries2.jsonl a
	cp "$TOP"/tests/unit/records/true/beyond.retries2.rto-min.jsonl b/beyond.retries2.jsonl
	rows() { jq -e "$1" <("$FINWAIT" "${@:2}" --format json) >/dev/null || fail_with "${*:2}"; }
	rows 'length > 2 and all(.probe == "beyond.retries2" and .one != "" and .model != "")' \
		matrix --from one=a --from two=b
	rows 'length > 0 and all(.differs == "yes") and any(.two | startswith("*"))' \
		matrix --differs --from one=a --from two=b
	[[ $("$FINWAIT" matrix --from one=a --from two=b --format markdown) == \
		"**finwait matrix**: kernels one: Linux "*"; two: Linux "*", family IPv4"* ]]
	rows 'length > 0 and all(.A | startswith("a: Linux ")) and any(.in_A != .in_B)' diff a b
	rows 'length == 0' diff a a
	run -1 "$FINWAIT" diff a b --format csv
	[ "${lines[0]}" = $'A,B,probe,what,differs,in_A,in_B\r' ]
	rows 'map(.article) | contains(["A", "D"])' article
	rows 'all(.probe == "wave4.lost") and (map(.claim) | contains(["wave4.lost-retries"]))' \
		show wave4.lost
	rows 'length == 1 and .[0].probe == "wave4.lost"' show wave4.lost-retries
	rows '[.[].probe] | unique | length > 2' show 'wave*'
	rows '.[0].name == "net.ipv4.tcp_fin_timeout"' show tcp_fin_timeout
	rows 'length > 2 and all(.name == "ECONNRESET" and (.what | contains("errno 104")))' show ECONNRESET
	rows 'all(.name == "TcpExt.TCPTimeouts" and (.what | contains("a counter")) and .probe != "")' \
		show TCPTimeouts
	refused 2 "no probe is called 'wave4.lsot'" "$FINWAIT" show wave4.lsot --format csv
}

@test "map --format: a row a way, what it is and who shows it" {
	run -0 --separate-stderr "$FINWAIT" map kept --format json
	[ -z "$stderr" ]
	jq -e 'length > 80 and (map(select(.verdict == "not in Linux")) | length == 4) and
		any(.from == "FIN_WAIT1" and .to == "FIN_WAIT2" and .verdict == "seen" and .probes > 0)' <<<"$output"
	run -0 "$FINWAIT" map kept --format markdown
	[[ ${lines[0]} == "**finwait map**: asked Linux "* ]]
	[ ! -e map.svg ]
	refused 2 "map gives no 'text' (--format json, jsonl, markdown, csv)" "$FINWAIT" map kept --format text
	refused 2 "-o is the picture's" "$FINWAIT" map kept --format csv -o x.csv
}

@test "--format csv: a row a finding, and the same in json" {
	run -1 --separate-stderr "$FINWAIT" judge kept --format csv
	[ -z "$stderr" ]
	python3 - "$(findings)" <<-'END' 3< <("$FINWAIT" judge kept --format csv) 4< <("$FINWAIT" judge kept --format json)
		import csv, json, os, sys
		rows = list(csv.DictReader(open(3, newline="")))
		same = json.load(open(4))
		assert len(rows) == len(same) == int(sys.argv[1]) > 10, len(rows)
		for row, other in zip(rows, same):
		    assert list(row) == list(other)
		    for name, value in row.items():
		        value = (float(value) if value else None) if not isinstance(other[name], str) else value
		        assert value == other[name], (name, value, other[name])
		fins = [row for row in rows if row["finding"] == "fin_segments"]
		assert {row["measured_low"] for row in fins} >= {row["measured"] for row in fins}
	END
}

@test "--format markdown: of whom, then a table" {
	run -1 --separate-stderr "$FINWAIT" judge kept/lost-fin.jsonl --format markdown
	[[ ${lines[0]} == "**finwait judge**: finwait "*", kernel Linux "*", clock "*", family IPv4, "* ]]
	[ "${lines[2]}" = "$(sed 's/[^|]*/ --- /g; s/^ --- //; s/ --- $//' <<<"${lines[1]}")" ]
	[ "$(grep -c '^| wave1.lost |' <<<"$output")" -eq $((${#lines[@]} - 3)) ]
	grep -q '^| wave1.lost | .* | fin_segments | 4 | 5 | 4 | confirmed | FAILED |' <<<"$output"
}

# meets_schema FILE: that of this project, and JUNIT_XSD, another one that somebody has at hand.
meets_schema() {
	xmllint --noout --schema "$TOP/tests/schema/junit.xsd" "$1"
	[ -z "${JUNIT_XSD-}" ] || xmllint --noout --schema "$JUNIT_XSD" "$1"
}

@test "--junit: meets the schema, with what failed, what could not be done and what was left out" {
	"$FINWAIT" judge kept --format junit >judged.xml || [ $? -eq 1 ]
	"$FINWAIT" judge kept --junit file.xml >/dev/null || [ $? -eq 1 ]
	diff judged.xml file.xml
	meets_schema judged.xml
	meets_schema failed.xml
	count() { xmllint --xpath "count($1)" failed.xml; }
	[ "$(count //testcase)" -eq "$(xmllint --xpath 'number(/testsuites/@tests)' failed.xml)" ]
	[ "$(count '//testcase[@name="model.wrong"]/failure')" -eq 1 ]
	[ "$(count '//testcase[@name="crash.run"]/error[@type="crashed"]')" -eq 1 ]
	[ "$(count '//testcase[@name="skipped.all"]/skipped[@type="skipped"]')" -eq 1 ]
	[ "$(count '//testcase[@name="precondition.unmet"]/skipped[@type="inconclusive"]')" -eq 1 ]
	[ "$(count '//testcase[@name="as.predicted"][not(failure or error or skipped)]')" -eq 1 ]
	[ "$(count //failure)" -eq "$(xmllint --xpath 'number(/testsuites/@failures)' failed.xml)" ]
	refused 3 "write" "$FINWAIT" judge kept/wave4.lost.jsonl --quiet --junit /proc/x.xml
}

@test "--tap: as the network CI's parser and kunit_parser.py read it" {
	run -0 python3 "$TOP/tests/cli/ktap_check.py" < <("$FINWAIT" judge kept --tap)
	[ "$output" = "2 1 0 0" ]
	run -0 python3 "$TOP/tests/cli/ktap_check.py" <failed.tap
	[[ $output == "1 1 2 "* ]]
}

@test "--tap: kselftest's exit codes, whatever goes wrong" {
	[ "$(cat failed.code)" -eq 1 ]
	for words in 'judge kept/wave4.lost.jsonl --tap' 'judge --format tap kept/wave4.lost.jsonl'; do
		run -0 "$FINWAIT" $words
	done
	run -1 "$FINWAIT" judge kept --tap
	refused 1 "has no option '--bogus'" "$FINWAIT" run --bogus --tap
	refused 1 "has no option '--bogus'" "$FINWAIT" run --bogus --format tap
	refused 1 "no probe is called 'nope'" "$FINWAIT" run nope --format=tap
	refused 1 "kept/none" "$FINWAIT" judge kept/none --tap
	FINWAIT_SLACK_MS=x refused 1 FINWAIT_SLACK_MS "$FINWAIT" run --tap
	run -4 "$FINWAIT_SELFCHECK" run skipped.all precondition.unmet --tap --out left
	# without it they are finwait's own
	refused 2 "has no option '--bogus'" "$FINWAIT" run --bogus
	refused 3 "kept/none" "$FINWAIT" judge kept/none
}

@test "ladder --markdown: a heading, and the ladder in a block of code" {
	run -0 --separate-stderr "$FINWAIT" ladder kept/lost-fin.jsonl --markdown
	[[ ${lines[0]} == "### wave1.lost: "* ]]
	[ "${lines[1]}" = '```text' ]
	[ "${lines[-1]}" = '```' ]
	diff <("$FINWAIT" ladder kept/lost-fin.jsonl) <(sed '1,/^```text$/d; $d' <<<"$output")
}
