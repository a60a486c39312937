#!/usr/bin/python3
"""avr_app.py: stands for avr-app's backend between avr-core and us, for tests.

avr_app.py PORT_FILE SECRET FORWARD   takes AVR's events as avr-app does (its secret, a UUID, one of six types,
                                      an ISO time), writes each anew and passes it to FORWARD, once, with the
                                      secret and the agent's id; drops the answer
A GET is passed to the server of FORWARD: the speech connectors ask it directly.
"""
import datetime
import http.server
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid

TYPES = ["call_initiated", "call_started", "transcription", "interruption", "dtmf_digit", "call_ended"]


def main(port_file, secret, forward):
    def is_event(e):
        uuid.UUID(e["uuid"])
        datetime.datetime.fromisoformat(e["timestamp"].replace("Z", "+00:00"))
        return e["type"] in TYPES and isinstance(e.get("payload", {}), dict)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, status, body, kind="application/json"):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def ask(self, request):
            try:
                with urllib.request.urlopen(request, timeout=10) as r:
                    return r.status, r.read()
            except urllib.error.HTTPError as e:
                return e.code, e.read()

        def do_GET(self):
            url = urllib.parse.urljoin(forward, self.path)
            self.answer(*self.ask(urllib.request.Request(url, headers={"X-AVR-UUID": self.headers["X-AVR-UUID"]})))

        def do_POST(self):
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers.get("X-AVR-WEBHOOK-SECRET") != secret:
                self.answer(401, b"{}")
                return
            if not is_event(event):
                self.answer(400, b"{}")
                return
            self.ask(urllib.request.Request(forward, json.dumps(event).encode(), {
                "Content-Type": "application/json", "x-avr-webhook-secret": secret,
                "x-avr-agent-id": "3f2c8c1e-2c52-4a3e-9f7e-0a53c7b1d9aa"}))
            self.answer(201, b'{"status":"ok"}')

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with open(port_file + ".new", "w") as f:
        f.write("%d\n" % server.server_address[1])
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


main(*sys.argv[1:])
