/*
 * events: the last rows of the journal that concern a view, however fast they
 * come: of many people with their names, the newest first; of one call in order.
 */
import {get} from "./api.js";
import {h, keyed, paced, text} from "./dom.js";
import {happened, timeOf, day, who} from "./words.js";

const KEPT = 2000, AT_ONCE = 6;
const names = new Map();

/* A name that some answer had anyway. */
export function learn(contact, name) {
	if (names.size > KEPT)
		names.clear();
	names.set(contact, name || `contact ${contact}`);
}

export function events({max = 40, one = false, empty}) {
	const list = h("ol.events"), nothing = h("p.empty", {}, empty);
	let rows = [], drawn = true, over = false;

	const fetchNames = paced(500, async () => {
		const missing = [...new Set(rows.filter(r => r.contact && !names.has(r.contact))
			.map(r => r.contact))].slice(0, AT_ONCE);

		for (const id of missing) {
			try {
				learn(id, (await get(`contacts/${id}`)).name);
			} catch {
				learn(id, null);
			}
		}
		if (missing.length)
			later();
	});

	function subject(row) {
		if (row.contact)
			return names.get(row.contact) ?? `contact ${row.contact}`;
		return row.call ? "a call" : who(row.actor);
	}

	function make(row) {
		const label = !one && h(row.call ? "a.subject" : "span.subject",
			row.call ? {href: `#/calls/${row.call}`} : {});

		return h("li", {"data-kind": row.kind.split(".")[0]},
			h("time", {datetime: row.at, title: day(row.at)}, timeOf(row.at)),
			label, label && " ", h("span.what", {}, happened(row)));
	}

	function draw() {
		drawn = true;
		if (over)
			return;
		nothing.hidden = rows.length > 0;
		keyed(list, one ? rows : rows.toReversed(), r => r.seq, make, (e, r) => {
			if (!one)
				text(e.querySelector(".subject"), subject(r));
		});
		if (!one && rows.some(r => r.contact && !names.has(r.contact)))
			fetchNames();
	}

	function later() {
		if (drawn)
			requestAnimationFrame(draw);
		drawn = false;
	}

	return {
		node: h("div", {}, list, nothing),
		add(row) {
			if (rows.length && row.seq <= rows[rows.length - 1].seq)
				return;
			rows.push(row);
			if (rows.length > max)
				rows = rows.slice(-max);
			later();
		},
		show(all) {
			rows = all.slice(-max);
			draw();
		},
		stop() {
			over = true;
			fetchNames.stop();
		},
	};
}

/* Rows of the last n of the journal that are wanted. */
export async function lastRows(seq, n, wanted) {
	const from = Math.max(1, seq - n + 1);

	return (await get(`journal?from=${from}&limit=500`)).items.filter(wanted);
}
