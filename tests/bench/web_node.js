// web_node: the peer in Node: better-sqlite3, a commit for each request. web_node.js PORT STORE
const http = require('http');
const Database = require('better-sqlite3');

const db = new Database(process.argv[3]);
db.pragma('journal_mode = TRUNCATE');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE IF NOT EXISTS inbox (seq INTEGER PRIMARY KEY, body TEXT)');
const insert = db.prepare('INSERT INTO inbox (body) VALUES (?)');

http.createServer((request, response) => {
	const parts = [];
	request.on('data', (part) => parts.push(part));
	request.on('end', () => {
		const body = Buffer.concat(parts).toString();
		JSON.parse(body);
		insert.run(body);
		response.end('{"status":"ok"}');
	});
}).listen(Number(process.argv[2]), '127.0.0.1');
