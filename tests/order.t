#!/bin/sh
# order: outside events in every order. All orders of seven events of one
# call, and random longer ones with repetitions, each under an id of its own
# in one store: what the store believes is the same, byte for byte, and the
# journal replays to it.
. "${0%/*}/lib.sh"

OUTREACH_NOW=2026-03-02T12:00:00Z
export OUTREACH_NOW
cat >orders.py <<'END'
import itertools, json, random, sqlite3, sys

def own(event, second, **more):
    return lambda call, uuid: dict({"type": "event", "v": 1, "event": event, "call": call,
        "at": "2026-03-02T09:15:%02d.000Z" % second}, **more)

def avr(kind, second, **payload):
    def make(call, uuid):
        if "uniqueid" in payload:
            return {"uuid": uuid, "type": kind, "timestamp": "2026-03-02T09:15:%02d.000Z" % second,
                "payload": {"uniqueid": call}}
        return {"uuid": uuid, "type": kind, "timestamp": "2026-03-02T09:15:%02d.000Z" % second,
            "payload": payload}
    return make

POOL = [
    own("placed", 1, source="exchange"),
    own("ringing", 2, source="exchange"),
    own("ended", 40, source="exchange", disposition="answered", cause=16, talk_ms=30000),
    avr("call_initiated", 9, uniqueid=True),
    avr("call_started", 10),
    avr("call_ended", 39),
    own("ended", 20, source="file", disposition="busy", cause=17),
    # only in the longer ones
    own("ringing", 3, source="file"),
    own("unknown", 30, source="exchange"),
    own("ended", 41, source="exchange", disposition="failed", cause=38),
    avr("transcription", 12, role="user", text="Hello"),
    avr("dtmf_digit", 13, digit="2"),
    own("ended", 15, source="webhook"),
    own("answered", 8, source="file"),
    own("summary", 50, source="file", outcome="success", summary="They talked."),
    own("summary", 51, source="file", outcome="technical_issue"),
    own("summary", 51, source="file", outcome="do_not_call"),
]

def sequences():
    yield "seven", list(range(7))
    yield "seven", list(range(7))
    for order in itertools.permutations(range(7)):
        yield "seven", order
    rng = random.Random(1)
    whole = list(range(len(POOL)))
    yield "longer", whole
    yield "longer", whole
    for _ in range(1500):
        order = whole + [rng.choice(whole) for _ in range(rng.randrange(25))]
        rng.shuffle(order)
        yield "longer", order

def ids(n):
    return ("019cacf4-9b78-7000-8000-%012x" % n, "7b0f6c52-2d0e-4c6a-9d5b-%012x" % n)

if sys.argv[1] == "make":
    for n, (_, order) in enumerate(sequences()):
        for i in order:
            print(json.dumps(POOL[i](*ids(n)), separators=(",", ":")))
else:
    db = sqlite3.connect("outreach.db")
    db.row_factory = sqlite3.Row
    first, common, last, wrong, total = {}, {}, [], 0, 0
    for n, (kind, order) in enumerate(sequences()):
        call, uuid = ids(n)
        raw = bytes.fromhex(call.replace("-", ""))
        row = dict(db.execute("SELECT * FROM call WHERE id = ?", (raw,)).fetchone())
        row.pop("id")
        seen = [tuple(r) for r in db.execute("SELECT key, ends FROM seen WHERE call = ? ORDER BY key", (raw,))]
        # The key of call_initiated holds the id, which is another one each time.
        if kind not in common:
            common[kind] = None
        elif common[kind] is None:
            common[kind] = set(seen) & set(last)
        last = seen
        if common[kind]:
            seen = (len(seen), [s for s in seen if s in common[kind]])
        else:
            seen = (len(seen), None)
        row["outcome"] = (db.execute("SELECT outcome FROM summary WHERE call = ?", (raw,)).fetchone() or (None,))[0]
        alias = [r[0] for r in db.execute("SELECT call FROM alias WHERE uuid = ?", (uuid,))]
        got = (row, seen, alias == [raw])
        total += 1
        if seen[1] is not None and got != first.setdefault(kind, got):
            wrong += 1
            if wrong < 3:
                print(kind, order, got, first[kind])
    orphans = db.execute("SELECT count(*) FROM call").fetchone()[0] - total
    print(total, wrong, orphans)
END
outreach init -q
python3 orders.py make >events
run outreach-events -q events
is_run "$(wc -l <events) events are applied" 0 '' ''
is "$(python3 orders.py check)" '6544 0 0' "5,040 orders of seven and 1,500 longer ones come to the same"
ok "and the journal replays to it" outreach-events replay --check
sort -R --random-source=orders.py events >mixed
run outreach-events -v mixed
like_run "all again, all mixed: nothing is new" 0 '' ' 0 new, '
is "$(python3 orders.py check)" '6544 0 0' "nothing has changed"
rm -f outreach.db*
outreach init -q
outreach-events -q mixed
is "$(python3 orders.py check)" '6544 0 0' "a store that saw the mixture first believes the same"
ok "which replays, too" outreach-events replay --check
done_testing
