"""life: random commands against one store, and an account of what rang.

Usage: life.py SEED STEPS. The tools are in PATH, the working directory is
empty. The commands, their operands and the kills follow from the seed; only
the clock is the machine's, two hundred times faster. What is wrong is printed,
a line each, with the commands before it in the file "did"; status 1 then.

What is checked comes from outside: what the simulator was asked to ring, at
which instant of the tools' clock, against what this program did itself.
"""

import datetime
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zoneinfo

SCALE = 200
UTC = datetime.timezone.utc
SLACK = 5000  # ms of the tools' clock between a decision and its ring
ZONES = ["Europe/Rome", "Europe/Rome", "America/New_York", "Asia/Kolkata"]
STARTS = ["2026-03-02T09:00:00Z", "2026-03-07T12:00:00Z", "2026-03-28T10:00:00Z",
          "2026-10-24T08:00:00Z", "2026-10-31T15:00:00Z"]
ENDINGS = ["00", "01", "02", "03", "04", "05", "06", "07", "10"]
HOURS = ["09:00-18:00", "00:00-24:00", "08:30-12:00, 14:00-20:00", "20:00-23:30", "00:30-03:30"]
DAYS = ["mon-sun", "mon-sat", "mon-fri"]
GAPS = {"10m": 600000, "4h": 4 * 3600000, "1d": 24 * 3600000}
CAMPAIGN = """\
name: {name}
base_prompt: You are a test.
template: "Call {{{{name}}}}{greeting}."
exchange: sim
dial_string: {dial_string}
dialplan_context: avr
dialplan_exten: s
caller_id: Test <+15555550100>
ring_timeout: 20s
max_duration: 1m
short_call: 1s
pace: bulk
concurrent: {concurrent}
calls_per_second: 50
days: {days}
hours: {hours}
assume_timezone: Europe/Rome
min_gap: {gap}
max_attempts: {attempts}
siblings: {siblings}
claim_hold: {hold}
{more}"""


def instant(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def text_of(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


class Person:
    def __init__(self, source, key, name, phones, zone):
        self.source, self.key, self.name = source, key, name
        self.phones, self.zone = phones, zone
        self.id, self.gone = None, False


class Campaign:
    def __init__(self, name):
        self.name, self.state = name, "draft"
        self.hours, self.days, self.gap, self.attempts = HOURS[0], DAYS[0], "10m", 2
        self.siblings, self.concurrent, self.review = "apart", 5, False
        self.hold, self.greeting, self.fence = "5m", 0, False
        self.members = set()

    def yaml(self):
        return CAMPAIGN.format(
            name=self.name, greeting=" again" * self.greeting,
            dial_string="Local/{number}-{id}@outreach-once/n" if self.fence
            else "PJSIP/{number}@uas",
            concurrent=self.concurrent, days=self.days, hours=self.hours, gap=self.gap,
            attempts=self.attempts, siblings=self.siblings, hold=self.hold,
            more="context: {review: required}\n" if self.review else "")

    def is_open(self, ms, zone):
        local = datetime.datetime.fromtimestamp(ms / 1000, zoneinfo.ZoneInfo(zone))
        last = {"mon-sun": 6, "mon-sat": 5, "mon-fri": 4}[self.days]
        minute = local.hour * 60 + local.minute
        if local.weekday() > last:
            return False
        for window in self.hours.split(","):
            a, b = [int(t[:2]) * 60 + int(t[3:]) for t in window.strip().split("-")]
            if a <= minute < b:
                return True
        return False


class Life:
    def __init__(self, seed):
        self.rand = random.Random(seed)
        self.seed = seed
        self.origin = int(time.monotonic() * 1000)
        self.base = instant(self.rand.choice(STARTS))
        self.shift = 0
        self.people, self.campaigns = {}, {n: Campaign(n) for n in "ab"}
        self.rules = []  # (kind, value, campaign or None)
        self.stopped, self.bad, self.rang = False, 0, []
        self.calls = {}  # id: the record
        self.records, self.step, self.log_at, self.sim = [], 0, 0, None
        self.rejected, self.reached, self.released = set(), set(), set()
        self.kids = []
        self.did = open("did", "w", encoding="utf-8")

    # ---- commands ------------------------------------------------------------

    def env(self, sim=False):
        base = self.base + (0 if sim else self.shift)
        e = dict(os.environ)
        e["OUTREACH_NOW"] = "%s*%d@%d" % (text_of(base).replace("+00:00", "Z"), SCALE, self.origin)
        return e

    def now(self):
        return self.base + self.shift + int((time.monotonic() * 1000 - self.origin) * SCALE)

    def note(self, text):
        self.did.write("%d %s %s\n" % (self.step, text_of(self.now()), text))
        self.did.flush()

    def wrong(self, text):
        self.bad += 1
        print("seed %d, step %d: %s" % (self.seed, self.step, text), flush=True)
        self.note("WRONG " + text)

    def tool(self, *args, stdin=b"", codes=(0, 1), kill=True):
        """Runs it; sometimes it is killed first, and then run again."""
        if kill and self.rand.random() < 0.12:
            ms = self.rand.uniform(0, 12)
            self.note("kill after %.1f ms: %s" % (ms, " ".join(args)))
            self.start(args, stdin).kill_after(ms)
        self.note(" ".join(args))
        r = subprocess.run(args, input=stdin, capture_output=True, env=self.env(), timeout=60,
                           check=False)
        self.note("  %d %s" % (r.returncode, r.stderr.decode()[-300:].replace("\n", " | ")))
        if r.returncode not in codes:
            self.wrong("%s: status %d: %s" % (
                " ".join(args), r.returncode, r.stderr.decode()[-400:]))
        return r

    def start(self, args, stdin=b""):
        return Kid(args, stdin, self.env())

    def ask(self, *args):
        r = self.tool(*args, kill=False)
        return [json.loads(line) for line in r.stdout.decode().splitlines()]

    # ---- the exchange ----------------------------------------------------------

    def switch_on(self):
        if os.path.exists("sim.port"):
            os.unlink("sim.port")
        self.sim = subprocess.Popen(
            ["outreach-sim", "--port-file", "sim.port", "--log", "sim.log", "--seed",
             str(self.seed), "--talk", "5s", "--astdb", "ast.db"],
            env=self.env(sim=True), stdin=subprocess.DEVNULL)
        for _ in range(1000):
            if os.path.exists("sim.port") and os.path.getsize("sim.port"):
                return
            time.sleep(0.01)
        raise SystemExit("no simulator")

    def switch_off(self):
        self.sim.kill()
        self.sim.wait()

    def heard(self):
        """What the trunk was asked for since the last time, judged."""
        if not os.path.exists("sim.log"):
            return
        with open("sim.log", encoding="utf-8") as f:
            f.seek(self.log_at)
            lines = f.read()
        end = lines.rfind("\n") + 1
        self.log_at += len(lines[:end].encode())
        for line in lines[:end].splitlines():
            e = json.loads(line)
            if e["event"] == "dial":
                self.judge(e["call"], int(e["number"]), instant(e["at"]) + self.shift)

    def judge(self, call, number, at):
        rec = self.calls.get(call)
        if rec is None:
            self.wrong("call %s to %d was never claimed" % (call, number))
            return
        who = "call %s of contact %d in %s to +%d at %s" % (
            call, rec["contact"], rec["campaign"], number, text_of(at))
        c = self.campaigns[rec["campaign"]]
        p = next((p for p in self.people.values() if p.id == rec["contact"]), None)
        self.note("rang " + who)
        if any(call == other for other, _, _ in self.rang):
            self.wrong(who + ": rung before")
        for _, n, t in self.rang:
            if n == number and n % 100 != 4 and at < t + GAPS[c.gap] - SLACK:
                self.wrong("%s: %d s after %s" % (who, (at - t) / 1000, text_of(t)))
        if self.stopped or c.state != "active":
            self.wrong("%s: stopped %s, campaign %s" % (who, self.stopped, c.state))
        if p is None or p.gone or number not in p.phones:
            self.wrong(who + ": not a number of somebody who is there")
        else:
            zone = p.zone or "Europe/Rome"
            if not c.is_open(at, zone) and not c.is_open(at - SLACK, zone):
                self.wrong("%s: it is closed in %s, hours %s, %s" % (who, zone, c.hours, c.days))
            why = self.forbids(p, number, c.name)
            if why:
                self.wrong("%s: do-not-call %s" % (who, why))
        if rec["target"] in self.rejected:
            self.wrong(who + ": its context is rejected")
        if p:
            self.judge_twins(p, rec, who)
        self.rang.append((call, number, at))
        self.reached.add((rec["campaign"], rec["contact"]))

    def judge_twins(self, p, rec, who):
        """Of two who are the same, from two sources, one is held."""
        for q in self.people.values():
            if q.source == p.source or q.name != p.name or not set(q.phones) & set(p.phones):
                continue
            if (rec["campaign"], q.id) in self.reached and not self.released & {p.id, q.id}:
                self.wrong("%s: contact %d, who was called, is the same" % (who, q.id))

    def forbids(self, p, number, campaign):
        for kind, value, only in self.rules:
            if only and only != campaign:
                continue
            if kind == "number" and (value == number or value in p.phones):
                return "number %d" % value
            if kind == "prefix" and any(str(n).startswith(str(value)) for n in [number] + p.phones):
                return "prefix %d" % value
            if kind == "contact":
                q = next(q for q in self.people.values() if q.id == value)
                if number in q.phones or set(p.phones) & set(q.phones):
                    return "contact %d" % value
        return None

    # ---- what may happen --------------------------------------------------------

    def some(self, things):
        things = list(things)
        return self.rand.choice(things) if things else None

    def living(self):
        return [p for p in self.people.values() if p.id and not p.gone]

    def number(self):
        return int("3905555%04d%s" % (self.rand.randrange(12), self.rand.choice(ENDINGS)))

    def sheet(self, people):
        rows = ["id,name,phone,phone2,timezone,do_not_call"]
        for p, wish in people:
            phones = ["+%d" % n for n in p.phones] + ["", ""]
            rows.append("%s,%s,%s,%s,%s,%s" % (
                p.key, p.name, phones[0], phones[1], p.zone or "", "yes" if wish else ""))
        return ("\n".join(rows) + "\n").encode()

    def put(self, people, source):
        r = self.tool("outreach-import", "-q", "--source", source, "--id", "id", "--replace",
                      stdin=self.sheet(people))
        for line in r.stdout.decode().splitlines():
            e = json.loads(line)
            p = self.people[(e["source"], e["key"])]
            p.id = e["id"]
        for p, wish in people:
            if wish and p.id:
                self.rules.append(("contact", p.id, None))

    def do_import(self):
        source, new = self.rand.choice(["s1", "s2"]), []
        for _ in range(self.rand.randint(1, 4)):
            key = "K%d" % (len(self.people) + 1)
            phones = list(dict.fromkeys(self.number() for _ in range(self.rand.choice([1, 1, 2]))))
            p = Person(source, key, "Person %d" % self.rand.randrange(10), phones,
                       self.rand.choice(ZONES + [None]))
            self.people[(source, key)] = p
            new.append((p, self.rand.random() < 0.08))
        self.put(new, source)

    def do_change(self):
        p = self.some(self.living())
        if not p:
            return
        old = list(p.phones)
        what = self.rand.randrange(4)
        if what == 0:
            p.phones = list(dict.fromkeys([self.number()] + (p.phones if self.rand.random() < .5 else [])))[:2]
        elif what == 1:
            p.name = "Person %d" % self.rand.randrange(10)
        elif what == 2:
            p.zone = self.rand.choice(ZONES + [None])
        self.keep(p, [n for n in old if n not in p.phones])
        self.put([(p, self.rand.random() < 0.1)], p.source)
        # What was rejected was made for the person before.
        self.rejected -= {t for (t,) in self.store(
            "SELECT id FROM target WHERE contact = %d" % p.id)}

    def keep(self, p, lost):
        """A rule of the contact stays with the numbers that it loses."""
        for kind, value, only in list(self.rules):
            if kind == "contact" and value == p.id:
                self.rules += [("number", n, only) for n in lost]

    def do_add(self):
        c = self.some(self.campaigns.values())
        ids = [str(p.id) for p in self.living() if self.rand.random() < 0.7]
        if not ids or c.state == "cancelled":
            return
        r = self.tool("outreach-contacts", "export", "-q", "--format", "ndjson", *ids, kill=False)
        self.tool("outreach-campaign", "add", "-kq", c.name, stdin=r.stdout)

    def do_apply(self):
        c = self.some(self.campaigns.values())
        if c.state == "cancelled":
            return
        what = self.rand.randrange(9)
        if what < 3:
            c.hours = self.rand.choice(HOURS)
        elif what == 3:
            c.days = self.rand.choice(DAYS)
        elif what == 4:
            c.gap = self.rand.choice(list(GAPS))
        elif what == 5:
            c.attempts = self.rand.randint(1, 4)
        elif what == 6:
            c.siblings = "merge" if c.siblings == "apart" and not c.review else "apart"
        elif what == 7:
            c.review = not c.review and c.siblings == "apart"
        else:
            c.greeting, c.hold = self.rand.randrange(3), self.rand.choice(["1m", "5m", "1h"])
        self.write(c)

    def write(self, c):
        self.rejected = set()  # contexts of the file before
        with open(c.name + ".yaml", "w", encoding="utf-8") as f:
            f.write(c.yaml())
        self.tool("outreach-campaign", "apply", "-q", c.name + ".yaml")

    def do_state(self):
        c = self.some(self.campaigns.values())
        if c.state == "draft":
            r = self.tool("outreach-campaign", "activate", "-q", "--except-obstacles", c.name,
                          codes=(0, 1, 77))
            if r.returncode in (0, 1) or self.state(c) == "active":
                c.state = "active"
        elif c.state == "active" and self.rand.random() < 0.4:
            self.tool("outreach-campaign", "pause", "-q", c.name)
            c.state = "paused"
        elif c.state == "paused":
            self.tool("outreach-campaign", "resume", "-q", c.name)
            c.state = "active"

    def state(self, c):
        return next(r["state"] for r in self.ask("outreach-campaign", "list", "--format", "ndjson")
                    if r["name"] == c.name)

    def do_stop(self):
        if self.stopped:
            self.tool("outreach-resume", "-q")
        elif self.rand.random() < 0.3:
            self.tool("outreach-stop", "-q", codes=(0, 1))
        else:
            return
        self.stopped = not self.stopped

    def claim(self, c):
        r = self.tool("outreach-campaign", "claim", "-q", "--limit",
                      str(self.rand.randint(1, 8)), c.name, codes=(0, 77))
        ready = self.tool("outreach-context", "-kq", stdin=r.stdout, codes=(0, 1))
        for line in r.stdout.decode().splitlines():
            rec = json.loads(line)
            self.calls[rec["id"]] = rec
        lines = ready.stdout.decode().splitlines()
        self.records += lines
        return lines

    def dial(self, lines):
        self.tool("outreach-dial", "-kq", stdin="".join(x + "\n" for x in lines).encode(),
                  codes=(0, 1, 75, 77))
        self.heard()

    def do_dial(self):
        self.dial(self.claim(self.some(self.campaigns.values())))

    def do_claim(self):
        self.claim(self.some(self.campaigns.values()))

    def do_dial_old(self):
        self.dial([self.rand.choice(self.records[-30:]) for _ in range(6)] if self.records else [])

    def do_dial_killed(self):
        lines = self.claim(self.some(self.campaigns.values()))
        self.start(["outreach-dial", "-kq"], "".join(x + "\n" for x in lines).encode()
                   ).kill_after(self.rand.uniform(0, 120))
        time.sleep(0.02)
        self.heard()

    def do_run(self):
        c = self.some(self.campaigns.values())
        before = set(self.store("SELECT hex(id) FROM call"))
        self.tool("outreach-run", "-q", c.name, codes=(0, 1, 75, 77), kill=False)
        self.learn(before)
        self.heard()

    def learn(self, before):
        for i, campaign, contact, target in self.store(
                "SELECT c.id, k.name, c.contact, c.target FROM call c"
                " JOIN campaign k ON k.id = c.campaign"):
            h = i.hex()
            call = "-".join([h[:8], h[8:12], h[12:16], h[16:20], h[20:]])
            self.calls.setdefault(call, {"campaign": campaign, "contact": contact,
                                         "target": target})

    def do_reconcile(self):
        self.tool("outreach-reconcile", "-q", codes=(0, 1, 75))
        self.heard()

    def do_dnc(self):
        p = self.some(self.living())
        if self.rules and self.rand.random() < 0.35:
            kind, value, only = self.some(self.rules)
            if kind == "contact" and next(q for q in self.people.values() if q.id == value).gone:
                return
            verb = "remove"
        else:
            if not p:
                return
            kind = self.rand.choice(["number", "number", "prefix", "contact"])
            value = {"number": self.rand.choice(p.phones), "contact": p.id,
                     "prefix": int(str(p.phones[0])[:self.rand.choice([10, 11])])}[kind]
            only, verb = self.rand.choice([None, None, "a", "b"]), "add"
        args = ["outreach-dnc", verb, "-q"] + (["--campaign", only] if only else [])
        if kind == "contact":
            args += ["--contact", str(value)]
        else:
            args += (["--prefix"] if kind == "prefix" else []) + ["+%d" % value]
        self.tool(*args)
        if verb == "add":
            self.rules.append((kind, value, only))
        else:
            self.rules = [r for r in self.rules if r != (kind, value, only)]

    def do_forget(self):
        p = self.some(self.living())
        if not p or self.rand.random() < 0.5:
            return
        verb = self.rand.choice(["forget", "delete"])
        r = self.tool("outreach-contacts", verb, "-q", str(p.id), codes=(0, 1, 65, 77))
        there = self.store("SELECT 1 FROM contact_phone WHERE contact = %d" % p.id)
        if r.returncode == 0 or not there:
            self.keep(p, p.phones)
            p.gone, p.phones = True, []

    def do_again(self):
        c, p = self.some(self.campaigns.values()), self.some(self.living())
        if not p:
            return
        if self.rand.random() < 0.5:
            at = text_of(self.now() + self.rand.randrange(0, 40) * 3600000).replace("+00:00", "Z")
            self.tool("outreach-campaign", "callback", "-q", "--contact", str(p.id), "--at", at,
                      c.name, codes=(0, 1, 65, 77))
        else:
            self.tool("outreach-campaign", "requeue", "-q", "--contact", str(p.id), c.name,
                      codes=(0, 1, 65, 77))

    def targets(self, c):
        return [t for (t,) in self.store("SELECT t.id FROM target t JOIN campaign c"
                                         " ON c.id = t.campaign WHERE c.name = '%s'" % c.name)]

    def do_release(self):
        c = self.some(self.campaigns.values())
        t = self.some(self.targets(c))
        if t:
            self.tool("outreach-campaign", "release", "-q", c.name, str(t), codes=(0, 1, 65))
            self.released |= {i for (i,) in self.store(
                "SELECT contact FROM target WHERE id = %d" % t)}

    def do_priority(self):
        c = self.some(self.campaigns.values())
        t = self.some(self.targets(c))
        if t:
            self.tool("outreach-campaign", "priority", "-q", "--", c.name, str(t),
                      str(self.rand.randint(-2, 2)), codes=(0, 1, 65))

    def do_review(self):
        c = self.some(self.campaigns.values())
        t = self.some(self.targets(c))
        if not t:
            return
        verb = self.rand.choice(["approve", "approve", "reject", "edit", "regenerate"])
        text = b"Call somebody, as a person wrote." if verb == "edit" else b""
        r = self.tool("outreach-review", verb, *([] if verb == "regenerate" else ["-q"]), str(t),
                      stdin=text, codes=(0, 1, 65, 77), kill=False)
        if verb == "reject" and r.returncode == 0:
            self.rejected.add(t)
        elif verb in ("approve", "edit") and r.returncode == 0:
            self.rejected.discard(t)
        if verb == "regenerate":
            self.tool("outreach-context", "-kq", stdin=r.stdout)
        if verb == "reject":  # later contexts are others; only the next call matters
            self.rejected &= {t for (t,) in self.store(
                "SELECT target FROM context WHERE review = 'rejected'")}
        else:
            self.rejected = set()

    def do_context(self):
        c = self.some(self.campaigns.values())
        r = self.tool("outreach-campaign", "targets", c.name, kill=False)
        self.tool("outreach-context", "-kq", *(["--again"] if self.rand.random() < .3 else []),
                  stdin=r.stdout)
        self.rejected = set()

    def do_events(self):
        """Webhooks of calls, in any order and any number of times; some ask for peace."""
        lines, wishes = [], []
        for _ in range(self.rand.randint(1, 5)):
            if not self.calls:
                return
            call = self.rand.choice(list(self.calls)[-20:])
            kind = self.rand.choice(["call_initiated", "call_started", "call_ended",
                                     "transcription", "transcription"])
            payload = {}
            if kind == "transcription":
                wish = self.rand.random() < 0.15
                payload = {"role": "user", "text": "do not call me again" if wish else "hello"}
                if wish:
                    wishes.append(call)
            lines.append(json.dumps({
                "uuid": call, "type": kind, "payload": payload,
                "timestamp": text_of(self.now() - self.rand.randrange(0, 60000)
                                     ).replace("+00:00", "Z")}))
        self.tool("outreach-events", "-kq", stdin=("\n".join(lines) + "\n").encode())
        placed = self.store("SELECT lower(hex(id)), phone, contact FROM call WHERE target NOT NULL")
        for call in wishes:
            for i, phone, contact in placed:
                if i == call.replace("-", ""):
                    if phone > 0:
                        self.rules.append(("number", phone, None))
                    p = next((p for p in self.people.values() if p.id == contact), None)
                    if p and not p.gone:
                        self.rules.append(("contact", p.id, None))

    def do_clock(self):
        minutes = self.rand.choice([1, 5, 20, 60, 180, 480, 600, 720, 1440, 1500, 4320])
        if self.rand.random() < 0.1 and not os.environ.get("FORWARD"):
            minutes = -self.rand.choice([1, 30, 90, 600])
        self.shift += minutes * 60000
        self.note("clock %+d minutes" % minutes)

    def do_switch(self):
        self.switch_off()
        self.switch_on()

    def do_move(self):
        if self.rand.random() < 0.7:
            return
        self.tool("outreach-backup", "-q", "copy.db", codes=(0, 1, 64), kill=False)
        if not os.path.exists("copy.db"):
            return
        for name in os.listdir("."):
            if name.startswith("outreach.db"):
                subprocess.run(["rm", "-rf", name], check=True)
        os.rename("copy.db", "outreach.db")
        self.tool("outreach-adopt", "-q", codes=(0, 1, 64, 77))

    # ---- accounts ------------------------------------------------------------------

    def store(self, sql):
        db = sqlite3.connect("file:outreach.db?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def account(self):
        """Everybody is at one place, and nobody stands closed whom policy would call."""
        places = self.store(
            "SELECT t.id, (SELECT count(*) FROM schedule s WHERE s.target = t.id)"
            " + (SELECT count(*) FROM standing s WHERE s.target = t.id)"
            " + (SELECT count(*) FROM claim s WHERE s.target = t.id)"
            " + (SELECT count(*) FROM claim_sibling s WHERE s.target = t.id)"
            " + EXISTS (SELECT 1 FROM call s WHERE s.target = t.id AND s.line_open = 1)"
            " + EXISTS (SELECT 1 FROM call_sibling x JOIN call s ON s.id = x.call"
            "           WHERE x.target = t.id AND s.line_open = 1) FROM target t")
        for target, n in places:
            if n != 1:
                self.wrong("target %d is at %d places" % (target, n))
        rebuilt = {i for (i,) in self.store("SELECT campaign FROM rebuild")}
        # Set back: the next claim decides anew for everybody.
        if self.store("SELECT 1 FROM zones WHERE at > %d" % (self.now() + 600000)):
            return
        for c in self.campaigns.values():
            ids = self.store("SELECT id FROM campaign WHERE name = '%s'" % c.name)
            if not ids or ids[0][0] in rebuilt:
                continue
            live = {t["id"]: t for t in self.ask("outreach-campaign", "targets", c.name)}
            standing = dict(self.store("SELECT target, state || ' ' || reason FROM standing"))
            due = dict(self.store("SELECT target, due_at FROM schedule"))
            for i, t in live.items():
                if i in standing and t["state"] in ("waiting", "claimed", "calling"):
                    self.wrong("target %d stands as %s, but is %s" % (
                        i, standing[i], json.dumps(t)))
                if i in due and t["state"] == "waiting" and t.get("due_at"):
                    late = due[i] - instant(t["due_at"])
                    if late > 600000 and due[i] > self.now() + 600000:
                        self.wrong("target %d is due at %s and waits until %s" % (
                            i, t["due_at"], text_of(due[i])))
                if i in due and t["state"] == "waiting" and not t.get("reason") and \
                        due[i] > self.now() + 600000:
                    self.wrong("target %d is due now and waits until %s" % (i, text_of(due[i])))

    def whole(self):
        self.tool("outreach-events", "verify", kill=False, codes=(0,))
        self.tool("outreach-events", "replay", "--check", kill=False, codes=(0,))

    def live(self, steps):
        self.tool("outreach-init", "-q", kill=False)
        with open("outreach.yaml", "w", encoding="utf-8") as f:
            f.write("exchanges:\n  sim: {type: sim, port_file: sim.port}\n")
        self.switch_on()
        for c in self.campaigns.values():
            c.fence = self.rand.random() < 0.5
            c.hours = "00:00-24:00" if self.rand.random() < 0.5 else c.hours
            c.siblings = self.rand.choice(["apart", "merge"])
            self.write(c)
        for _ in range(4):
            self.do_import()
        for _ in range(3):
            self.do_add()
        weights = {"import": 4, "change": 6, "add": 4, "apply": 5, "state": 7, "stop": 4,
                   "dial": 24, "claim": 5, "dial_old": 4, "dial_killed": 8, "run": 4,
                   "reconcile": 3, "dnc": 10, "forget": 3, "again": 6, "release": 4,
                   "priority": 2, "review": 5, "context": 2, "events": 8, "clock": 16,
                   "switch": 1, "move": 1}
        skip = os.environ.get("SKIP", "").split(",")
        names = [n for n in weights if n not in skip]
        for self.step in range(1, steps + 1):
            name = self.rand.choices(names, [weights[n] for n in names])[0]
            self.note("== " + name)
            getattr(self, "do_" + name)()
            if self.step % 8 == 0:
                self.account()
            if self.step % 25 == 0:
                self.whole()
            if self.bad > 10:
                break
        self.rest()

    def rest(self):
        """Everything is let go, and time passes: nobody may be left over."""
        if self.stopped:
            self.tool("outreach-resume", "-q")
            self.stopped = False
        for c in self.campaigns.values():
            c.hours, c.days, c.review = "00:00-24:00", "mon-sun", False
            c.concurrent = 20
            self.write(c)
            for _ in range(2):
                if c.state in ("draft", "paused"):
                    self.do_state_of(c)
        for self.step in range(self.step + 1, self.step + 80):
            self.shift += 7 * 3600000
            self.tool("outreach-reconcile", "-q", codes=(0, 1, 75), kill=False)
            for c in self.campaigns.values():
                if c.state == "active":
                    self.dial(self.claim(c))
            self.account()
            if not self.store("SELECT 1 FROM schedule s JOIN campaign c ON c.id = s.campaign"
                              " WHERE c.state = 'active' UNION ALL SELECT 1 FROM claim"
                              " UNION ALL SELECT 1 FROM call WHERE line_open = 1 AND rank <> 6"):
                break
        left = self.store("SELECT s.target, s.due_at FROM schedule s JOIN campaign c"
                          " ON c.id = s.campaign WHERE c.state = 'active'")
        # Whom a killed claim took along comes back when its hold is over, and a small claim leaves some.
        far = self.now() - 3 * 86400000
        kept = self.store("SELECT 1 FROM claim WHERE expires_at < %d" % far)
        if [x for x in left if x[1] < far] or kept:
            self.wrong("never comes to rest: %s" % left)
        self.whole()
        print("# seed %d: %d steps, %d rings of %d calls, %d people" % (
            self.seed, self.step, len(self.rang), len(self.calls), len(self.people)))

    def do_state_of(self, c):
        if c.state == "draft":
            r = self.tool("outreach-campaign", "activate", "-q", "--except-obstacles", c.name,
                          codes=(0, 1, 77), kill=False)
            c.state = "active" if self.state(c) == "active" else c.state
            return r
        self.tool("outreach-campaign", "resume", "-q", c.name)
        c.state = "active"
        return None


class Kid:
    def __init__(self, args, stdin, env):
        self.p = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, env=env, start_new_session=True)
        try:
            self.p.stdin.write(stdin)
            self.p.stdin.close()
        except BrokenPipeError:
            pass

    def kill_after(self, ms):
        try:
            self.p.wait(ms / 1000)
        except subprocess.TimeoutExpired:
            os.killpg(self.p.pid, signal.SIGKILL)
            self.p.wait()


def main():
    life = Life(int(sys.argv[1]))
    try:
        life.live(int(sys.argv[2]))
    finally:
        if life.sim:
            life.switch_off()
    sys.exit(1 if life.bad else 0)


main()
