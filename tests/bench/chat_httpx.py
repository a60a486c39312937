#!/usr/bin/python3
"""Another peer of generate.sh: the same questions by httpx, many at a time.

chat_httpx.py PORT COUNT AT_ONCE
"""
import asyncio
import sys

import httpx

port, count, at_once = (int(n) for n in sys.argv[1:4])
system = "You write a briefing for a call.".ljust(900, "x")


async def worker(client, numbers):
    for n in numbers:
        reply = await client.post(
            f"http://127.0.0.1:{port}/v1/chat/completions",
            headers={"Authorization": "Bearer k"},
            json={"model": "m", "max_tokens": 1000, "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": f'<data>{{"name":"Person {n}"}}</data>'}]})
        if not reply.json()["choices"][0]["message"]["content"]:
            raise SystemExit("no answer")


async def main():
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    numbers = iter(range(count))
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        await asyncio.gather(*(worker(client, numbers) for _ in range(at_once)))


asyncio.run(main())
