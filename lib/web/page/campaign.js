/*
 * campaign: one campaign as it goes on, and what may be done with it.
 */
import {get, post, campaignPath} from "./api.js";
import {act, ask} from "./ask.js";
import {bars, legend, progress, settledPercent, timeline} from "./chart.js";
import {fill, h, keyed, paced, say, set, text, toast} from "./dom.js";
import {events, lastRows, learn} from "./events.js";
import {people} from "./people.js";
import {ahead, count, dialer, dialerFails, lasting, lineState, many, outcome, outcomeKind, percent, when} from "./words.js";

const LINES = 50;
const LOOK_S = 5; /* at its dialer, of which the stream says nothing */

/* ---- what may be done ------------------------------------------------------------------ */

const VERBS = {
	activate: {label: "Activate", of: ["draft"], done: "is active",
		ask: name => ({title: `Activate ${name}?`, words: "Every person is checked first; then calls begin, within the hours of the campaign.", yes: "Activate"})},
	pause: {label: "Pause", of: ["active"], done: "is paused", plain: true},
	resume: {label: "Resume", of: ["paused"], done: "goes on"},
	cancel: {label: "Cancel", of: ["draft", "active", "paused"], done: "is cancelled", danger: true,
		ask: name => ({title: `Cancel ${name} for good?`, words: "Nobody of it will be called again, and this cannot be undone. Calls that are open end by themselves. To stop for a while, pause.", yes: "Cancel the campaign", no: "Keep it", danger: true})},
};

function controls(app, name, changed) {
	const node = h("div.row.controls"), only = h("p.sub", {hidden: true}, "You may look; acting takes an operator's token.");

	function button(verb) {
		const v = VERBS[verb];
		const b = h(v.danger ? "button.danger" : v.plain ? "button" : "button.main", {type: "button"}, v.label);

		b.addEventListener("click", async () => {
			if (v.ask && !await ask(v.ask(name)))
				return;
			await act(b, `${name} ${v.done}`, () => post(`${campaignPath(name)}/${verb}`));
			changed();
		});
		return b;
	}
	return {
		node: h("div", {}, node, only),
		/* more: a verb that the state alone does not tell of. */
		show(state, more) {
			const may = Object.keys(VERBS).filter(k => VERBS[k].of.includes(state) || k === more);

			keyed(node, app.acts() ? may : [], v => v, button);
			only.hidden = app.acts() || may.length === 0;
		},
	};
}

/* ---- live calls ---------------------------------------------------------------------------- */

export async function hangUp(button, call) {
	if (!await ask({title: `Hang up on ${call.name || call.phone || "this call"}?`,
		words: "The call ends now, whoever is speaking.", yes: "Hang up", no: "Let them talk", danger: true}))
		return;
	await act(button, null, async () => {
		const answer = await post(`calls/${call.id}/hangup`);

		toast(answer.text ?? "The hangup is asked for", Boolean(answer.text));
	});
}

function lines(app, name) {
	const body = h("tbody"), rest = h("p.sub"), nothing = h("p.empty");
	const table = h("div.scroll", {}, h("table.lines", {}, h("thead", {}, h("tr", {},
		["Person", "Number", "Line", "For"].map((n, i) => h("th", {scope: "col", class: i === 3 ? "num" : null}, n)),
		h("td"))), body));
	let calls = [];

	function make(call) {
		const button = h("button.quiet.small", {type: "button"}, "Hang up");

		learn(call.contact, call.name);
		button.addEventListener("click", () => hangUp(button, call));
		set(button, {"aria-label": `Hang up on ${call.name || call.phone}`});
		return h("tr", {}, h("th", {scope: "row"}, h("a", {href: `#/calls/${call.id}`}, call.name || "somebody")),
			h("td.nowrap", {}, call.phone ?? "–"), h("td", {}, h("span.line-state")),
			h("td.num"), h("td.num", {}, button));
	}

	function update(row, call) {
		const state = row.querySelector(".line-state");

		text(state, call.hangup_at ? "to be hung up" : lineState(call.state));
		set(state, {"data-state": call.state});
		row.querySelector("button").hidden = !app.acts() || Boolean(call.hangup_at);
		text(row.children[3], lasting(app.now() - new Date(call.answered_at ?? call.intent_at)));
	}

	function draw() {
		keyed(body, calls, c => c.id, make, update);
		table.hidden = calls.length === 0;
		nothing.hidden = calls.length > 0;
	}

	return {
		node: h("div", {}, table, nothing, rest),
		async load() {
			const all = await get(`calls?open=1&limit=${LINES}&campaign=${encodeURIComponent(name)}`);

			calls = all.items;
			text(rest, all.next ? `These are the first ${LINES}.` : "");
			draw();
		},
		/* What a row of the journal says of a line, at once. */
		row(r) {
			const call = calls.find(c => c.id === r.call);

			if (call && r.kind === "call.answered")
				call.answered_at = r.at;
			if (call && ["call.placed", "call.ringing", "call.answered"].includes(r.kind))
				call.state = r.kind.slice(5);
			if (call && r.kind === "call.hangup")
				call.hangup_at = r.at;
			if (call && r.kind === "call.ended")
				calls = calls.filter(c => c !== call);
			if (call)
				draw();
		},
		empty: words => text(nothing, words),
		tick() {
			for (const row of body.children) {
				const call = calls.find(c => c.id === row.dataset.key);

				if (call)
					update(row, call);
			}
		},
	};
}

/* ---- numbers --------------------------------------------------------------------------------- */

function figures(app) {
	const names = ["Remaining", "On the line", "Calls", "Answered", "Talked", "Pace", "Expected finish"];
	const cells = names.map(() => h("dd"));

	function finish(p) {
		const left = new Date(p.finish_at) - app.now();

		if (p.remaining === 0)
			return ["–", "nobody waits"];
		if (p.state_of_campaign !== "active")
			return ["–", `it is ${p.state_of_campaign}`];
		if (p.due === 0 && p.lines_open === 0 && p.next_due_at)
			return ["–", `next call ${when(p.next_due_at, app.now())}`];
		return p.finish_at ? [when(p.finish_at, app.now()), `${ahead(left)}, at this pace, in its hours`] : ["–", "no pace yet"];
	}

	return {
		node: h("dl.figures", {}, names.map((n, i) => h("div", {}, h("dt", {}, n), cells[i]))),
		show(p) {
			const d = p.disposition, talks = (d.answered ?? 0) + (d.answered_short ?? 0) + (d.answered_dropped ?? 0);
			const rate = p.seizures ? `${percent(p.answered, p.seizures)} of those sent` : "";
			const values = [[count(p.remaining), `of ${count(p.targets)}`],
				[count(p.lines_open), p.due ? `${count(p.due)}${p.due >= 100000 ? "+" : ""} due now` : "nobody is due"],
				[count(p.calls), p.targets ? `${(p.calls / p.targets).toFixed(1)} a person` : ""],
				[count(p.answered), rate],
				[lasting(p.talk_ms), talks ? `${lasting(p.talk_ms / talks)} each` : ""],
				[p.calls_per_hour ? count(p.calls_per_hour) : "–", "calls an hour"], finish(p)];

			values.forEach(([value, small], i) => fill(cells[i], h("b", {}, value), h("small", {}, small)));
		},
	};
}

const plural = k => k === "0" ? "not called" : k === "1" ? "1 call" : k === "7+" ? "7 or more" : `${k} calls`;

/* Of these there is one for every call, and none tells more than the one behind it. */
const QUIET = new Set(["call.placing", "call.placed", "call.alias", "call.initiated", "context.made",
	"context.served"]);

/* ---- all of it --------------------------------------------------------------------------------- */

export function campaign(app, name) {
	const state = h("span.state"), head = h("h1", {tabindex: "-1"}, name, " ", state), sub = h("p.sub");
	const bar = progress(), words = legend(), numbers = figures(app), open = lines(app, name);
	const outcomes = bars("No call is over yet."), attempts = bars("Nobody is in it yet."), chart = timeline();
	const log = events({empty: "Nothing has happened yet."}), folk = people(app, name);
	const act = controls(app, name, () => again()), runs = h("p.sub.dialer", {hidden: true});
	let known = "", seconds = 0;

	const mine = row => row.campaign === name;
	const telling = row => mine(row) && !QUIET.has(row.kind);

	function emptyWords(p) {
		if (p.state_of_campaign === "paused")
			return "No call is open. The campaign is paused: nobody new is called until it is resumed.";
		if (p.state_of_campaign === "draft")
			return "No call is open. The campaign is a draft: calls begin when it is activated and the dialer runs.";
		if (p.trial_over)
			return "No call is open. The first calls of this campaign are made: look at them, then resume.";
		if (p.next_due_at && !p.due)
			return `No call is open. The next one is due ${when(p.next_due_at, app.now())}.`;
		if (p.due)
			return `No call is open. People are due${p.dialer ? "." : ": outreach run calls them."}`;
		return "No call is open, and nobody waits.";
	}

	function showDialer(d) {
		runs.hidden = !d;
		set(runs, {"data-bad": dialerFails(d) ? "yes" : "no"});
		if (d)
			text(runs, `Its dialer ${dialer(d)}${d.since ? `, since ${when(d.since, app.now())}` : ""}.`);
	}

	function show(p) {
		const people = p.state, outcomeRows = Object.entries(p.disposition).sort((a, b) => b[1] - a[1]);

		p.remaining = p.targets - people.done - people.closed;
		if (known && known !== p.state_of_campaign)
			say(`${name} is ${p.state_of_campaign}`);
		known = p.state_of_campaign;
		text(state, known);
		set(state, {"data-state": known});
		text(sub, p.targets ? `${settledPercent(p.targets, people)} of ${many(p.targets, "person", "people")} settled` : "Nobody is in it yet");
		bar.show(p.targets, people);
		words.show(people, ["done", "waiting"]);
		numbers.show(p);
		act.show(known, p.trial_over ? "resume" : null);
		showDialer(p.dialer);
		open.empty(emptyWords(p));
		outcomes.show(outcomeRows.map(([k, n]) => ({key: k, name: outcome(k), n, kind: outcomeKind(k)})));
		attempts.show(Object.entries(p.attempts).map(([k, n]) => ({key: k, name: plural(k), n, kind: "plain"})));
		chart.show(p.timeline, known === "active" ? app.now() : null);
	}

	const count_ = async () => show(await get(`${campaignPath(name)}/progress`));
	const again = paced(1000, count_), linesAgain = paced(700, open.load);
	const section = (title, ...inside) => h("section.card", {"aria-label": title}, h("h2", {}, title), ...inside);

	return {
		title: name,
		node: h("article", {}, h("p.back", {}, h("a", {href: "#/"}, "Campaigns")),
			h("div.head", {}, h("div", {}, head, sub, runs), act.node), bar.node, words.node, numbers.node,
			h("div.columns", {},
				h("div.stack", {}, section("Live calls", open.node), section("Last events", log.node)),
				h("div.stack", {}, section("Outcomes", outcomes.node), section("Answered over time", chart.node),
					section("Calls per person", attempts.node))),
			section("People", folk.node)),
		async load() {
			await count_();
			await Promise.all([open.load(), folk.load(),
				lastRows(app.seq(), 300, telling).then(rows => log.show(rows))]);
		},
		row(r) {
			if (r.kind.startsWith("store."))
				again();
			if (!mine(r))
				return;
			if (telling(r))
				log.add(r);
			open.row(r);
			folk.row(r);
			if (r.kind !== "call.transcription" && r.kind !== "context.made")
				again();
			if (r.kind === "call.intent" || r.kind === "call.ended" || r.kind === "call.unknown")
				linesAgain();
		},
		tick() {
			open.tick();
			if (!runs.hidden && ++seconds % LOOK_S === 0)
				again();
		},
		stop() {
			again.stop();
			linesAgain.stop();
			folk.stop();
			log.stop();
		},
	};
}
