# streams.sh: what the tests of the journal's two streams share, on top of lib.sh.

# serve [ADDRESS]: one on a free port: $PORT, $SERVE.
serve() {
	rm -f port
	background outreach-serve -q --listen "${1:-127.0.0.1:0}" --port-file port
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start"
	PORT=$(cat port)
}

# said FROM TO [BYTES]: events of calls, as a program in a pipe would send them.
said() {
	awk -v from="$1" -v to="$2" -v bytes="${3:-1}" 'BEGIN {
		while (length(text) < bytes) text = text "spoken words "
		for (n = from; n <= to; n++)
			printf "{\"uuid\":\"0195f5f0-0000-7000-8000-%012x\",\"type\":\"transcription\",\"timestamp\":\"2026-03-02T09:%02d:%02d.%03dZ\",\"payload\":{\"role\":\"agent\",\"text\":\"%d %s\"}}\n", n / 10, n / 60000 % 60, n / 1000 % 60, n % 1000, n, text
	}' | outreach-events -q
}

head_seq() {
	outreach-events verify | jq .seq
}
