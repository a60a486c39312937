#!/usr/bin/python3
"""web.py: an HTTP client for tests that says exactly what it is told to say.

web.py raw ADDRESS [TEXT ...]   sends each text (\\r \\n \\0 \\xNN are read) and prints what comes
                                back until the other side closes
web.py half ADDRESS [TEXT ...]  the same, and closes this side behind the last
web.py pipe ADDRESS < BYTES     sends them in one write: prints "STATUS BODY" of each answer
                                until the other side closes
web.py status ADDRESS < LINES   a line "METHOD PATH [HEADER: VALUE|...]<TAB>BODY" each, one after
                                another on one connection: prints "STATUS BODY"
web.py activate, flood, idle, loris, gather, hoard, locked: see below

ADDRESS is PORT, HOST:PORT or unix:PATH. Nothing here sleeps.
"""
import fcntl
import json
import os
import resource
import select
import socket
import sqlite3
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


def activate(kind, *command):
    """Starts a command as systemd does: with a socket, its name, and an ear for READY=1; then asks it."""
    at = socket.create_server(("127.0.0.1", 0))
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.bind("notify.sock")
    ear.settimeout(20)
    pid = os.fork()
    if pid == 0:
        os.dup2(at.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES=kind,
                          NOTIFY_SOCKET=os.path.abspath("notify.sock"), WATCHDOG_USEC="5000000",
                          WATCHDOG_PID=str(os.getpid()))
        os.execvp(command[0], command)
    port = at.getsockname()[1]
    at.close()
    said = [ear.recv(100).decode()]
    for method, path in ("GET", "/healthz"), ("POST", "/events"):
        s = connect(str(port))
        s.sendall(request(method, path, b"{}" if method == "POST" else b"", ["Content-Type: application/json"]))
        said.append(str(Answers(s).next()[0]))
        s.close()
    said.append(ear.recv(100).decode())
    os.kill(pid, 15)
    said += [ear.recv(100).decode(), str(os.waitpid(pid, 0)[1])]
    print(" ".join(said))


def event(n):
    call = "0195f5f0-0000-7000-8000-%012x" % (n // 10)
    at = "2026-03-02T09:%02d:%02d.%03dZ" % (n // 60000 % 60, n // 1000 % 60, n % 1000)
    return ('{"uuid":"%s","type":"transcription","timestamp":"%s","payload":{"role":"user","text":"event %d"}}'
            % (call, at, n)).encode()


def flood(address, connections, count, kept):
    """Posts events 0..count-1; the number of each that is answered 200 goes to a file at once."""
    statuses, sent, count = {}, 0, int(count)
    out = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    poll, open_ = select.poll(), {}

    def post(c):
        nonlocal sent
        if sent < count:
            c["n"], sent = sent, sent + 1
            c["s"].sendall(request("POST", "/events", event(c["n"]), ["Content-Type: application/json"]))
        else:
            poll.unregister(c["s"])
            del open_[c["s"].fileno()]

    for _ in range(int(connections)):
        s = connect(address)
        c = {"s": s, "a": Answers(s)}
        open_[s.fileno()] = c
        poll.register(s, select.POLLIN)
        post(c)
    while open_:
        for fd, _ in poll.poll():
            c = open_[fd]
            try:
                a = c["a"].next()
                if a is None:
                    raise ConnectionError
                statuses[a[0]] = statuses.get(a[0], 0) + 1
                if a[0] == 200:
                    os.write(out, b"%d\n" % c["n"])
                post(c)
            except OSError:
                statuses["cut"] = statuses.get("cut", 0) + 1
                poll.unregister(c["s"])
                del open_[fd]
    print(json.dumps({str(k): v for k, v in sorted(statuses.items(), key=str)}))


def idle(address, n):
    """So many connections that say nothing; then each asks once."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(n) + 100,) * 2)
    open_ = [connect(address) for _ in range(int(n))]
    good = 0
    for s in open_:
        s.sendall(request("GET", "/healthz"))
        good += Answers(s).next()[0] == 200
    print(good)


def loris(address, n):
    """So many connections that send their header byte by byte, and one that sends no body, until all are ended."""
    start, ended, slow = time.monotonic(), 0, []
    for i in range(int(n)):
        s = connect(address)
        s.sendall(b"POST /events HTTP/1.1\r\nHost: ")
        slow.append(s)
    s = connect(address)
    s.sendall(b"POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
    slow.append(s)
    asked, answered = 0, 0
    while slow and time.monotonic() - start < 120:
        for s in select.select(slow, [], [], 0.1)[0]:
            slow.remove(s)
            ended += 1
        for s in slow[:]:
            try:
                s.sendall(b"a" if s is not slow[-1] else b"")
            except OSError:
                slow.remove(s)
                ended += 1
        q = connect(address)
        q.sendall(request("GET", "/healthz"))
        asked, answered = asked + 1, answered + (Answers(q).next()[0] == 200)
        q.close()
    print(ended, "ended,", "others answered" if 0 < asked == answered else "others not answered")


def gather(address, turn, *bodies):
    """An event on a connection each, all of them while the turnstile is ours: prints their statuses."""
    open_ = []
    with open(turn, "a") as t:
        fcntl.flock(t, fcntl.LOCK_EX)
        for b in bodies:
            s = connect(address)
            s.sendall(request("POST", "/events", b.encode(), ["Content-Type: application/json"]))
            open_.append(s)
    print(" ".join(str(Answers(s).next()[0]) for s in open_))


def hoard(address, n, size):
    """So many bodies that lack their last byte; then that: 400 if it was kept, as it is no JSON. And one more."""
    body, open_ = b"x" * int(size), []
    head = request("POST", "/events", b"", ["Content-Type: application/json"])
    head = head.replace(b"Content-Length: 0", b"Content-Length: %d" % len(body))
    for _ in range(int(n)):
        s = connect(address)
        s.sendall(head + body[:-1])
        open_.append(s)
    got = []
    for s in open_:
        s.sendall(body[-1:])
        got.append(Answers(s).next()[0])
    s = connect(address)
    s.sendall(head + body)
    last = Answers(s).next()[0]
    print("some taken," if 400 in got else "none taken,", "some 503," if 503 in got else "none 503,",
          "then taken" if last == 400 and set(got) <= {400, 503} else f"then {last} {set(got)}")


def all_read(port):
    """Waits until no connection to that port of ours has bytes that the server has not read."""
    def waiting():
        with open("/proc/net/tcp") as f:
            rows = [line.split() for line in f][1:]
        return any(r[1].endswith(f":{int(port):04X}") and r[4].split(":")[1] != "00000000" for r in rows)
    end = time.monotonic() + 20
    while waiting() and time.monotonic() < end:
        select.select([], [], [], 0.02)


def crowd(address, secret):
    """Strangers' bodies that lack their last byte, down to small ones; then an event by who has the secret: its status."""
    open_ = []
    for n, size in (150, 250000), (40, 20000), (40, 2000), (60, 100):
        for i in range(n):
            fields = ["Content-Type: application/json"] + ["webhook-signature: v1,x"] * (i % 2)
            head = request("POST", "/events" if i % 2 else "/prompt-stream", b"", fields)
            head = head.replace(b"Content-Length: 0", b"Content-Length: %d" % size)
            s = connect(address)
            s.sendall(head + b"x" * (size - 1))
            open_.append(s)
        all_read(address)
    s = connect(address)
    s.sendall(request("POST", "/events", event(900001), ["Content-Type: application/json", f"X-AVR-WEBHOOK-SECRET: {secret}"]))
    print(Answers(s).next()[0])


def locked(address, store, seconds):
    """Holds the store as another program may, while events come: how they are answered."""
    db = sqlite3.connect(store, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    end = time.monotonic() + float(seconds)
    worst, got, n = 0, {}, 0
    while time.monotonic() < end:
        s, t = connect(address), time.monotonic()
        s.sendall(request("POST", "/events", event(900000 + n), ["Content-Type: application/json"]))
        a = Answers(s).next()
        worst, n = max(worst, time.monotonic() - t), n + 1
        key = f"{a[0]}/{'retry' if 'retry-after' in a[1] else '-'}"
        got[key] = got.get(key, 0) + 1
    db.execute("ROLLBACK")
    s = connect(address)
    s.sendall(request("POST", "/events", event(900000), ["Content-Type: application/json"]))
    print(" ".join(sorted(got)), "soon" if worst < 2.9 else f"after {worst:.1f} s", Answers(s).next()[0])


if __name__ == "__main__":
    {f.__name__: f for f in (raw, half, pipe, status, activate, flood, idle, loris, gather, hoard, crowd, locked)}[sys.argv[1]](*sys.argv[2:])
