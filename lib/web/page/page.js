/*
 * page: which view is shown, who looks, and how the line to the server is.
 */
import {token} from "./api.js";
import {ask} from "./ask.js";
import {call} from "./call.js";
import {campaign} from "./campaign.js";
import {campaigns} from "./campaigns.js";
import {fill, h, paced, say, set, text, toast} from "./dom.js";
import {live} from "./live.js";
import {count, day, time, when, who} from "./words.js";

const main = document.getElementById("main");
let view = null, status = null, asked = 0, seq = 0, first = true;

const app = {
	/* The server's clock, which a simulation has its own of. */
	now: () => status ? Date.parse(status.now) + (performance.now() - asked) * status.clock_scale : Date.now(),
	acts: () => status?.role === "operator",
	seq: () => seq,
};

/* ---- views -------------------------------------------------------------------------------- */

const ROUTES = [[/^#\/campaigns\/([^/]+)$/, campaign], [/^#\/calls\/([0-9a-f-]{36})$/, call],
	[/^(?:#\/?)?$/, campaigns]];

function choose() {
	for (const [pattern, make] of ROUTES) {
		const found = pattern.exec(location.hash);

		if (found)
			return make(app, found[1] === undefined ? undefined : decodeURIComponent(found[1]));
	}
	return null;
}

/* What was typed may be no address at all: a lone %. */
function chosen() {
	try {
		return choose();
	} catch {
		return null;
	}
}

function trouble(e) {
	return h("div.empty-page", {}, h("h1", {tabindex: "-1"}, e.status === 404 ? "Not there" : "That did not work"),
		h("p", {}, e.message), h("p", {}, h("a", {href: "#/"}, "All campaigns")));
}

async function load(v) {
	try {
		await v.load();
	} catch (e) {
		if (v === view && e.status !== 401)
			fill(main, trouble(e));
	}
}

async function show() {
	view?.stop();
	view = chosen();
	if (!view) {
		fill(main, trouble({status: 404, message: "There is no such view."}));
		return;
	}
	const mine = view;

	document.title = mine.title === "Campaigns" ? "outreach" : `${mine.title} – outreach`;
	fill(main, mine.node);
	main.setAttribute("aria-busy", "true");
	await load(mine);
	if (mine !== view)
		return;
	main.removeAttribute("aria-busy");
	if (!first) {
		scrollTo(0, 0);
		main.querySelector("h1")?.focus({preventScroll: true});
	}
	first = false;
}

/* ---- who looks -------------------------------------------------------------------------------- */

function signIn(words) {
	const field = h("input", {id: "token", type: "password", autocomplete: "off", required: true, spellcheck: "false"});
	const form = h("form", {}, h("h1", {tabindex: "-1"}, "A token, please"), h("p", {}, words),
		h("label", {for: "token"}, "Token"), field, h("div.row", {}, h("button.main", {}, "Look")),
		h("p.sub", {}, "It is kept in this tab alone, until it is closed. ", h("code", {}, "outreach-token add NAME"),
			" makes one that may look, ", h("code", {}, "--role operator"), " one that may act."));

	form.addEventListener("submit", e => {
		e.preventDefault();
		use(field.value.trim());
	});
	view?.stop();
	view = null;
	fill(main, h("div.sign-in", {}, form));
	field.focus();
}

function use(t) {
	token.set(t);
	view?.stop();
	view = null;
	status = null;
	fill(main);
	document.getElementById("toast").hidden = true;
	stream.restart();
}

document.getElementById("who").addEventListener("click", async () => {
	const has = Boolean(token.get());
	const answer = await ask({title: "Token", words: "It is kept in this tab alone, until it is closed.", yes: "Use it",
		field: {label: "Token", type: "password", value: "", required: true}, more: has ? "Forget it" : null});

	if (answer)
		use(answer.more ? "" : answer.value.trim());
});

function drawWho() {
	const name = status.actor ? who(status.actor) : "this machine";

	text(document.getElementById("who"), `${name} · ${status.role}`);
	set(document.getElementById("who"), {"aria-label": `${name}, ${status.role}: change the token`});
}

/* ---- the line -------------------------------------------------------------------------------- */

const LINE = {waiting: "connecting", live: "live", away: "reconnecting", denied: "no token"};
let lineState = "waiting", lost = false;

function drawLine(state) {
	const e = document.getElementById("line");

	if (lineState === "live" && state === "away") {
		lost = true;
		say("The line to the server is lost; reconnecting");
	}
	if (state === "live" && lost) {
		lost = false;
		say("Live again");
	}
	lineState = state;
	set(e, {"data-state": state});
	text(document.getElementById("line-words"), LINE[state]);
}

function drawStop() {
	const e = document.getElementById("stopped");

	e.hidden = !status.stopped;
	if (status.stopped)
		text(e, `Everything is stopped since ${when(status.stopped_at, app.now())}, by ${who(status.stopped_by)}${status.reason ? `: ${status.reason}` : ""}. Nobody new is called until outreach resume.`);
}

function drawFoot() {
	text(document.getElementById("foot"),
		`outreach ${status.version}. Times are those of ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`);
}

function drawClock() {
	const now = app.now(), simulated = status && (status.clock_scale !== 1 || Math.abs(now - Date.now()) > 600000);

	text(document.getElementById("clock"), simulated
		? `${day(now)}, ${time(now)}, ${status.clock_scale === 1 ? "another clock" : `clock ×${status.clock_scale}`}` : "");
}

const stream = live({
	status(s) {
		status = s;
		asked = performance.now();
		seq = Math.max(seq, s.seq);
		drawWho();
		drawStop();
		drawClock();
		drawFoot();
		if (!view)
			show();
	},
	row(r) {
		seq = r.seq;
		if (r.kind === "store.stopped" || r.kind === "store.resumed") {
			Object.assign(status, {stopped: r.kind === "store.stopped", stopped_at: r.at, stopped_by: r.actor,
				reason: r.fact?.reason});
			drawStop();
			say(status.stopped ? "Everything is stopped" : "Everything goes on");
		}
		view?.row(r);
	},
	lost(n) {
		toast(`${count(n)} events passed by while this page was away; it is up to date again.`);
		if (view)
			load(view);
	},
	state: drawLine,
	denied(e) {
		drawLine("denied");
		text(document.getElementById("who"), "Token");
		signIn(token.get() ? e.message : "This store shows itself to those who have a token.");
		if (token.get())
			toast(e.message, true);
	},
});

/* Without a token from one moment to the next: ask for one. What is not there now may be there soon. */
paced.failed = e => {
	if (e.status === 401)
		stream.restart();
	return e.status !== 0 && e.status !== 503;
};

addEventListener("hashchange", () => { if (status) show(); });
document.getElementById("skip").addEventListener("click", e => {
	e.preventDefault();
	main.focus();
});
setInterval(() => {
	drawClock();
	if (status)
		view?.tick?.();
}, 1000);
stream.restart();
