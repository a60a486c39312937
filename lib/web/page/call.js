/*
 * call: one call: who, what the AI was told, what is said, what happened.
 */
import {get} from "./api.js";
import {hangUp} from "./campaign.js";
import {fill, h, keyed, paced, set, text} from "./dom.js";
import {events} from "./events.js";
import {lasting, lineState, outcome, outcomeKind, timeOf, day} from "./words.js";

const STEPS = [["intent_at", "intended"], ["placed_at", "sent"], ["ringing_at", "ringing"],
	["answered_at", "answered"], ["ended_at", "over"]];

/* ---- what is said ------------------------------------------------------------------------ */

const AGENTS = new Set(["agent", "assistant", "ai", "bot", "system"]);

function transcript(callee) {
	const list = h("ol.talk", {role: "log", "aria-live": "polite", "aria-label": "Transcript", tabindex: "0"});
	const nothing = h("p.empty");
	let said = [];

	function make(s) {
		const agent = AGENTS.has(String(s.role ?? "").toLowerCase());

		return h("li", {"data-role": agent ? "agent" : "callee"},
			h("p.speaker", {}, agent ? "Agent" : callee(), h("time", {datetime: s.at}, timeOf(s.at))),
			h("p.words", {}, s.erased ? "(erased)" : s.text ?? ""));
	}

	function draw() {
		const bottom = list.scrollHeight - list.scrollTop - list.clientHeight < 40;

		said.sort((a, b) => a.at.localeCompare(b.at) || a.seq - b.seq);
		keyed(list, said, s => s.seq, make);
		list.hidden = said.length === 0;
		nothing.hidden = said.length > 0;
		if (bottom)
			list.scrollTop = list.scrollHeight;
	}

	return {
		node: h("div", {}, list, nothing),
		show(all) {
			said = all;
			draw();
		},
		add(s) {
			if (said.some(t => t.seq === s.seq))
				return;
			said.push(s);
			draw();
		},
		empty: words => text(nothing, words),
	};
}

/* ---- who ------------------------------------------------------------------------------------- */

function facts(person, call) {
	const rows = [["Number", call.phone ?? person?.phone], ["Campaign", call.campaign],
		["Attempt", call.attempt], ["Time zone", person?.timezone], ["Language", person?.language],
		["Source", person && `${person.source}, ${person.key}`],
		...Object.entries(person?.attributes ?? {}).map(([k, v]) => [k, typeof v === "object" ? JSON.stringify(v) : String(v)])];

	return rows.filter(([, v]) => v !== undefined && v !== null && v !== "")
		.map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, k === "Campaign"
			? h("a", {href: `#/campaigns/${encodeURIComponent(v)}`}, v) : v)));
}

/* ---- all of it --------------------------------------------------------------------------------- */

export function call(app, id) {
	let c = {id}, person = null;
	const state = h("span.line-state"), name = h("span", {}, "A call"), head = h("h1", {tabindex: "-1"}, name, " ", state);
	const sub = h("p.sub"), back = h("p.back"), steps = h("ol.steps"), who = h("dl.facts");
	const context = h("div.context"), button = h("button.danger", {type: "button", hidden: true}, "Hang up");
	const talk = transcript(() => c.name || "Person");
	const log = events({one: true, max: 200, empty: "No event is known."});

	function drawHead() {
		const over = c.state === "ended" || c.ended_at;
		const kind = over ? outcomeKind(c.disposition) : "live";

		text(name, c.name || c.phone || "A call");
		text(state, over ? outcome(c.disposition || "over") : c.hangup_at ? "to be hung up" : lineState(c.state));
		set(state, {"data-state": over ? "ended" : c.state, "data-kind": kind});
		text(sub, over ? (c.talk_ms ? `${lasting(c.talk_ms)} talked` : c.cause_text ?? "")
			: c.answered_at ? `talking for ${lasting(app.now() - new Date(c.answered_at))}`
			: c.intent_at ? `for ${lasting(app.now() - new Date(c.intent_at))}` : "");
		button.hidden = !app.acts() || !c.line_open || Boolean(c.hangup_at);
		talk.empty(over ? "Nothing was said, or nothing of it was written down."
			: c.answered_at ? "Nothing has been said yet." : "The transcript begins when the call is answered.");
		/* A step that was not seen is not waited for once a later one was. */
		const last = STEPS.findLastIndex(([key]) => c[key]);

		fill(steps, STEPS.filter(([key], i) => c[key] || i > last).map(([key, words]) =>
			h("li", {"data-done": c[key] ? "yes" : "no"}, h("span", {}, words),
				c[key] ? h("time", {datetime: c[key], title: day(c[key])}, timeOf(c[key])) : "–")));
	}

	function draw() {
		fill(back, h("a", {href: c.campaign ? `#/campaigns/${encodeURIComponent(c.campaign)}` : "#/"}, c.campaign ?? "Campaigns"));
		fill(who, facts(person, c));
		fill(context, c.context ? h("pre", {}, c.context)
			: h("p.empty", {}, "Nothing is stored of what the AI was told in this call."));
		drawHead();
	}

	async function load() {
		c = await get(`calls/${id}`);
		person = c.contact ? await get(`contacts/${c.contact}`).catch(() => null) : null;
		draw();
		talk.show(c.transcript.map(s => ({...s})));
		log.show(c.events);
	}

	const again = paced(800, load);
	const section = (title, ...inside) => h("section.card", {"aria-label": title}, h("h2", {}, title), ...inside);

	button.addEventListener("click", () => hangUp(button, c));
	return {
		title: "Call",
		node: h("article.call", {}, back, h("div.head", {}, h("div", {}, head, sub), button), steps,
			h("div.columns.wide", {}, section("Transcript", talk.node),
				h("div.stack", {}, section("Person", who), section("What the AI was told", context))),
			section("Events", log.node)),
		load,
		row(r) {
			if (r.call !== id)
				return;
			if (r.kind === "call.transcription") {
				const b = r.body ?? {}, said = b.payload ?? b;

				talk.add({seq: r.seq, at: r.at, role: said.role ?? said.speaker, text: said.text, erased: r.erased});
				return;
			}
			log.add(r);
			again();
		},
		tick: drawHeadOnly,
		stop() {
			again.stop();
			log.stop();
		},
	};

	function drawHeadOnly() {
		if (c.state && c.state !== "ended")
			drawHead();
	}
}
