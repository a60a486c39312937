#!/usr/bin/env python3
"""Every world of one wanted call, small enough to look at all of them.

One target, claims that expire and are claimed again, records that reach one
dialer or both, two dialers that may be killed at any step, originates that
arrive now, late or never, a switch that may restart and lose its last marks.
The rules are those of lib/domain/dial_step.c and lib/store/calls.c; each seeded
fault leaves one of them out and must be found.

  double  the phone rings twice for one wanted call
  lost    the call counts as over though nobody rang, or nothing knows of it
  blind   a line counts as closed, and rings afterwards

usage: dial.py [name ...]     rows "name fence|bare worlds double lost blind"; a fault ends at its first
"""
import sys

DIALERS, IDS, CRASHES, RESTARTS = 2, 2, 2, 1

# Calls in the store: None, I intent, U unknown, E ended, N not placed.
# In a dialer's memory: ready (intent committed, nothing sent), sent, ask, late.
FAULTS = {
    "right": "every rule",
    "send_first": "the originate leaves before the intent is committed",
    "lease": "an intent that is not over goes back to the queue after a while",
    "claim_by_time": "the intent does not look for its own claim row",
    "no_owner": "open calls are judged though their dialer lives",
    "resend_bare": "no such channel: sent again, without a fence",
    "new_id": "what the fence has not seen is sent again under a new id",
    "gone_is_not_placed": "no such channel right after a send: not placed",
    "marks_last": "marks are believed after a restart of the switch",
    "unknown_is_done": "what cannot be had counts as called",
    "duplicate_is_failed": "a refused second originate ends the call that lives",
    "refused_is_dropped": "a refused intent deletes the claim and puts nobody back",
    "no_late_wait": "a line is closed at the first no such channel",
}


class Model:
    def __init__(self, fault, fenced):
        self.fault, self.fenced = fault, fenced
        self.found = {"double": 0, "lost": 0, "blind": 0}

    # due, claim, next id, calls, owners, sent in which life of the switch, lines,
    # marks, live, rings, on the way, inboxes, memories, lives, crashes, life of the switch
    def start(self):
        none = (None,) * IDS
        empty = (frozenset(),) * DIALERS
        return (True, 0, 1, none, none, (0,) * IDS, (False,) * IDS, frozenset(), frozenset(),
                (0,) * IDS, frozenset(), empty, empty, (0,) * DIALERS, 0, 0)

    def check(self, s):
        due, claim, _, calls, _, _, lines, _, _, rings, way, inboxes, memories = s[:13]
        if sum(rings) > 1:
            self.found["double"] += 1
        over = [n for n in range(IDS) if calls[n] == "E"]
        if any(rings[n] == 0 for n in over) and not any(rings):
            self.found["lost"] += 1
        elif not due and not claim and not any(c in ("I", "U", "E") for c in calls):
            self.found["lost"] += 1

    def run(self):
        first = self.start()
        seen, stack = {first}, [first]
        while stack:
            s = stack.pop()
            self.check(s)
            if self.fault != "right" and any(self.found.values()):
                break  # found: one world is enough
            for t in self.steps(s):
                if t not in seen:
                    seen.add(t)
                    stack.append(t)
        return len(seen)

    def steps(self, s):
        yield from self.claims(s)
        for d in range(DIALERS):
            yield from self.intents(s, d)
            yield from self.memory(s, d)
            yield from self.adopts(s, d)
            yield from self.crash(s, d)
        yield from self.switch(s)

    @staticmethod
    def put(t, i, v):
        return t[:i] + (v,) + t[i + 1:]

    # ---- claims: the record goes to the first dialer, the second, or both

    def claims(self, s):
        due, claim, nid = s[0], s[1], s[2]
        if nid > IDS or not (due or claim):
            return
        for to in ((0,), (1,), (0, 1)):
            inboxes = s[11]
            for d in to:
                inboxes = self.put(inboxes, d, inboxes[d] | {nid})
            yield (False, nid, nid + 1) + s[3:11] + (inboxes,) + s[12:]

    def intents(self, s, d):
        due, claim, nid, calls, owners, born, lines = s[:7]
        way, inboxes, memories, lives, crashes, life = s[10:]
        for n in inboxes[d]:
            rest = self.put(inboxes, d, inboxes[d] - {n})
            if self.fault == "send_first" and (n, "early") not in memories[d]:
                if calls[n - 1] is None:
                    yield s[:10] + (way | {(n, d, lives[d])}, inboxes,
                                    self.put(memories, d, memories[d] | {(n, "early")})) + s[13:]
                continue
            holds = claim == n or (self.fault == "claim_by_time" and calls[n - 1] is None)
            if not holds:
                yield s[:11] + (rest,) + s[12:]
                continue
            # policy may say no in the same transaction: the claim goes, the target is due again
            if claim == n:
                yield (self.fault != "refused_is_dropped", 0) + s[2:11] + (rest,) + s[12:]
            phase = "sent" if self.fault == "send_first" else "ready"
            yield (False, 0 if claim == n else claim, nid, self.put(calls, n - 1, "I"),
                   self.put(owners, n - 1, (d, lives[d])), self.put(born, n - 1, life),
                   self.put(lines, n - 1, True)) + s[7:11] + (
                       rest, self.put(memories, d, (memories[d] - {(n, "early")}) | {(n, phase)})) + s[13:]

    # ---- what a dialer does with the calls that it knows

    def end(self, s, d, n, phase, how, closed=True):
        """The call is over for its dialer: committed, or not (a crash comes in between by itself)."""
        due, claim, nid, calls, owners, born, lines = s[:7]
        if how == "U" and self.fault == "unknown_is_done":
            how = "E"
        return (due or how == "N", claim, nid, self.put(calls, n - 1, how), owners, born,
                self.put(lines, n - 1, not closed)) + s[7:12] + (
                    self.put(s[12], d, s[12][d] - {(n, phase)}),) + s[13:]

    def think(self, s, d, n, old, new):
        return s[:12] + (self.put(s[12], d, (s[12][d] - {(n, old)}) | {(n, new)}),) + s[13:]

    def send(self, s, d, n, old):
        t = self.think(s, d, n, old, "sent")
        return t[:10] + (t[10] | {(n, d, t[13][d])},) + t[11:]

    def memory(self, s, d):
        calls, born, marks, live, rings, way = s[3], s[5], s[7], s[8], s[9], s[10]
        lives, life = s[13], s[15]
        for n, phase in s[12][d]:
            waiting = any(m == n for m, _, _ in way)
            mine = any(m == n and who == d and when == lives[d] for m, who, when in way)
            if phase == "ready":
                yield self.send(s, d, n, phase)
                yield self.end(s, d, n, phase, "N")  # decided again: no; nothing was sent
            elif phase == "sent":
                # Its Hangup comes once it rang, is over, and nothing of this session is on the way.
                if rings[n - 1] and n not in live and not mine:
                    yield self.end(s, d, n, phase, "E")
                elif not mine and n not in live:
                    yield self.think(s, d, n, phase, "ask")
                if self.fault == "gone_is_not_placed" and n not in live:
                    yield self.end(s, d, n, phase, "N")
                if self.fault == "no_late_wait" and n not in live:
                    yield self.end(s, d, n, phase, "U")
            elif phase == "ask":
                yield from self.asked(s, d, n, born[n - 1] == life)
            elif phase == "late" and not waiting:
                # The wait is longer than an originate may be late.
                yield self.think(s, d, n, phase, "sent") if n in live else \
                    self.end(s, d, n, phase, "U")

    def asked(self, s, d, n, covered):
        marks, live, nid = s[7], s[8], s[2]
        if n in live:
            yield self.think(s, d, n, "ask", "sent")
        elif self.fault in ("resend_bare", "duplicate_is_failed") and not self.fenced:
            if self.fault == "resend_bare":
                yield self.send(s, d, n, "ask")
            else:
                yield self.end(s, d, n, "ask", "N")
        elif self.fault == "gone_is_not_placed":
            yield self.end(s, d, n, "ask", "N")
        elif self.fault == "no_late_wait":
            yield self.end(s, d, n, "ask", "U")
        elif not self.fenced:
            yield self.think(s, d, n, "ask", "late")
        elif n in marks:
            yield self.end(s, d, n, "ask", "E" if s[9][n - 1] else "U")
        elif covered or self.fault == "marks_last":
            if self.fault == "new_id":
                if nid <= IDS:
                    t = self.end(s, d, n, "ask", "N")
                    yield t
                return
            yield self.send(s, d, n, "ask")  # decided again: yes
            yield self.think(s, d, n, "ask", "late")  # decided again: no
        else:
            # An intent of before the restart may have been sent behind it.
            yield self.think(s, d, n, "ask", "late")

    def adopts(self, s, d):
        calls, owners, lives = s[3], s[4], s[13]
        for n in range(1, IDS + 1):
            if calls[n - 1] != "I":
                continue
            who, when = owners[n - 1]
            dead = lives[who] != when
            if self.fault == "lease":
                yield (True,) + s[1:3] + (self.put(calls, n - 1, "N"),) + s[4:]
            if not dead and not (self.fault == "no_owner" and who != d):
                continue
            if any(m == n for m, _ in s[12][d]):
                continue
            t = s[:4] + (self.put(owners, n - 1, (d, lives[d])),) + s[5:]
            t = t[:12] + (self.put(t[12], d, t[12][d] | {(n, "ask")}),) + t[13:]
            if self.fault == "no_owner" and not dead:
                # The other goes on with what it remembers; we saw no channel: not placed.
                if n not in s[8] and not s[9][n - 1]:
                    yield self.end(t, d, n, "ask", "N")
                continue
            yield t

    def crash(self, s, d):
        if s[14] == CRASHES:
            return
        yield s[:11] + (self.put(s[11], d, frozenset()), self.put(s[12], d, frozenset()),
                        self.put(s[13], d, s[13][d] + 1), s[14] + 1, s[15])

    # ---- the switch

    def switch(self, s):
        lines, marks, live, rings, way, lives, life = s[6], s[7], s[8], s[9], s[10], s[13], s[15]
        for r in way:
            n, d, when = r
            rest = way - {r}
            if lives[d] != when:
                yield s[:10] + (rest,) + s[11:]  # its session died: it may never come
            if n in live:
                t = s[:10] + (rest,) + s[11:]
                if self.fault == "duplicate_is_failed":
                    for e in range(DIALERS):
                        if (n, "sent") in s[12][e]:
                            yield self.end(t, e, n, "sent", "N")
                yield t  # refused: a channel of this id lives
            elif self.fenced and n in marks:
                yield s[:10] + (rest,) + s[11:]
            else:
                if s[3][n - 1] in ("U", "E", "N") and not lines[n - 1]:
                    self.found["blind"] += 1
                yield s[:7] + (marks | {n} if self.fenced else marks, live | {n},
                               self.put(rings, n - 1, rings[n - 1] + 1), rest) + s[11:]
        for n in live:
            yield s[:8] + (live - {n},) + s[9:]
        if life < RESTARTS:
            for kept in ({marks, frozenset()} if marks else {marks}):
                memories = tuple(frozenset((n, "ask" if p in ("sent", "late") else p) for n, p in m)
                                 for m in s[12])
                yield s[:7] + (kept, frozenset(), rings, frozenset(), s[11], memories) + s[13:15] + (life + 1,)


def main():
    names = sys.argv[1:] or list(FAULTS)
    for name in names:
        for fenced in (False, True):
            m = Model(name, fenced)
            worlds = m.run()
            f = m.found
            print(name, "fence" if fenced else "bare", worlds, f["double"], f["lost"], f["blind"], flush=True)


main()
