#!/usr/bin/env python3
"""zoneinfo: our offsets against Python's zoneinfo, an independent reader.

Every transition from 2020 to 2037 of every zone of the system's database, which
holds each that a phone number may lead to (lib/domain/phone_zone), 90 minutes before and behind it by the minute, with the next change and the local
date; then every footer alone, as a file without a
table, until 2099.
"""
import datetime as dt
import os
import struct
import subprocess
import sys
import tempfile
import zoneinfo

PROGRAM = os.path.join(os.environ.get("OUTREACH_BUILD", "build"), "tests/zone")
TABLE = os.path.join(os.environ.get("OUTREACH_BUILD", "build"), "tests/phone_zone")
DATABASE = os.environ.get("TZDIR", "/usr/share/zoneinfo")
UTC = dt.timezone.utc
DAY = 86400


def epoch(year):
    return int(dt.datetime(year, 1, 1, tzinfo=UTC).timestamp())


def offset(zone, t):
    return int(dt.datetime.fromtimestamp(t, zone).utcoffset().total_seconds())


def transitions(zone, start, end):
    """Instants at which the offset changes, from daily samples; none lasts less than a day."""
    before, found = offset(zone, start), []
    for day in range(start + DAY, end + DAY, DAY):
        now = offset(zone, day)
        if now != before:
            low, high = day - DAY, day
            while high - low > 1:
                middle = (low + high) // 2
                if offset(zone, middle) == before:
                    low = middle
                else:
                    high = middle
            found.append(high)
        before = now
    return found


def run_lengths(zone, start, step, count):
    runs = []
    for i in range(count):
        now = offset(zone, start + i * step)
        if runs and runs[-1][0] == now:
            runs[-1][1] += 1
        else:
            runs.append([now, 1])
    return " ".join("%d*%d" % (o, n) for o, n in runs)


def civil(zone, t):
    c = dt.datetime.fromtimestamp(t, zone)
    return "%d-%d-%d %d:%d:%d %d %d" % (c.year, c.month, c.day, c.hour, c.minute, c.second,
                                        c.isoweekday() % 7, offset(zone, t))


class Questions:
    def __init__(self, directory):
        self.directory, self.asked, self.want, self.about = directory, [], [], []
        self.name = ""

    def zone(self, name):
        self.name = name
        self.asked.append(name)

    def ask(self, question, want):
        self.asked.append(question)
        self.want.append(str(want))
        self.about.append("%s: %s" % (self.name, question))

    def answers_agree(self):
        out = subprocess.run([PROGRAM, "answer"], input="\n".join(self.asked) + "\n", text=True,
                             stdout=subprocess.PIPE, env=dict(os.environ, TZDIR=self.directory))
        got = [line.strip() for line in out.stdout.split("\n")[:-1]]
        wrong = [i for i in range(min(len(got), len(self.want))) if got[i] != self.want[i]]
        for i in wrong[:10]:
            print("# %s\n#   got  %s\n#   want %s" % (self.about[i], got[i], self.want[i]))
        if len(got) != len(self.want):
            print("# %d answers for %d questions" % (len(got), len(self.want)))
        return out.returncode == 0 and not wrong and len(got) == len(self.want)


def ask_around(q, zone, at, following):
    q.ask("range %d 60 181" % (at - 5400), run_lengths(zone, at - 5400, 60, 181))
    q.ask("next %d" % (at - 1), at)
    if following is not None:
        q.ask("next %d" % at, following)
    q.ask("civil %d" % (at - 1), civil(zone, at - 1))
    q.ask("civil %d" % at, civil(zone, at))


def files():
    """Every zone by its bytes: links are read once, under their first name."""
    seen = {}
    for name in sorted(zoneinfo.available_timezones()):
        path = os.path.join(DATABASE, name)
        if os.path.isfile(path):
            with open(path, "rb") as f:
                seen.setdefault(f.read(), name)
    return seen


def test_tables(zones):
    q, checks, count = Questions(DATABASE), 0, 0
    for name in zones.values():
        zone = zoneinfo.ZoneInfo(name)
        q.zone(name)
        # A rare walk over the whole time, so that zones without transitions are asked too.
        q.ask("range %d 604800 940" % epoch(2020), run_lengths(zone, epoch(2020), 604800, 940))
        found = transitions(zone, epoch(2020), epoch(2038))
        for i, at in enumerate(found):
            ask_around(q, zone, at, found[i + 1] if i + 1 < len(found) else None)
        count += len(found)
        checks += 940 + 185 * len(found)
    print("# %d zones, %d transitions, %d checks" % (len(zones), count, checks))
    return count > 4000 and checks > 1000000 and q.answers_agree()


def zones_of_numbers():
    """The zones of the table of prefixes, by name."""
    out = subprocess.run([TABLE, "table"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return sorted({zone for line in out.splitlines()[1:] for zone in line.split(" ")[1].split(",")})


def test_numbers(zones):
    """Every zone of the table is among those that test_tables asked, by its bytes; how many changes that is."""
    asked, missing, count, names = set(zones), [], 0, zones_of_numbers()
    for name in names:
        path = os.path.join(DATABASE, name)
        if not os.path.isfile(path):
            missing.append(name)
            continue
        with open(path, "rb") as f:
            if f.read() not in asked:
                missing.append(name)
        count += len(transitions(zoneinfo.ZoneInfo(name), epoch(2020), epoch(2038)))
    for name in missing:
        print("# not asked: %s" % name)
    print("# %d zones of numbers, %d transitions, %d minutes" % (len(names), count, 181 * count))
    return len(names) > 280 and count > 3500 and not missing


def test_footers(zones):
    footers = {data.rsplit(b"\n", 2)[1]: data for data in zones if data.endswith(b"\n")}
    header = b"TZif3" + bytes(15) + struct.pack(">6i", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">iBB", 0, 0, 0) + b"LMT\0"
    with tempfile.TemporaryDirectory() as directory:
        q, checks = Questions(directory), 0
        for i, footer in enumerate(sorted(footers)):
            path = os.path.join(directory, "F%d" % i)
            with open(path, "wb") as f:
                f.write((header + body) * 2 + b"\n" + footer + b"\n")
            with open(path, "rb") as f:
                zone = zoneinfo.ZoneInfo.from_file(f)
            q.zone("F%d" % i)
            found = transitions(zone, epoch(2020), epoch(2100))
            checks += 185 * len(found)
            for k, at in enumerate(found):
                ask_around(q, zone, at, found[k + 1] if k + 1 < len(found) else None)
        print("# %d footers, %d checks" % (len(footers), checks))
        return len(footers) > 50 and checks > 900000 and q.answers_agree()


def main():
    zones = files()
    tests = [
        (test_tables, "every transition 2020 to 2037 of every zone, by the minute"),
        (test_numbers, "each zone of a phone number is among them"),
        (test_footers, "every footer alone, until 2099"),
    ]
    print("1..%d" % len(tests))
    failed = 0
    for i, (test, name) in enumerate(tests):
        good = test(zones)
        failed += not good
        print("%sok %d - %s" % ("" if good else "not ", i + 1, name))
    return failed != 0


sys.exit(main())
