#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --pcapng: what Wireshark's own reader makes of it.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	records=$TOP/tests/unit/records
}

# retransmissions FILE PORT: by the remarks, and by tshark's own analysis of that port's frames.
retransmissions() {
	tshark -r "$1" -Y "frame.interface_name == \"$2\"" -w port.pcapng
	tshark -r port.pcapng -Y 'frame.comment contains "retransmission number"' | wc -l
	tshark -r port.pcapng -Y 'tcp.analysis.retransmission' | wc -l
}

@test "capture: tshark reads it, and finds as many retransmissions" {
	local id port count
	cp "$records/lost-fin.jsonl" "$records/true/loss.syn.jsonl" "$records/true/beyond.retries2.jsonl" .
	"$FINWAIT" judge ./*.jsonl --pcapng caps >/dev/null || [ $? -eq 1 ]
	for id in wave1.lost loss.syn beyond.retries2; do
		for port in client server; do
			count=($(retransmissions "caps/$id.pcapng" "$port" 2>>err))
			[ "${count[0]}" -eq "${count[1]}" ]
			echo "${count[0]}" >>all
		done
	done
	run ! grep -v '^Running as user' err
	[ "$(sort -rn all | head -n 1)" -ge 3 ]
}

@test "capture: ports, kernel and what became of packets" {
	"$FINWAIT" judge "$records/lost-fin.jsonl" --pcapng caps >/dev/null || [ $? -eq 1 ]
	capinfos caps/wave1.lost.pcapng >info
	grep -q 'Capture oper-sys: *Linux 6' info
	grep -q 'Name = client' info
	grep -q 'Name = server' info
	grep -q 'nanoseconds' info
	tshark -r caps/wave1.lost.pcapng -Y 'frame.comment contains "dropped on the wire"' 2>/dev/null >lost
	[ "$(wc -l <lost)" -eq 4 ]
}

@test "capture: a folder that cannot be is one line, and nothing is lost" {
	touch file
	run --separate-stderr "$FINWAIT" run self.connect --pcapng file/caps --out kept
	[ "$status" -eq 3 ]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[[ $stderr == "finwait: "*file/caps*"Not a directory"* ]]
	[ -s kept/self.connect.jsonl ]
}

@test "capture: into regular files alone" {
	mkdir caps
	ln -s "$PWD/mine" caps/self.connect.pcapng
	run --separate-stderr "$FINWAIT" run self.connect --pcapng caps
	[ "$status" -eq 3 ]
	[ ! -e mine ]
}

@test "capture: of a run, a file a probe" {
	"$FINWAIT" run self.connect open.three-way --pcapng caps >/dev/null
	[ "$(ls caps)" = $'open.three-way.pcapng\nself.connect.pcapng' ]
	tshark -r caps/self.connect.pcapng -T fields -e frame.interface_name 2>/dev/null | sort -u >ports
	[ "$(cat ports)" = client-lo ]
}

# links PAGE: the files that its links to captures lead to, from the page's own folder.
links() {
	grep -o 'href="[^"]*\.pcapng"' "$1" | sed 's/^href="//; s/"$//; s/%/\\x/g' | while read -r address; do
		(cd "$(dirname "$1")" && realpath -e "$(printf '%b' "$address")") || return
	done
}

@test "capture: a page links them, wherever it is" {
	local page
	mkdir -p 'pages of a run/deep' elsewhere
	for page in page.html 'pages of a run/deep/page.html' 'odd: 100%/page.html'; do
		mkdir -p "$(dirname "$page")"
		for caps in caps 'odd: 100%' 'pages of a run'; do
			"$FINWAIT" report "$records/lost-fin.jsonl" "$records/old-syn.jsonl" -o "$page" --pcapng "$caps" --quiet
			[ "$(links "$page" | sort)" = "$(realpath "$caps"/*.pcapng)" ]
			rm "$caps"/*.pcapng
		done
	done
	"$FINWAIT" report "$records/lost-fin.jsonl" -o page.html --quiet
	run ! grep -q pcapng page.html
}
