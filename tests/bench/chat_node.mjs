// The peer of generate.sh: the same questions by Node's fetch, which is undici.
// chat_node.js PORT COUNT AT_ONCE
const [port, count, atOnce] = process.argv.slice(2).map(Number);
const system = 'You write a briefing for a call.'.padEnd(900, ' x');
let next = 0;

async function worker() {
	while (next < count) {
		const n = next++;
		const r = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
			method: 'POST',
			headers: {'content-type': 'application/json', authorization: 'Bearer k'},
			body: JSON.stringify({model: 'm', max_tokens: 1000, messages: [
				{role: 'system', content: system},
				{role: 'user', content: `<data>{"name":"Person ${n}"}</data>`}]}),
		});
		const answer = await r.json();
		if (!answer.choices[0].message.content)
			throw new Error('no answer');
	}
}
await Promise.all(Array.from({length: atOnce}, worker));
