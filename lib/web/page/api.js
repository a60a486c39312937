/*
 * api: requests with the token, which is kept for this tab alone and never in
 * an address. An answer that is no success is thrown as what the server said.
 */
const KEY = "outreach.token";

export const token = {
	get: () => sessionStorage.getItem(KEY) ?? "",
	set: t => t ? sessionStorage.setItem(KEY, t) : sessionStorage.removeItem(KEY),
};

export class Problem extends Error {
	constructor(status, words) {
		super(words);
		this.status = status;
	}
}

export function header(more) {
	const t = token.get();

	return t ? {...more, Authorization: `Bearer ${t}`} : {...more};
}

export async function problem(answer) {
	let said = {};

	try {
		said = await answer.json();
	} catch {
		/* no JSON: a proxy's page */
	}
	return new Problem(answer.status, said.detail ?? said.title ?? `HTTP ${answer.status}`);
}

async function send(method, path, body) {
	let answer;

	try {
		answer = await fetch(`api/v1/${path}`, {method, cache: "no-store",
			headers: header(body === undefined ? {} : {"Content-Type": "application/json"}),
			body: body === undefined ? undefined : JSON.stringify(body)});
	} catch {
		throw new Problem(0, "the server is not to be reached");
	}
	if (!answer.ok)
		throw await problem(answer);
	return answer.json();
}

export const get = path => send("GET", path);
export const post = (path, body) => send("POST", path, body ?? {});
export const patch = (path, body) => send("PATCH", path, body);

export const campaignPath = name => `campaigns/${encodeURIComponent(name)}`;
