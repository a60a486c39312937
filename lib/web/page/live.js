/*
 * live: the journal as it grows, row by row in order and without a gap. Whoever
 * was away goes on behind the last row seen; who was away for very long is told
 * to look anew instead.
 */
import {get, header, problem} from "./api.js";

const SILENCE_MS = 45000; /* the server says something every 15 s */
const FAR = 5000;         /* rows to catch up with; behind more it is quicker to look anew */
const waits = [250, 1000, 2000, 5000, 10000];

/*
 * on: status(answer of /status), row(row), state(word, detail), lost(n): n rows were passed over,
 * denied(problem): the token is missing or wrong. Gives {start, stop, restart}.
 */
export function live(on) {
	let seq = -1, tries = 0, abort = null, timer = 0, run = 0;

	function take(id, data) {
		const row = JSON.parse(data), n = Number(id);

		if (n <= seq)
			return;
		if (n !== seq + 1)
			on.lost(n - seq - 1);
		seq = n;
		on.row(row);
	}

	/* Lines of server-sent events; one may come in pieces. */
	async function read(stream, heard) {
		const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
		let rest = "", id = null, data = null;

		for (;;) {
			const {value, done} = await reader.read();

			if (done)
				return;
			heard();
			const lines = (rest + value).split("\n");

			rest = lines.pop();
			for (const line of lines)
				if (line.startsWith("id: "))
					id = line.slice(4);
				else if (line.startsWith("data: "))
					data = line.slice(6);
				else if (line === "" && data !== null) {
					take(id, data);
					data = null;
				}
		}
	}

	async function once(mine) {
		const status = await get("status");

		if (mine !== run)
			return;
		if (seq < 0 || status.seq < seq || status.seq - seq > FAR) {
			if (seq >= 0)
				on.lost(Math.max(0, status.seq - seq));
			seq = status.seq;
		}
		on.status(status);
		abort = new AbortController();
		let watch = 0;
		const heard = () => {
			clearTimeout(watch);
			watch = setTimeout(() => abort.abort(), SILENCE_MS);
		};

		heard();
		try {
			const answer = await fetch("api/v1/live", {cache: "no-store", signal: abort.signal,
				headers: header({"Last-Event-ID": String(seq)})});

			if (!answer.ok)
				throw await problem(answer);
			tries = 0;
			on.state("live");
			await read(answer.body, heard);
		} finally {
			clearTimeout(watch);
		}
	}

	async function go() {
		const mine = ++run;

		clearTimeout(timer);
		try {
			await once(mine);
		} catch (e) {
			if (mine !== run)
				return;
			if (e.status === 401 || e.status === 403) {
				on.state("denied");
				on.denied(e);
				return;
			}
		}
		if (mine !== run)
			return;
		on.state("away");
		timer = setTimeout(go, waits[Math.min(tries++, waits.length - 1)]);
	}

	function stop() {
		run++;
		clearTimeout(timer);
		abort?.abort();
	}

	/* With another token: from the beginning. */
	function restart() {
		stop();
		seq = -1;
		tries = 0;
		on.state("waiting");
		go();
	}

	addEventListener("online", () => { if (tries) go(); });
	return {restart};
}
