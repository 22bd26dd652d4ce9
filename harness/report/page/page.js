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

	// How wide a picture is drawn; what is in the middle stays there.
	function draw(box, width) {
		var svg = box.querySelector("svg"), size = svg.viewBox.baseVal;
		var before = svg.getBoundingClientRect().width, middle = box.scrollLeft + box.clientWidth / 2;
		width = Math.max(size.width / 4, Math.min(size.width * 4, width));
		svg.setAttribute("width", width);
		svg.setAttribute("height", size.height * width / size.width);
		box.scrollLeft = middle * width / before - box.clientWidth / 2;
	}

	var zooms = {
		"+": ["larger", function (box, svg) { return svg.getBoundingClientRect().width * 1.25; }],
		"-": ["smaller", function (box, svg) { return svg.getBoundingClientRect().width / 1.25; }],
		"0": ["as it was", function (box, svg) { return svg.viewBox.baseVal.width; }],
		"w": ["the whole width", function (box) { return box.clientWidth; }]
	};

	function zoom(box, key) {
		draw(box, zooms[key][1](box, box.querySelector("svg")));
	}

	// A button each, and the same keys where the picture has the focus.
	function zoomable(box) {
		var bar = document.createElement("p");
		if ("zoom" in box.dataset || !box.querySelector("svg"))
			return;
		box.dataset.zoom = "";
		bar.className = "zoom";
		Object.keys(zooms).forEach(function (key) {
			var button = document.createElement("button");
			button.type = "button";
			button.textContent = { "-": "\u2212", "0": "1:1", "w": "\u2194" }[key] || key;
			button.title = zooms[key][0] + " (" + key + ")";
			button.setAttribute("aria-label", zooms[key][0]);
			button.addEventListener("click", function () {
				zoom(box, key);
			});
			bar.appendChild(button);
		});
		box.parentNode.insertBefore(bar, box);
		box.addEventListener("keydown", function (event) {
			if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in zooms))
				return;
			event.preventDefault();
			zoom(box, event.key);
		});
	}

	// Pictures are text until somebody looks: a page of the whole catalog has hundreds.
	function unfold(within) {
		within.querySelectorAll("noscript").forEach(function (picture) {
			picture.outerHTML = picture.textContent;
		});
		within.querySelectorAll(".wide").forEach(zoomable);
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
		else if (event.target.matches(".states[open]"))
			unfold(event.target);
	}, true);
	window.addEventListener("popstate", restore);
	form.hidden = false;
	restore();
})();
