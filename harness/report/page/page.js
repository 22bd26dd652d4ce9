// Hides what the filter leaves out, opens what is asked for, keeps both in the address.
(function () {
	"use strict";
	var form = document.getElementById("filter");
	var shown = document.getElementById("shown");
	var rows = Array.prototype.slice.call(document.querySelectorAll("#claims tbody tr"));
	var probes = Array.prototype.slice.call(document.querySelectorAll("details.probe"));
	var names = ["text", "verdict", "article", "chapter", "kernel", "differs", "family"];
	var open = "";

	function field(name) {
		return form.elements.namedItem(name);
	}

	function value(name) {
		var at = field(name);
		return !at ? "" : at.type === "checkbox" ? (at.checked ? at.value : "") : at.value;
	}

	function take(name, text) {
		var at = field(name);
		if (!at)
			return;
		if (at.type === "checkbox")
			at.checked = text === at.value;
		else
			at.value = text;
		if (at.value !== text && at.type !== "checkbox")
			at.value = ""; // a word of the address that this page has no option for
	}

	// Of one kernel where one is chosen, else of any.
	function hasVerdict(row, verdict, kernel) {
		var all = row.dataset.verdict.split(" ");
		if (kernel !== "") {
			if (all[kernel] === "missing")
				return false;
			all = [all[kernel]];
		}
		return !verdict || all.indexOf(verdict) >= 0;
	}

	function fits(row) {
		var text = value("text").toLowerCase().trim();
		return hasVerdict(row, value("verdict"), value("kernel")) &&
			(!value("article") || row.dataset.article.indexOf(value("article")) >= 0) &&
			(!value("chapter") || row.dataset.chapter === value("chapter")) &&
			(!value("family") || row.dataset.family === value("family")) &&
			(!value("differs") || "differs" in row.dataset) &&
			text.split(/\s+/).every(function (word) {
				return row.textContent.toLowerCase().indexOf(word) >= 0;
			});
	}

	function anchorOf(probe) {
		return probe.querySelector(".body").id;
	}

	function apply() {
		var wanted = {}, told = {}, count = 0;
		rows.forEach(function (row) {
			row.hidden = !fits(row);
			count += !row.hidden;
			told[row.dataset.probe] = true;
			if (!row.hidden)
				wanted[row.dataset.probe] = true;
		});
		probes.forEach(function (probe) {
			var id = anchorOf(probe);
			probe.hidden = !(wanted[id] || (!told[id] && count === rows.length) || id === open);
		});
		shown.textContent = count === rows.length ? count + " rows" : count + " of " + rows.length + " rows";
	}

	function address() {
		var words = new URLSearchParams();
		names.forEach(function (name) {
			if (value(name))
				words.set(name, value(name));
		});
		if (open)
			words.set("open", open);
		return "#" + words.toString();
	}

	// Pictures are text until somebody looks: a page of the whole catalog has hundreds.
	function unfold(within) {
		within.querySelectorAll("noscript").forEach(function (picture) {
			picture.outerHTML = picture.textContent;
		});
	}

	function show(id, focus) {
		var body = id && document.getElementById(id);
		var probe = body && body.closest("details.probe");
		if (!probe)
			return;
		unfold(probe);
		probe.open = true;
		if (focus)
			probe.querySelector("summary").focus({ preventScroll: true });
		probe.scrollIntoView({ block: "start" });
	}

	// From the address: words of a filter, or the plain name of a probe.
	function restore() {
		var hash = location.hash.slice(1), words = new URLSearchParams(hash);
		if (hash && hash.indexOf("=") < 0) {
			words = new URLSearchParams();
			words.set("open", decodeURIComponent(hash));
		}
		names.forEach(function (name) {
			take(name, words.get(name) || "");
		});
		open = words.get("open") || "";
		apply();
		show(open, false);
	}

	function choose(id) {
		open = id;
		history.pushState(null, "", address());
		apply();
		show(id, true);
	}

	form.addEventListener("input", function () {
		apply();
		history.replaceState(null, "", address());
	});
	form.addEventListener("reset", function () {
		open = "";
		setTimeout(function () {
			apply();
			history.replaceState(null, "", address());
		});
	});
	form.addEventListener("submit", function (event) {
		event.preventDefault();
	});
	document.getElementById("claims").addEventListener("click", function (event) {
		var row = event.target.closest("tbody tr");
		if (!row || event.ctrlKey || event.metaKey || event.shiftKey || String(getSelection()))
			return;
		event.preventDefault();
		choose(row.dataset.probe);
	});
	document.addEventListener("keydown", function (event) {
		if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName))
			return;
		event.preventDefault();
		field("text").focus();
	});
	document.addEventListener("toggle", function (event) {
		var probe = event.target.closest("details.probe");
		if (probe && probe.open)
			unfold(probe);
	}, true);
	window.addEventListener("popstate", restore);
	form.hidden = false;
	restore();
})();
