/*
 * chart: numbers as lengths, each with its words beside it.
 */
import {h, svg, fill, keyed, text, set} from "./dom.js";
import {PEOPLE, count, many, percent, time, day, sameDay, step} from "./words.js";

/* ---- a campaign's people in one bar ------------------------------------------------------ */

const settled = people => people.done + people.closed;

export function progress() {
	const bar = h("div.progress", {role: "progressbar", "aria-label": "People settled",
		"aria-valuemin": "0"});

	return {
		node: bar,
		show(targets, people) {
			const words = PEOPLE.filter(([k]) => people[k])
				.map(([k, name]) => `${count(people[k])} ${name}`).join(", ");

			set(bar, {"aria-valuemax": String(targets), "aria-valuenow": String(settled(people)),
				"aria-valuetext": `${count(settled(people))} of ${many(targets, "person", "people")} settled${words && ": " + words}`});
			keyed(bar, PEOPLE.filter(([k]) => people[k] > 0), ([k]) => k,
				([k]) => h("span", {"data-state": k}),
				(e, [k]) => { e.style.flexGrow = people[k]; });
		},
	};
}

/* The same in words. */
export function legend() {
	const list = h("ul.legend");

	return {
		node: list,
		show(people, all) {
			keyed(list, PEOPLE.filter(([k]) => people[k] > 0 || all?.includes(k)), ([k]) => k,
				([k, name]) => h("li", {"data-state": k}, h("span.swatch", {"aria-hidden": "true"}), " ",
					h("b"), ` ${name}`),
				(e, [k]) => text(e.querySelector("b"), count(people[k])));
		},
	};
}

export const settledWords = (targets, people) =>
	`${count(settled(people))} of ${count(targets)} settled`;
export const settledPercent = (targets, people) => percent(settled(people), targets);

/* ---- bars ------------------------------------------------------------------------------------ */

/* rows: [{key, name, n, kind}]; lengths are shares of all. */
export function bars(empty) {
	const list = h("ul.bars"), nothing = h("p.empty", {}, empty), node = h("div", {}, list, nothing);

	return {
		node,
		show(rows) {
			const all = rows.reduce((sum, r) => sum + r.n, 0);
			const most = Math.max(1, ...rows.map(r => r.n));

			nothing.hidden = rows.length > 0;
			keyed(list, rows, r => r.key,
				r => h("li", {"data-kind": r.kind}, h("span.name", {}, r.name),
					h("span.track", {"aria-hidden": "true"}, h("span.fill")),
					h("span.n"), h("span.share")),
				(e, r) => {
					e.querySelector(".fill").style.width = `${100 * r.n / most}%`;
					text(e.querySelector(".n"), count(r.n));
					text(e.querySelector(".share"), percent(r.n, all));
				});
		},
	};
}

/* ---- over time --------------------------------------------------------------------------------- */

const HEIGHT = 100, LEAST = 24, STEPS = 96; /* steps that there is room for */

export function timeline() {
	const picture = svg("svg", {preserveAspectRatio: "none", role: "img"});
	const top = h("p.most"), from = h("span"), to = h("span");
	const figure = h("figure.timeline", {}, top, picture, h("p.axis", {}, from, to),
		h("figcaption", {}, h("span.swatch.all", {"aria-hidden": "true"}), " calls ",
			h("span.swatch.good", {"aria-hidden": "true"}), " answered"));
	const nothing = h("p.empty", {}, "No call yet, so there is nothing to draw.");
	const node = h("div", {}, figure, nothing);

	function column(t, i, most) {
		const all = HEIGHT * t.calls[i] / most, good = HEIGHT * t.answered[i] / most;
		const at = new Date(t.from).getTime() + i * t.step_ms;

		return svg("g", {},
			svg("title", {}, `${time(at)}: ${many(t.calls[i], "call")}, ${count(t.answered[i])} answered`),
			svg("rect", {class: "hit", x: i, width: 1, y: 0, height: HEIGHT}),
			svg("rect", {class: "all", x: i + 0.12, width: 0.76, y: HEIGHT - all, height: all}),
			svg("rect", {class: "good", x: i + 0.12, width: 0.76, y: HEIGHT - good, height: good}));
	}

	return {
		node,
		/* until: the axis goes on to this instant, if there is room. */
		show(t, until) {
			figure.hidden = !t;
			nothing.hidden = Boolean(t);
			if (!t)
				return;
			const begin = new Date(t.from).getTime();
			const now = until ? Math.floor((until - begin) / t.step_ms) + 1 : 0;
			const n = Math.max(t.calls.length, now <= STEPS ? now : 0), most = Math.max(...t.calls), sum = v => v.reduce((a, b) => a + b, 0);
			const end = begin + n * t.step_ms;
			const label = at => sameDay(begin, end) ? time(at) : `${day(at)}, ${time(at)}`;

			set(picture, {viewBox: `0 0 ${Math.max(n, LEAST)} ${HEIGHT}`,
				"aria-label": `Calls a ${step(t.step_ms)} from ${label(begin)} to ${label(end)}: ${count(sum(t.calls))} calls, ${count(sum(t.answered))} of them answered, at most ${count(most)} in one.`});
			fill(picture, t.calls.map((_, i) => column(t, i, most)));
			text(top, `${count(most)} a ${step(t.step_ms)}`);
			text(from, label(begin));
			text(to, n < LEAST ? "" : label(end));
		},
	};
}
