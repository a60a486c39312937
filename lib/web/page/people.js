/*
 * people: the people of a campaign, a page at a time, found by name or number,
 * and whom to call first.
 */
import {get, patch, campaignPath} from "./api.js";
import {act, ask} from "./ask.js";
import {h, keyed, paced, set, text} from "./dom.js";
import {learn} from "./events.js";
import {count, outcome, target, when} from "./words.js";

const PAGE = 25, SEEN = 50, FOUND = 20;

export function people(app, campaign) {
	const body = h("tbody"), nothing = h("p.empty"), more = h("button.quiet", {type: "button"}, "Show more");
	const field = h("input", {type: "search", id: "find", placeholder: "Name, number or key"});
	const form = h("form.find", {role: "search", on: {submit: find}},
		h("label", {for: "find"}, "Find a person"), field, h("button", {}, "Find"));
	const table = h("div.scroll", {}, h("table.people", {}, h("thead", {}, h("tr", {},
		["Person", "Number", "Stands", "Calls", "Next call", "Priority"].map((name, i) =>
			h("th", {scope: "col", class: i === 3 || i === 5 ? "num" : null}, name)))), body));
	let rows = [], next = null, search = "", over = false;

	async function page(after) {
		const answer = await get(`${campaignPath(campaign)}/targets?limit=${PAGE}${after ? `&after=${after}` : ""}`);

		next = answer.next;
		return answer.items;
	}

	async function found() {
		const people = await get(`contacts?limit=${FOUND}&search=${encodeURIComponent(search)}`);
		const all = [];

		for (const p of people.items)
			all.push(...(await get(`${campaignPath(campaign)}/targets?contact=${p.id}`)).items);
		next = null;
		return all;
	}

	async function load() {
		const asked = search, items = await (asked ? found() : page(null));

		if (over || asked !== search)
			return;
		rows = items;
		draw();
	}

	async function find(e) {
		e.preventDefault();
		search = field.value.trim();
		await load();
	}

	async function change(t, button) {
		const answer = await ask({title: `Priority of ${t.name || t.phone}`,
			words: "Higher is called first, within the rules. The file's order is 0.", yes: "Set",
			field: {label: "Priority", type: "number", value: String(t.priority), required: true,
				min: "-1000000", max: "1000000", step: "1"}});

		if (answer)
			await act(button, `${t.name || t.phone} has priority ${answer.value}`, async () => {
				await patch(`${campaignPath(campaign)}/targets/${t.id}`, {priority: Number(answer.value)});
				await load();
			});
	}

	function make(t) {
		learn(t.contact, t.name);
		const button = h("button.quiet.small", {type: "button"}, "Change");
		const row = h("tr", {}, h("th", {scope: "row"}), h("td.nowrap"), h("td"), h("td.num"), h("td.nowrap"),
			h("td.num", {}, h("span.n"), " ", button));

		button.addEventListener("click", () => change(row.target, button));
		return row;
	}

	function update(row, t) {
		const [who, phone, stands, calls, due] = row.children;

		row.target = t;
		text(who, t.name || `contact ${t.contact}`);
		text(phone, t.phone ?? "–");
		text(stands, target(t.state) + (t.state === "done" && t.last_disposition ? `: ${outcome(t.last_disposition)}`
			: t.reason ? `: ${t.reason}` : ""));
		text(calls, count(t.attempts));
		text(due, t.state === "waiting" && t.due_at ? when(t.due_at, app.now()) : "–");
		text(row.querySelector(".n"), t.priority);
		set(row.querySelector("button"), {hidden: !app.acts(),
			"aria-label": `Change the priority of ${t.name || t.phone}`});
	}

	function draw() {
		keyed(body, rows, t => t.id, make, update);
		table.hidden = rows.length === 0;
		nothing.hidden = rows.length > 0;
		text(nothing, search ? `Nobody of this campaign is found by “${search}”.`
			: `Nobody is in this campaign yet: outreach-import FILE | outreach-campaign add ${campaign}`);
		more.hidden = next === null;
	}

	const again = paced(4000, load);

	more.addEventListener("click", () => act(more, null, async () => {
		rows = [...rows, ...await page(next)];
		draw();
	}));
	return {
		node: h("div", {}, form, table, nothing, more),
		load,
		/* Somebody who is shown may stand otherwise now. */
		row(r) {
			if (r.contact && rows.length <= SEEN && rows.some(t => t.contact === r.contact))
				again();
		},
		stop() {
			over = true;
			again.stop();
		},
	};
}
