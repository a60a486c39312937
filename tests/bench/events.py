# events.py: what a careful Python program does with the standard library, on
# the store's own layout: the event once by (call, key), the call joined, the
# event appended to the journal. It checks nothing, hashes nothing and decides
# nothing. events.py DB FILE EVENTS-A-TRANSACTION
import datetime
import json
import sqlite3
import sys

RANK = {"ringing": 4, "answered": 5, "ended": 7}
SOURCE = {"door": 0, "exchange": 1, "webhook": 2, "file": 3}
SEEN = "INSERT INTO seen (call, key, ends) VALUES (?, ?, ?) ON CONFLICT (call, key) DO NOTHING"
CALL = """INSERT INTO call (id, rank, ringing_at, answered_at, ended_at, disposition, cause,
	ring_ms, talk_ms, end_source, end_key, line_closed, line_open)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 1 - ?12)
	ON CONFLICT (id) DO UPDATE SET rank = max(rank, ?2),
	ringing_at = coalesce(min(ringing_at, ?3), ringing_at, ?3),
	answered_at = coalesce(min(answered_at, ?4), answered_at, ?4),
	ended_at = coalesce(min(ended_at, ?5), ended_at, ?5),
	disposition = coalesce(disposition, ?6), cause = coalesce(cause, ?7),
	ring_ms = coalesce(ring_ms, ?8), talk_ms = coalesce(talk_ms, ?9),
	end_source = coalesce(end_source, ?10), end_key = coalesce(end_key, ?11),
	line_closed = max(line_closed, ?12), line_open = min(line_open, 1 - ?12)"""
JOURNAL = """INSERT INTO journal (seq, txn, at, kind, call, campaign, contact, actor, source, fact)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text[:-1] + "+00:00").timestamp() * 1000)


def signed(key):
    n = int(key, 16)
    return n - (1 << 64) if n >> 63 else n


def apply(db, seq, txn, event):
    kind, key = event["event"], signed(event["key"])
    call = bytes.fromhex(event["call"].replace("-", ""))
    rank, ends, at = RANK[kind], kind == "ended", milliseconds(event["at"])
    if not db.execute(SEEN, (call, key, ends)).rowcount:
        return seq
    db.execute(CALL, (call, rank, at if rank == 4 else None, at if rank == 5 else None,
        at if ends else None, event.get("disposition"), event.get("cause"),
        event.get("ring_ms"), event.get("talk_ms"), SOURCE[event["source"]] if ends else None,
        key if ends else None, ends))
    fact = {"key": event["key"], "rank": kind}
    for name in ("disposition", "cause", "talk_ms", "ring_ms", "dial_status"):
        if name in event:
            fact[name] = event[name]
    db.execute(JOURNAL, (seq + 1, txn, at, "call." + kind, call, 1, event["contact"],
        "peer@localhost", event["source"], json.dumps(fact, separators=(",", ":"))))
    return seq + 1


def main(path, source, batch):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = TRUNCATE")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -16384")
    seq = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    with open(source, encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            if n % batch == 0:
                if n:
                    db.execute("COMMIT")
                db.execute("BEGIN IMMEDIATE")
            seq = apply(db, seq, 1 + n // batch, json.loads(line))
    db.execute("COMMIT")


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
