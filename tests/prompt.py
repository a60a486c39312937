#!/usr/bin/python3
"""prompt.py: both ends of /prompt-stream for tests.

prompt.py model PORT_FILE LOG   a chat API: what it does is in the last message; each request's body is a
                                line of LOG, and "gone" when its client left early
prompt.py say PORT BODY         posts the body, prints each chunk of the answer as a line, and the status first
prompt.py leave PORT BODY       posts the body, leaves after the first chunk
"""
import http.server
import json
import os
import socket
import sys
import threading


def model(port_file, log):
    lock = threading.Lock()

    def note(text):
        with lock, open(log, "a") as f:
            f.write(text + "\n")

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def event(self, text):
            d = ("data: %s\n\n" % text).encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(d), d))
            self.wfile.flush()

        def text(self, text):
            self.event(json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}))

        def wait_for_end(self):
            try:
                self.connection.settimeout(60)
                if not self.connection.recv(1):
                    note("gone")
            except OSError:
                note("gone")
            self.close_connection = True

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body["authorization"] = self.headers.get("Authorization")
            body["path"] = self.path
            note(json.dumps(body))
            what = body["messages"][-1]["content"]
            if what == "fail":
                d = b'{"error":{"message":"no"}}'
                self.send_response(503)
                self.send_header("Content-Length", str(len(d)))
                self.end_headers()
                self.wfile.write(d)
                return
            if what == "hang":
                self.wait_for_end()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.event('{"choices":[{"index":0,"delta":{"role":"assistant"}}]}')
            if what == "long":
                self.text("\u0905" * 5000)
            elif what == "error":
                self.text("Well")
                self.event('{"error":{"message":"overloaded"}}')
            elif what != "empty":
                self.text("Hello")
                self.text(", \"you\"\n")
            if what in ("stall", "leave"):
                self.wait_for_end()
                return
            self.event("[DONE]")
            self.wfile.write(b"0\r\n\r\n")

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with open(port_file + ".new", "w") as f:
        f.write("%d\n" % server.server_address[1])
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


def post(port, body):
    s = socket.create_connection(("127.0.0.1", int(port)), 60)
    d = body.encode()
    s.sendall(b"POST /prompt-stream HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
              b"Connection: close\r\n\r\n%s" % (len(d), d))
    f = s.makefile("rb")
    status = f.readline().split()[1].decode()
    chunked = False
    for line in iter(f.readline, b"\r\n"):
        chunked |= line.lower().startswith(b"transfer-encoding: chunked")
    return s, f, status, chunked


def chunks(f):
    while True:
        n = int(f.readline() or b"-1", 16)
        if n < 0:
            print("cut")
        if n <= 0:
            return
        yield f.read(n).decode()
        f.readline()


def say(port, body):
    _, f, status, chunked = post(port, body)
    print(status)
    if not chunked:
        print(f.read().decode(), end="")
        return
    for c in chunks(f):
        print(c)


def leave(port, body):
    s, f, status, _ = post(port, body)
    print(status, next(chunks(f)))
    f.close()
    s.close()


if __name__ == "__main__":
    {f.__name__: f for f in (model, say, leave)}[sys.argv[1]](*sys.argv[2:])
