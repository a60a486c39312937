#!/usr/bin/python3
"""ws.py: clients of /ws for tests, by the websockets package and by hand.

ws.py read PORT FROM UNTIL [TOKEN]   prints rows FROM.. until row UNTIL came; the token is among the protocols
ws.py first PORT UNTIL MESSAGE...    sends the message first, prints rows until UNTIL, or how it was closed
ws.py many PORT N UNTIL DONE         opens N clients from row 1, makes the file DONE, reads all until
                                     UNTIL: prints how many were complete and in order
ws.py slow PORT DONE                 opens one that does not read, makes DONE, prints whether it was ended
ws.py closed PORT DONE [TOKEN]       opens one, makes DONE, prints the code and reason of its close
ws.py raw PORT HEX                   sends these bytes behind a handshake, prints the code it is closed with
ws.py ping PORT                      pings, prints whether the pong has the same bytes
ws.py silent PORT                    answers no ping, prints whether it was ended behind one

$WS_CA: over TLS, with a server's certificate by this one.
"""
import asyncio
import json
import os
import select
import socket
import ssl
import sys

import websockets


TLS = ssl.create_default_context(cafile=os.environ["WS_CA"]) if "WS_CA" in os.environ else None


def connect(port, query="", token=None, **more):
    offered = ["outreach.v1"] + (["token." + token] if token else [])
    return websockets.connect("%s://127.0.0.1:%s/ws%s" % ("wss" if TLS else "ws", port, query), ssl=TLS,
                              subprotocols=offered, compression=None, max_size=None, open_timeout=60, **more)


async def rows(ws, until):
    async for text in ws:
        print(text)
        if json.loads(text)["seq"] >= int(until):
            return


async def read(port, first, until, token=None):
    async with connect(port, "?from=" + first, token) as ws:
        assert ws.subprotocol == "outreach.v1"
        await rows(ws, until)


async def first(port, until, *message):
    async with connect(port) as ws:
        try:
            for m in message:
                await ws.send(m)
            await rows(ws, until)
        except websockets.ConnectionClosed:
            pass
    if ws.close_code != 1000:
        print(ws.close_code, ws.close_reason)


async def many(port, count, until, done):
    async def one(start):
        seq = 0
        async with connect(port, "?from=1", ping_interval=None) as ws:
            start.release()
            async for text in ws:
                n = json.loads(text)["seq"]
                if n != seq + 1:
                    return 0
                seq = n
                if seq == int(until):
                    return 1
        return 0

    start = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(one(start)) for _ in range(int(count))]
    for _ in tasks:
        await start.acquire()
    open(done, "w").close()
    good = sum(await asyncio.gather(*tasks))
    print(good, "complete,", len(tasks) - good, "not")


async def closed(port, done, token=None):
    async with connect(port, "", token) as ws:
        open(done, "w").close()
        await ws.wait_closed()
        print(ws.close_code, ws.close_reason)


async def ping(port):
    async with connect(port) as ws:
        await asyncio.wait_for(await ws.ping(b"as it was"), 10)
        print("pong")


def handshake(port, room=0):
    s = socket.socket()
    if room:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    s.settimeout(30)
    s.connect(("127.0.0.1", int(port)))
    if TLS:
        s = TLS.wrap_socket(s, server_hostname="127.0.0.1")
    s.sendall(b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
              b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    head = b""
    while b"\r\n\r\n" not in head:
        head += s.recv(1)
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head, head
    return s


def slow(port, done):
    s = handshake(port, 4096)
    open(done, "w").close()
    poll = select.poll()
    poll.register(s, select.POLLRDHUP)
    print("ended" if poll.poll(60000) else "not ended")


def silent(port):
    s, got = handshake(port), b""
    try:
        while d := s.recv(4096):
            got += d
    except ConnectionResetError:
        pass
    print("ended behind a ping" if b"\x89" in got else "ended")


def raw(port, text):
    s = handshake(port)
    s.sendall(bytes.fromhex(text))
    got = b""
    try:
        while len(got) < 4:
            d = s.recv(4096)
            if not d:
                break
            got += d
    except ConnectionResetError:
        pass
    print(int.from_bytes(got[2:4], "big") if got[:1] == b"\x88" else got.hex() or "nothing")


if __name__ == "__main__":
    what = {f.__name__: f for f in (read, first, many, closed, ping, silent, slow, raw)}[sys.argv[1]](*sys.argv[2:])
    if what is not None:
        asyncio.run(what)
