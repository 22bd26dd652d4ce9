#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The page: from canned records, and what 'run --html' makes of its own.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	RECORDS=$TOP/tests/unit/records
}

# A document without a tag left open, where there is what can tell.
well_formed() {
	command -v python3 >/dev/null || return 0
	python3 - "$1" <<-'END'
		import sys
		from html.parser import HTMLParser

		class Tags(HTMLParser):
		    open = []
		    def handle_starttag(self, tag, attributes):
		        if tag not in ("meta", "input", "wbr"):
		            self.open.append(tag)
		    def handle_startendtag(self, tag, attributes):
		        pass
		    def handle_endtag(self, tag):
		        assert self.open and self.open.pop() == tag, (tag, self.getpos())

		tags = Tags()
		tags.feed(open(sys.argv[1], encoding="utf-8").read())
		tags.close()
		assert not tags.open, tags.open
	END
}

@test "report: one file of canned records, the same bytes each time and in any locale" {
	run -0 "$FINWAIT" report "$RECORDS"/{handshake,four-waves,lost-fin}.jsonl -o one.html
	[[ $output == "one.html: 3 probes" ]]
	LC_ALL=C "$FINWAIT" report "$RECORDS"/{handshake,four-waves,lost-fin}.jsonl -o - >two.html
	cmp one.html two.html
	well_formed one.html
	[ "$(grep -c '<svg class="ladder"' one.html)" -eq 3 ]
	grep -q '<b class="mark refuted">REFUTED</b>' one.html
	# nothing that a browser would load
	run ! grep -nE '(src|href)="?[a-z]+:|@import|<link' one.html
}

@test "report: what a record says is text, whatever it is" {
	sed 's|"id":"wave1.lost",|&"title":"</title><script>alert(1)</script>\&\\u001b[2J",|
		s|"rule":"[^"]*"|"rule":"<img src=x onerror=alert(2)>"|' "$RECORDS/lost-fin.jsonl" >bad.jsonl
	grep -q 'alert(1)' bad.jsonl
	grep -q onerror bad.jsonl
	"$FINWAIT" report bad.jsonl -o bad.html
	well_formed bad.html
	[ "$(grep -c '<script>' bad.html)" -eq 1 ]
	run ! grep -qE '<img|alert\(1\)</script>' bad.html
	grep -q 'alert(1)&lt;/script&gt;&amp;?\[2J' bad.html
	run ! grep -q $'\033' bad.html
	grep -q '&lt;img src=x onerror=alert(2)&gt;' bad.html
}

@test "report: folders and files, several kernels beside one another" {
	mkdir old
	cp "$RECORDS/lost-fin.jsonl" old/
	sed 's|"kernel":"[^"]*"|"kernel":"5.10.0-1-amd64"|' "$RECORDS/lost-fin.jsonl" >new.jsonl
	"$FINWAIT" report old new.jsonl -o both.html
	well_formed both.html
	grep -q '<option value="1">5.10.0</option>' both.html
	grep -q 'differs between kernels' both.html
	grep -q 'Kernels that answer as the first one are not drawn again' both.html
}

@test "report: of nothing, of what is no record, into what is no file" {
	refused 3 "out: No such file" "$FINWAIT" report
	[ ! -e report.html ]
	refused 3 "no record" "$FINWAIT" report .
	refused 3 "not the record" "$FINWAIT" report /dev/null
	ln -s /dev/null link.html
	refused 3 "a symbolic link" "$FINWAIT" report "$RECORDS/lost-fin.jsonl" -o link.html
}

@test "report --since: what is not as in a kept run, of files and folders" {
	mkdir old
	cp "$RECORDS"/{handshake,lost-fin}.jsonl old/
	sed 's|"measured":4|"measured":3|' "$RECORDS/lost-fin.jsonl" >new.jsonl
	"$FINWAIT" report new.jsonl "$RECORDS/four-waves.jsonl" --since old -o page.html
	well_formed page.html
	grep -q 'Findings: <b>1</b> changed, <b>[1-9]</b> added, <b>[1-9]</b> gone, <b>[1-9]</b> same' page.html
	grep -qF 'before">4 <b class="mark refuted">REFUTED</b></td><td data-label="now">3 <b' page.html
	"$FINWAIT" report old --since old/handshake.jsonl --since old/lost-fin.jsonl -o same.html
	grep -q 'Findings: <b>0</b> changed, <b>0</b> added, <b>0</b> gone, <b>[1-9]' same.html
	run ! grep -q 'id="since"' same.html
	refused 3 "none: No such file" "$FINWAIT" report old --since none
	refused 2 "--since goes with --html" "$FINWAIT" run self.connect --since old
}

@test "report: runs of one kernel that were not asked alike are kept apart" {
	sed 's|"privilege":"root"|&,"asked":{"sets":{"tcp_orphan_retries":"7"}}|' \
		"$RECORDS/lost-fin.jsonl" >asked.jsonl
	"$FINWAIT" report "$RECORDS/lost-fin.jsonl" "$RECORDS/handshake.jsonl" asked.jsonl -o two.html
	grep -q '<option value="0">6.12.117</option><option value="1">6.12.117 tcp_orphan_retries=7<' two.html
	grep -q 'root, with tcp_orphan_retries=7</small>' two.html
}

@test "report: three values of one setting are plotted" {
	for value in 2 7 90; do
		sed "s|\"privilege\":\"root\"|&,\"asked\":{\"sets\":{\"tcp_orphan_retries\":\"$value\"}}|
			s|\"measured\":4|\"measured\":$((value + 1))|" "$RECORDS/lost-fin.jsonl" >$value.jsonl
	done
	"$FINWAIT" report 90.jsonl 7.jsonl 2.jsonl -o plot.html
	well_formed plot.html
	grep -q '<title>fin_segments against tcp_orphan_retries</title>' plot.html
	grep -o '<title>tcp_orphan_retries [0-9]*, measured [0-9]*' plot.html | head -3 |
		diff - <(printf '<title>tcp_orphan_retries %d, measured %d\n' 2 3 7 8 90 91)
	"$FINWAIT" report 90.jsonl 7.jsonl -o none.html
	run ! grep -q '<svg class="plot"' none.html
}

@test "report: of a folder of folders their records, of many values the plots" {
	mkdir -p sweep/6.12 sweep/.hidden
	cp "$RECORDS/handshake.jsonl" sweep/.hidden/
	for value in {1..20}; do
		sed "s|\"privilege\":\"root\"|&,\"asked\":{\"sets\":{\"tcp_syn_retries\":\"$value\"}}|
			s|\"measured\":1[,}]|\"measured\":$value,|" "$RECORDS/four-waves.jsonl" >sweep/6.12/$value.jsonl
	done
	"$FINWAIT" report sweep -o sweep.html
	well_formed sweep.html
	grep -q '>19 more runs of the same with other settings came out as predicted' sweep.html
	[ "$(grep -c '<svg class="ladder"' sweep.html)" -eq 1 ]
	run ! grep -q "open.three-way" sweep.html
	# what is not as predicted has its column
	sed -i 's|"outcome":"ok"|"outcome":"model_failed"|' sweep/6.12/7.jsonl
	"$FINWAIT" report sweep -o sweep.html
	grep -q '>18 more runs of the same' sweep.html
	grep -q '<option value="1">6.12.117 tcp_syn_retries=7<' sweep.html
}

@test "run --html --since: compared with what its own records replace" {
	on_time "$FINWAIT" run self.connect --out kept >/dev/null
	on_time "$FINWAIT" run self.connect open.refused --out kept --html run.html --since kept >/dev/null
	grep -q 'Findings: <b>0</b> changed, <b>[1-9][0-9]*</b> added, <b>0</b> gone, <b>[1-9]' run.html
}

@test "run --html: the page that report makes of the same records" {
	on_time "$FINWAIT" run self.connect open.refused --html run.html --out kept >/dev/null
	"$FINWAIT" report kept -o report.html
	cmp run.html report.html
	# and wherever else they are taken
	cp -r kept elsewhere
	cd elsewhere
	env -i TZ=Asia/Tokyo LC_ALL=C COLUMNS=40 "$FINWAIT" report . -o - | cmp ../run.html -
	cd ..
	well_formed run.html
	grep -q '<a href="#p-self.connect">' run.html
}
