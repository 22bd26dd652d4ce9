#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The page in a browser: what its script does, what a reader without script has, and that nothing
# a record says is ever carried out. browse.py fails on any word on the console.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	RECORDS=$TOP/tests/unit/records
}

# browse <<END: lines of browse.py, which says what they are.
browse() {
	local status=0 said
	said=$(python3 "$BATS_TEST_DIRNAME/browse.py" 2>&1) || status=$?
	[ "$status" -ne 77 ] || skip "Chromium cannot be started: $said"
	echo "$said"
	return "$status"
}

# Two kernels, of which the second sends one FIN less.
page_of_two() {
	mkdir old new
	cp "$RECORDS"/{handshake,four-waves,lost-fin}.jsonl new/
	sed 's|"kernel":"[^"]*"|"kernel":"5.10.0-1-amd64"|; s|"measured":4|"measured":3|' \
		"$RECORDS/lost-fin.jsonl" >old/lost-fin.jsonl
	"$FINWAIT" report new old -o page.html >/dev/null
}

@test "page in Chromium: a filter leaves rows out and is in the address, a link has the same view" {
	page_of_two
	browse <<-'END'
		open page.html
		until document.querySelectorAll("#claims tbody tr").length == 3
		until document.querySelectorAll("#claims tbody tr:not([hidden])").length == 3
		until document.querySelector("#filter").checkVisibility()
		do document.querySelector("[name=verdict]").value = "refuted"
		do document.querySelector("#filter").dispatchEvent(new Event("input"))
		until document.querySelectorAll("#claims tbody tr:not([hidden])").length == 1
		until document.querySelector("#shown").textContent == "1 of 3 rows"
		until location.hash == "#verdict=refuted"
		click button[type=reset]
		until document.querySelectorAll("#claims tbody tr:not([hidden])").length == 3

		open page.html#verdict=refuted&kernel=1
		until document.querySelectorAll("#claims tbody tr:not([hidden])").length == 1
		until document.querySelector("[name=verdict]").value == "refuted"
		until document.querySelector("[name=kernel]").value == "1"

		open page.html#differs=1
		until document.querySelectorAll("#claims tbody tr:not([hidden]) td.differs").length == 1

		open page.html#text=no-such-word
		until document.querySelectorAll("#claims tbody tr:not([hidden])").length == 0
	END
}

@test "page in Chromium: a row opens its probe with its ladder, and back closes nothing else" {
	page_of_two
	browse <<-'END'
		size 1000 700
		open page.html
		until !document.querySelector("svg.ladder")
		click a[href="#p-wave1.lost"]
		until document.querySelector("[id='p-wave1.lost'] svg.ladder").checkVisibility()
		until location.hash == "#open=p-wave1.lost"
		until document.activeElement.tagName == "SUMMARY"
		until document.querySelectorAll("svg.ladder").length == 2
		back
		until location.hash == ""
		until document.querySelectorAll("#claims tbody tr:not([hidden])").length == 3

		size 390 800
		scheme dark
		open page.html#p-wave1.lost
		until document.querySelector("[id='p-wave1.lost'] svg.ladder").checkVisibility()
		until document.documentElement.scrollWidth <= 390
		until getComputedStyle(document.body).backgroundColor != "rgb(255, 255, 255)"

		media print
		size 718 1000
		open page.html#p-wave1.lost
		until document.documentElement.scrollWidth <= 718
		until document.querySelector("#claims").scrollWidth <= 718
		until !document.querySelector("#filter").checkVisibility()
	END
}

@test "page in Chromium: a picture is drawn larger and smaller, by a button and by a key" {
	page_of_two
	browse <<-'END'
		size 1000 700
		open page.html#p-wave1.lost
		until document.querySelector("[id='p-wave1.lost'] svg.ladder").checkVisibility()
		until document.querySelectorAll("[id='p-wave1.lost'] .zoom").length == 2
		do window.svg = document.querySelector("[id='p-wave1.lost'] svg.ladder")
		do window.width = () => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width
		until width() == 1
		do svg.closest("div").previousSibling.querySelector("[aria-label=larger]").click()
		until Math.abs(width() - 1.25) < 0.01
		do svg.closest("div").dispatchEvent(new KeyboardEvent("keydown", {key: "-", bubbles: true}))
		until Math.abs(width() - 1) < 0.01
		do svg.closest("div").dispatchEvent(new KeyboardEvent("keydown", {key: "w", bubbles: true}))
		until Math.abs(svg.getBoundingClientRect().width - svg.closest("div").clientWidth) < 1
		do for (let i = 0; i < 50; i++) svg.closest("div").previousSibling.querySelector("[aria-label=smaller]").click()
		until Math.abs(width() - 0.25) < 0.01
		do svg.closest("div").dispatchEvent(new KeyboardEvent("keydown", {key: "0", bubbles: true}))
		until width() == 1

		open page.html
		until !document.querySelector(".states svg.map").checkVisibility()
		click .states > summary
		until document.querySelector(".states svg.map").checkVisibility()
		until document.querySelectorAll(".states .zoom button").length == 4
		do document.querySelector(".states svg.map a").dispatchEvent(new MouseEvent("click", {bubbles: true}))
		until document.querySelector("details.probe[open]")
	END
}

@test "page in Chromium: without script all of it can be read" {
	page_of_two
	browse <<-'END'
		script off
		open page.html#p-wave1.lost
		until document.querySelectorAll("svg.ladder").length == 4
		until document.querySelector("[id='p-wave1.lost'] svg.ladder").checkVisibility()
		until document.querySelector("[id='p-wave1.lost'] table").checkVisibility()
		until !document.querySelector("#filter").checkVisibility()
		until document.querySelectorAll("#claims tbody tr").length == 3
	END
}

# Every text of a record that is not one of finwait's own words.
@test "page in Chromium: what a record says is never carried out" {
	jq -c '
		def bad: "</noscript></script></title></svg>--><img src=x onerror=alert(1)>"
			+ "\"onload=alert(2) '\''onclick=alert(3) <svg onload=alert(4)>"
			+ "<a href=\"javascript:alert(5)\">javascript:alert(6)</a><script>alert(7)</script>";
		def spoil: if type == "object" then with_entries(
			if (.key | IN("kernel", "title", "question", "kernel_path", "text", "args", "cause",
				"action", "reason", "rule", "note", "claim", "name", "case", "says",
				"predicts", "again", "signal")) and (.value | type) == "string"
			then .value = bad else .value |= spoil end)
			elif type == "array" then map(spoil) else . end;
		if .type == "probe" then .id = bad else . end | spoil
		| if has("probe") then .probe = bad else . end
		| if .claims then .claims[].id = bad | .claims[].article = bad else . end
		| if .type == "run" then .kernel = .kernel[:90] | .asked.sets.tcp_orphan_retries = $value else . end
		| if .findings then .findings[0].measured = ($value | tonumber) else . end
		' --arg value 1 "$RECORDS/lost-fin.jsonl" >bad.jsonl
	for value in 2 3; do # a sweep
		sed "s|\(\"asked\".*:\"\)1\"|\1$value\"|; s|\"measured\":1|\"measured\":$value|" bad.jsonl >bad$value.jsonl
	done
	"$FINWAIT" report bad*.jsonl "$RECORDS/lost-fin.jsonl" --since bad.jsonl -o bad.html
	grep -q 'alert(7)' bad.html
	grep -q '<svg class="plot"' bad.html
	grep -q 'id="since"' bad.html
	browse <<-'END'
		open bad.html
		do document.querySelectorAll("details").forEach(at => at.open = true)
		until document.querySelectorAll("svg.ladder").length == 4
		until document.body.textContent.includes("javascript:alert(6)")
		do document.querySelectorAll("a, svg *, td, th").forEach(at => at.dispatchEvent(new MouseEvent("click", {bubbles: true})))
		until !document.querySelector("img, a:not([href^='#']), [onload], [onclick], svg svg")

		script off
		open bad.html
		until document.querySelectorAll("svg.ladder").length == 4
		until !document.querySelector("img, a:not([href^='#']), [onload], [onclick], svg svg")
	END
}
