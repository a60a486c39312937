#!/usr/bin/env python3
"""windows: policy_window against a second, slow reading of the rule.

An instant is open if the local clock of every zone then shows a minute inside
a window whose day is allowed; a window over midnight belongs to the day on
which it starts. Here every minute of a week is judged so, one by one, with
Python's zoneinfo, around the days on which clocks are set; in one to three of
the places that have given trouble, and in the sets of zones of phone numbers.
"""
import datetime as dt
import os
import random
import subprocess
import sys
import zoneinfo

TABLE = os.path.join(os.environ.get("OUTREACH_BUILD", "build"), "tests/phone_zone")
PROGRAM = os.path.join(os.environ.get("OUTREACH_BUILD", "build"), "tests/policy")
UTC = dt.timezone.utc
EPOCH = dt.date(1970, 1, 1).toordinal()
SCAN, SPAN = 3 * 1440, 7 * 1440  # minutes asked, minutes judged

# Half and quarter hours, changes of half an hour and of two, at midnight, in the fasting month.
PLACES = ["America/New_York", "Europe/London", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
          "America/St_Johns", "Pacific/Chatham", "America/Havana", "Africa/Casablanca", "Asia/Beirut",
          "Antarctica/Troll", "Pacific/Kiritimati", "Pacific/Marquesas", "America/Sao_Paulo",
          "Africa/Cairo", "America/Santiago", "Asia/Gaza", "America/Nuuk", "Europe/Dublin", "UTC"]


def readings(place, start, cache={}):
    """(day number, minute of the day) that the clock shows at each minute."""
    if (place, start) not in cache:
        zone = zoneinfo.ZoneInfo(place)
        local = (dt.datetime.fromtimestamp((start + i) * 60, zone) for i in range(SPAN))
        cache[place, start] = [(c.toordinal() - EPOCH, c.hour * 60 + c.minute) for c in local]
    return cache[place, start]


def change_near(place, start, rng):
    """A minute at which that place's offset changes within a year, or any."""
    zone = zoneinfo.ZoneInfo(place)

    def offset(minute):
        return dt.datetime.fromtimestamp(minute * 60, zone).utcoffset()
    days = [d for d in range(start, start + 370 * 1440, 1440) if offset(d) != offset(d + 1440)]
    if not days:
        return start + rng.randrange(370 * 1440)
    day = rng.choice(days)
    return next(m for m in range(day, day + 1441) if offset(m) != offset(day))


class Plan:
    def __init__(self, rng, places, around):
        day = around // 1440
        self.places = places
        self.first = day + rng.randrange(-4, 2) if rng.random() < 0.3 else 0
        self.last = day + rng.randrange(-1, 4) if rng.random() < 0.3 else 0
        self.days = 127 if rng.random() < 0.5 else rng.randrange(1, 128)
        self.windows = [self.window(rng) for _ in range(rng.randrange(1, 4))]

    @staticmethod
    def window(rng):
        kind = rng.random()
        if kind < 0.4:  # among the hours in which clocks are set
            start = rng.randrange(0, 240, 15)
            return start, start + rng.choice([30, 60, 90, 120, rng.randrange(1, 120)])
        if kind < 0.6:  # over midnight
            return rng.randrange(1200, 1440), rng.randrange(0, 300)
        if kind < 0.7:
            return 0, 1440
        return tuple(sorted(rng.sample(range(0, 1441), 2)))

    def line(self):
        numbers = [self.first, self.last, self.days, len(self.windows)]
        for window in self.windows:
            numbers += window
        return "plan " + " ".join(map(str, numbers))

    def allowed(self, day):
        if self.first and day < self.first or self.last and day > self.last:
            return False
        return bool(self.days >> (day + 4) % 7 & 1)

    def shows_open(self, reading):
        day, minute = reading
        for start, end in self.windows:
            if start <= end:
                if start <= minute < end and self.allowed(day):
                    return True
            elif minute >= start and self.allowed(day) or minute < end and self.allowed(day - 1):
                return True
        return False

    def words(self, start):
        open_at = [all(map(self.shows_open, at)) for at in
                   zip(*(readings(place, start) for place in self.places))]
        words, opens, closes = [], "far", "far"
        for i in reversed(range(SPAN)):
            if open_at[i]:
                if i + 1 < SPAN and not open_at[i + 1]:
                    closes = str(i + 1)
                opens = str(i)
                words.append("open:" + closes)
            else:
                words.append(opens + ":" + (closes if opens != "far" else "far"))
        return words[::-1][:SCAN]


def run_lengths(words):
    runs = []
    for word in words:
        if runs and runs[-1][0] == word:
            runs[-1][1] += 1
        else:
            runs.append([word, 1])
    return " ".join("%s*%d" % (word, n) for word, n in runs)


def number_sets():
    """The sets of the table whose zones do not all show one clock."""
    out = subprocess.run([TABLE, "table"], stdout=subprocess.PIPE, text=True, check=True).stdout
    sets = {line.split(" ")[1] for line in out.splitlines()[1:]}
    return sorted((s.split(",") for s in sets if 1 < s.count(",") + 1 <= 9), key=len)


def main():
    rng = random.Random(20261123)
    asked, want = [], []
    begin = int(dt.datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 60
    starts = {p: [change_near(p, begin + y * 366 * 1440, rng) - SCAN // 2 for y in range(3)] for p in PLACES}
    sets = number_sets()
    count = int(os.environ.get("WINDOWS", "120"))
    for n in range(count + count // 2):
        if n < count:
            places = rng.sample(PLACES, rng.choice([1, 1, 2, 3]))
            start = rng.choice(starts[places[0]])
        else:
            places = rng.choice(sets)
            start = change_near(rng.choice(places), begin + rng.randrange(11 * 366 * 1440), rng) - SCAN // 2
        plan = Plan(rng, places, start + SCAN // 2)
        if n >= count and rng.random() < 0.5:  # as campaigns have them: otherwise wide sets share little
            plan.windows = [(rng.randrange(420, 660, 15), rng.randrange(1080, 1320, 15))]
        asked += [plan.line()] + ["zone " + place for place in places]
        asked.append("scan %d %d %d" % (start, SCAN, start + SPAN))
        want.append((run_lengths(plan.words(start)), plan.line() + " " + " ".join(places)))
    out = subprocess.run([PROGRAM, "answer"], input="\n".join(asked) + "\n", text=True, stdout=subprocess.PIPE)
    got = [line.strip() for line in out.stdout.split("\n")[:-1]]
    wrong = [i for i in range(min(len(got), len(want))) if got[i] != want[i][0]]
    for i in wrong[:5]:
        print("# %s\n#   got  %s\n#   want %s" % (want[i][1], got[i][:600], want[i][0][:600]))
    print("# %d plans, %d minutes; opening and closing seen in %d"
          % (len(want), len(want) * SCAN, sum("open" in w and "*" in w[5:] for w, _ in want)))
    good = out.returncode == 0 and len(got) == len(want) and not wrong
    print("1..1\n%sok 1 - every minute opens and closes when the clocks say" % ("" if good else "not "))
    return not good


sys.exit(main())
