#!/usr/bin/python3
"""web.py: an HTTP client for tests that says exactly what it is told to say.

web.py raw ADDRESS [TEXT ...]   sends each text (\\r \\n \\0 \\xNN are read) and prints what comes
                                back until the other side closes
web.py half ADDRESS [TEXT ...]  the same, and closes this side behind the last
web.py pipe ADDRESS < BYTES     sends them in one write: prints "STATUS BODY" of each answer
                                until the other side closes
web.py status ADDRESS < LINES   a line "METHOD PATH [HEADER: VALUE|...]<TAB>BODY" each, one after
                                another on one connection: prints "STATUS BODY"

ADDRESS is PORT, HOST:PORT or unix:PATH. Nothing here sleeps.
"""
import json
import os
import select
import socket
import sys
import time


def connect(address, timeout=20):
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        s.connect(address[5:])
        return s
    host, _, port = address.rpartition(":")
    s = socket.create_connection((host or "127.0.0.1", int(port)), timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


class Answers:
    """Reads answers one by one from a connection."""

    def __init__(self, s):
        self.s, self.b = s, b""

    def more(self):
        d = self.s.recv(65536)
        self.b += d
        return len(d) > 0

    def next(self):
        """(status, header, body), or None at the end."""
        while b"\r\n\r\n" not in self.b:
            if not self.more():
                return None
        head, self.b = self.b.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            k, _, v = line.partition(":")
            fields[k.strip().lower()] = v.strip()
        n = int(fields.get("content-length", 0))
        while len(self.b) < n:
            if not self.more():
                return None
        body, self.b = self.b[:n], self.b[n:]
        return int(lines[0].split()[1]), fields, body


def request(method, path, body=b"", fields=()):
    out = f"{method} {path} HTTP/1.1\r\nHost: test\r\n"
    if body or method in ("POST", "PUT", "PATCH"):
        out += f"Content-Length: {len(body)}\r\n"
    for f in fields:
        out += f + "\r\n"
    return out.encode() + b"\r\n" + body


def half(address, *texts):
    raw(address, *texts, ends=True)


def raw(address, *texts, ends=False):
    s = connect(address)
    try:
        for t in texts:
            s.sendall(t.encode("latin-1").decode("unicode_escape").encode("latin-1"))
        if ends:
            s.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    got = b""
    try:
        while True:
            d = s.recv(65536)
            if not d:
                break
            got += d
    except ConnectionResetError:
        pass
    sys.stdout.write(got.decode("latin-1").replace("\r\n", "\n"))


def pipe(address):
    s = connect(address)
    s.sendall(sys.stdin.buffer.read())
    answers = Answers(s)
    while (a := answers.next()) is not None:
        print(a[0], a[2].decode().strip())


def status(address):
    s, answers = None, None
    for line in sys.stdin:
        head, _, body = line.rstrip("\n").partition("\t")
        method, _, rest = head.partition(" ")
        path, _, more = rest.partition(" ")
        fields = [f for f in more.split("|") if f]
        if s is None:
            s = connect(address)
            answers = Answers(s)
        s.sendall(request(method, path, body.encode(), fields))
        a = answers.next()
        if a is None:
            print("closed")
            s = None
            continue
        print(a[0], a[2].decode().strip())
        if a[1].get("connection") == "close":
            s.close()
            s = None


if __name__ == "__main__":
    {f.__name__: f for f in (raw, half, pipe, status)}[sys.argv[1]](*sys.argv[2:])
