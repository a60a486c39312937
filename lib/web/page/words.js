/*
 * words: numbers, times and the terms of the house as people read them.
 */
const numbers = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit"});
const seconds = new Intl.DateTimeFormat("en-GB",
	{hour: "2-digit", minute: "2-digit", second: "2-digit"});
const days = new Intl.DateTimeFormat("en-GB", {weekday: "short", day: "numeric", month: "short"});

export const count = n => numbers.format(n);
export const many = (n, one, more) => `${count(n)} ${n === 1 ? one : more ?? one + "s"}`;
export const percent = (n, all) => all ? `${Math.round(100 * n / all)}%` : "–";

export const time = at => clock.format(new Date(at));
export const timeOf = at => seconds.format(new Date(at));
export const day = at => days.format(new Date(at));
export const sameDay = (a, b) => day(a) === day(b);
/* The time, and the day if it is another one than today's. */
export const when = (at, now) => sameDay(at, now) ? time(at) : `${day(at)}, ${time(at)}`;

/* "0:07", "12:40", "2 h 05 min" */
export function lasting(ms) {
	const s = Math.max(0, Math.floor(ms / 1000)), min = Math.floor(s / 60);
	const two = n => String(n).padStart(2, "0");

	return min < 60 ? `${min}:${two(s % 60)}` : `${Math.floor(min / 60)} h ${two(min % 60)} min`;
}

/* "in 25 min" */
export function ahead(ms) {
	const min = Math.round(ms / 60000);

	if (min < 1)
		return "in under a minute";
	if (min < 120)
		return `in ${min} min`;
	return min < 48 * 60 ? `in ${Math.round(min / 60)} h` : `in ${Math.round(min / 1440)} days`;
}

/* A step of a timeline: "minute", "15 minutes", "day" */
export function step(ms) {
	const min = ms / 60000;

	if (min < 60)
		return min === 1 ? "minute" : `${min} minutes`;
	if (min < 1440)
		return min === 60 ? "hour" : `${min / 60} hours`;
	return min === 1440 ? "day" : min === 10080 ? "week" : `${min / 1440} days`;
}

/* ---- states --------------------------------------------------------------------------- */

/* Of a campaign's people, in the order of the bar. */
export const PEOPLE = [
	["done", "reached"], ["closed", "closed"], ["calling", "calling"], ["claimed", "next"],
	["unknown", "unknown"], ["held", "held"], ["waiting", "waiting"],
];

export const target = state => PEOPLE.find(p => p[0] === state)?.[1] ?? state;

const LINE = {intent: "about to be sent", placing: "being sent", placed: "sent", ringing: "ringing",
	answered: "talking", unknown: "unknown", ended: "over, line open"};

export const lineState = state => LINE[state] ?? state;

/* Of the dialer that the server keeps for a campaign: {state, last_code, ...}. */
const DIALER = {starting: "is being started", running: "is at work",
	stopping: "makes no new calls and follows those that live", waiting: "waits until somebody is due",
	unsupervised: "is started by nobody any more: start outreach-serve anew"};

export const dialerFails = d => d?.state === "failed" || d?.state === "unsupervised";
export const dialer = d => d.state === "failed"
	? `ended with ${d.last_code} and is started again soon` : DIALER[d.state] ?? d.state;

/* What kind of an outcome it is, for its colour. */
const OUTCOMES = {answered: "good", answered_short: "good", answered_dropped: "bad",
	busy: "plain", no_answer: "plain", declined: "plain", cancelled: "plain",
	unwanted: "bad", blocked: "bad", invalid: "bad", trunk_auth: "bad", congestion: "bad",
	codec: "bad", trunk_dead: "bad", failed: "bad", not_placed: "bad", unknown: "bad"};
const NAMES = {answered_short: "answered, short", answered_dropped: "answered, dropped",
	no_answer: "no answer", unwanted: "unwanted: never again", invalid: "no such number",
	trunk_auth: "refused by the trunk", trunk_dead: "trunk dead", not_placed: "not placed"};

export const outcome = d => NAMES[d] ?? d.replaceAll("_", " ");
export const outcomeKind = d => OUTCOMES[d] ?? "plain";

/* ---- what happened ---------------------------------------------------------------------- */

const KINDS = {
	"call.intent": "is to be called", "call.placing": "being sent", "call.placed": "sent to the exchange",
	"call.ringing": "rings", "call.answered": "took the call", "call.alias": "known to AVR",
	"call.initiated": "known to AVR", "call.unknown": "nobody knows how it goes on",
	"call.hangup": "is to be hung up", "call.interruption": "interrupted the agent",
	"call.error": "error", "call.summary": "was summed up", "context.served": "the AI took the context",
	"context.made": "context made", "context.edited": "context edited",
	"context.approved": "context approved", "context.rejected": "context rejected",
	"campaign.applied": "campaign file applied", "campaign.added": "people added",
	"campaign.activated": "activated", "campaign.paused": "paused", "campaign.resumed": "resumed",
	"campaign.cancelled": "cancelled", "target.held": "held", "target.released": "released",
	"target.priority": "has another priority", "dnc.awaited": "is awaited, not to be called",
	"dnc.lifted": "is not awaited any more", "dnc.optout": "asked not to be called again",
	"dnc.added": "do-not-call added", "dnc.removed": "do-not-call removed",
	"store.stopped": "everything was stopped", "store.resumed": "everything goes on",
};

/* A row of the journal in a few words. */
export function happened(row) {
	const fact = row.fact ?? {}, body = row.body ?? {};

	switch (row.kind) {
	case "call.ended":
		return fact.talk_ms > 0 ? `${outcome(fact.disposition ?? "over")}, ${lasting(fact.talk_ms)}`
			: outcome(fact.disposition ?? "over");
	case "call.transcription":
		return `${body.role === "agent" ? "was told" : "said"}: ${body.text ?? "(erased)"}`;
	case "call.dtmf":
		return `pressed ${body.digit ?? "a key"}`;
	case "target.priority":
		return `has priority ${fact.priority ?? "?"}`;
	case "campaign.added":
		return "people were added";
	}
	const words = KINDS[row.kind] ?? row.kind.replace(/^\w+\./, "").replaceAll("_", " ");

	const why = fact.reason ?? body.reason;

	return why ? `${words}: ${why}` : words;
}

export const who = actor => String(actor ?? "").replace(/^token:/, "").replace(/@.*/, "");
