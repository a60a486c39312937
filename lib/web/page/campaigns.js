/*
 * campaigns: all of them with their progress.
 */
import {get} from "./api.js";
import {progress, legend, settledWords, settledPercent} from "./chart.js";
import {h, keyed, paced, text, set} from "./dom.js";
import {dialerFails, many} from "./words.js";

const LOOK_S = 10; /* at dialers, of which the stream says nothing */

export function campaigns(app) {
	const list = h("ul.campaigns"), nothing = h("div.empty-page", {hidden: true},
		h("p", {}, "No campaign yet."),
		h("p", {}, "A campaign is a file: ", h("code", {}, "outreach-campaign apply FILE")),
		h("p", {}, "Its people come from a sheet: ",
			h("code", {}, "outreach-import SHEET | outreach-campaign add NAME")));
	const sum = h("p.sub"), more = h("p.sub");
	let dialers = false, seconds = 0;

	function make(c) {
		const bar = progress(), words = legend();
		const node = h("li", {}, h("div.head", {},
			h("a.name", {href: `#/campaigns/${encodeURIComponent(c.name)}`}, c.name),
			h("span.state"), h("span.line-state.dialer", {"data-kind": "bad"}), h("span.figure", {}, h("b.share"), " ", h("span.settled"))), bar.node, words.node);

		node.parts = {bar, words};
		return node;
	}

	function update(node, c) {
		const state = node.querySelector(".state");

		text(state, c.state);
		set(state, {"data-state": c.state});
		text(node.querySelector(".dialer"), dialerFails(c.dialer) ? "its dialer fails" : "");
		text(node.querySelector(".share"), c.targets ? settledPercent(c.targets, c.people) : "");
		text(node.querySelector(".settled"), c.targets ? settledWords(c.targets, c.people) : "nobody in it yet");
		node.parts.bar.show(c.targets, c.people);
		node.parts.words.show(c.people);
	}

	async function load() {
		const all = await get("campaigns?counts=1&limit=100");
		const running = all.items.filter(c => c.state === "active").length;
		const calling = all.items.reduce((n, c) => n + c.people.calling, 0);

		dialers = all.items.some(c => c.dialer);
		keyed(list, all.items.toSorted(order), c => c.name, make, update);
		nothing.hidden = all.items.length > 0;
		text(sum, all.items.length ? `${many(all.items.length, "campaign")}, ${running} active, ${many(calling, "person", "people")} on the line` : "");
		text(more, all.next ? "These are the first hundred; outreach-campaign list has all." : "");
	}

	const again = paced(1000, load);

	return {
		title: "Campaigns",
		node: h("section", {}, h("h1", {tabindex: "-1"}, "Campaigns"), sum, list, nothing, more),
		load,
		row: again,
		tick() {
			if (dialers && ++seconds % LOOK_S === 0)
				again();
		},
		stop: again.stop,
	};
}

/* What goes on now comes first. */
const RANK = {active: 0, paused: 1, draft: 2, done: 3, cancelled: 4};

function order(a, b) {
	return RANK[a.state] - RANK[b.state] || a.name.localeCompare(b.name);
}
