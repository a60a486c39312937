#!/usr/bin/python3
"""live.py: readers of GET /api/v1/live for tests.

live.py read PORT FROM UNTIL [ID]  prints data of rows FROM.. until row UNTIL came (ID: Last-Event-ID)
live.py many PORT N UNTIL DONE     opens N streams from row 1, makes the file DONE, reads all until
                                   row UNTIL came: prints how many were complete and in order
live.py slow PORT LAST UNTIL DONE  opens a stream that is not read, makes the file DONE, waits for
                                   the server to end it, resumes behind the last whole row: prints
                                   whether it was ended, and whether a row was missing or came twice
live.py hold PORT DONE             opens a stream that is not read, makes the file DONE, and holds it
                                   until its standard input ends
live.py beat PORT                  prints a heartbeat once one comes

$LIVE_CA: over TLS, with a server's certificate by this one (read, slow, hold).
"""
import os
import resource
import select
import socket
import ssl
import sys


class Stream:
    def __init__(self, port, path="/api/v1/live", fields=(), room=0):
        self.s = socket.socket()
        if room:
            self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.s.settimeout(60)
        self.s.connect(("127.0.0.1", int(port)))
        if "LIVE_CA" in os.environ:
            tls = ssl.create_default_context(cafile=os.environ["LIVE_CA"])
            self.s = tls.wrap_socket(self.s, server_hostname="127.0.0.1")
        self.s.sendall(("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n" % (path, "".join(f + "\r\n" for f in fields))).encode())
        self.raw, self.text, self.head, self.over = b"", b"", None, False

    def feed(self):
        """Reads once: complete events, as texts."""
        try:
            d = self.s.recv(1 << 16)
        except (ConnectionResetError, ssl.SSLError):
            d = b""
        self.over = self.over or not d
        self.raw += d
        if self.head is None:
            if b"\r\n\r\n" not in self.raw:
                return []
            self.head, self.raw = self.raw.split(b"\r\n\r\n", 1)
        while b"\r\n" in self.raw:
            size, rest = self.raw.split(b"\r\n", 1)
            n = int(size, 16)
            if len(rest) < n + 2:
                break
            self.text += rest[:n]
            self.raw = rest[n + 2:]
            if n == 0:
                self.over = True
                break
        *whole, self.text = self.text.split(b"\n\n")
        return [e.decode() for e in whole]

    def rows(self):
        """(id, data) of each row, until the end."""
        while not self.over:
            for e in self.feed():
                fields = dict(line.partition(": ")[::2] for line in e.split("\n"))
                if "data" in fields:
                    yield int(fields["id"]), fields["data"]

    def upto(self, until):
        for n, data in self.rows():
            yield n, data
            if n >= until:
                return


def read(port, first, until, last_id=None):
    fields = ["Last-Event-ID: " + last_id] if last_id else []
    for n, data in Stream(port, "/api/v1/live?from=" + first, fields).rows():
        print(data)
        if n >= int(until):
            break


def many(port, count, until, done):
    count, until = int(count), int(until)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100,) * 2)
    all_ = {}
    for _ in range(count):
        s = Stream(port, "/api/v1/live?from=1")
        all_[s.s.fileno()] = s
        s.next = 1
    open(done, "w").close()
    good, bad = 0, 0
    poll = select.poll()
    for fd in all_:
        poll.register(fd, select.POLLIN)
    while all_:
        for fd, _ in poll.poll(60000) or sys.exit("nothing came for a minute"):
            s = all_[fd]
            for e in s.feed():
                if e.startswith("id: "):
                    if int(e[4:e.index("\n")]) != s.next:
                        s.over = True
                        break
                    s.next += 1
            if s.over or s.next > until:
                good, bad = good + (s.next > until), bad + (s.next <= until)
                poll.unregister(fd)
                del all_[fd]
    print(good, "complete,", bad, "not")


def slow(port, last, until, done):
    s = Stream(port, room=4096)
    while s.head is None:
        s.feed()
    open(done, "w").close()
    poll = select.poll()
    poll.register(s.s, select.POLLRDHUP)
    ended = bool(poll.poll(60000))
    ids = [int(last)] + [n for n, _ in s.rows()]
    while ids[-1] < int(until):  # who was slow once may be so again
        ids += [n for n, _ in Stream(port, fields=["Last-Event-ID: %d" % ids[-1]]).upto(int(until))]
    print("ended" if ended else "not ended", "whole" if ids == list(range(ids[0], int(until) + 1)) else "torn", ids[0])


def hold(port, done):
    s = Stream(port, room=4096)
    while s.head is None:
        s.feed()
    open(done, "w").close()
    sys.stdin.read()


def beat(port):
    s = Stream(port)
    while not s.over:
        for e in s.feed():
            if e == ":":
                print("beat")
                return


if __name__ == "__main__":
    {f.__name__: f for f in (read, many, slow, hold, beat)}[sys.argv[1]](*sys.argv[2:])
