#!/usr/bin/env python3
"""phone.py: libphonenumber's metadata as tables for lib/domain/phone.c.

usage: phone.py NODE_MODULES >lib/domain/phone_table.c
       phone.py --metadata NODE_MODULES >metadata.json

NODE_MODULES holds two npm packages. libphonenumber-js has the freshest
metadata.max.json: patterns, lengths and prefixes of every region and type.
google-libphonenumber, which is Google's own code, adds what that file leaves
out: lengths that are only dialled locally, and the short numbers. --metadata
prints the two merged in the layout of Google's code, for the oracle of the
differential tests (tests/interop/phone_oracle.js), so that both sides see the
same data.

Every pattern becomes part of one pool of acyclic digit automata: a node is ten
children and what it means when the input ends there. Nodes that mean the same
are one node. A capturing prefix pattern is run as a backtracking matcher would
(ordered threads), but here, at generation: its nodes hold the finished action.
"""
import json
import re
import sys

try:
    import re._parser as sre
except ImportError:
    import sre_parse as sre

TYPES = ['unknown', 'fixed', 'mobile', 'fixed_or_mobile', 'toll_free', 'premium', 'shared_cost',
         'voip', 'personal', 'pager', 'uan', 'voicemail']
# Field numbers of PhoneMetadata (phonemetadata.proto), and of PhoneNumberDesc within it.
GENERAL, FIXED, MOBILE, TOLL_FREE, PREMIUM, SHARED, PERSONAL, VOIP = 1, 2, 3, 4, 5, 6, 7, 8
CODE, IDD, NATIONAL_PREFIX, PREFIX_PARSING, TRANSFORM, SAME, PAGER = 10, 11, 12, 15, 16, 18, 21
LEADING, UAN, EMERGENCY, VOICEMAIL, SHORT = 23, 25, 27, 28, 29
PATTERN, LENGTHS, LOCAL = 2, 9, 10
# The order in which libphonenumber asks; fixed and mobile come last.
ASKED = [(PREMIUM, 5), (TOLL_FREE, 4), (SHARED, 6), (VOIP, 7), (PERSONAL, 8), (PAGER, 9),
         (UAN, 10), (VOICEMAIL, 11)]
JS_TYPES = [FIXED, MOBILE, TOLL_FREE, PREMIUM, PERSONAL, VOICEMAIL, UAN, PAGER, VOIP, SHARED]
LONGEST = 17  # digits of a national number

# ---- reading the packages ----


def literal(text, at):
    """The JavaScript literal at text[at:], with holes in its arrays as null."""
    out, depth, last = [], 0, ''
    while True:
        c = text[at]
        if c == '"':
            end = at + 1
            while text[end] != '"':
                end += 2 if text[end] == '\\' else 1
            word, at, last = text[at:end + 1], end + 1, 'v'
            if text.startswith('.split(" ")', at):
                word = json.dumps(json.loads(word).split(' '))
                at += len('.split(" ")')
            elif text.startswith(':', at):
                word, at, last = word + ':', at + 1, ':'
            out.append(word)
            continue
        if c in '[{':
            depth, last = depth + 1, '['
            out.append(c)
        elif c == ',':
            if last in '[,':
                out.append('null')
            out.append(c)
            last = ','
        elif c in ']}':
            if last == ',':
                out.append('null')
            out.append(c)
            depth, last = depth - 1, 'v'
            if depth == 0:
                return json.loads(''.join(out))
        elif not c.isspace():
            word = re.compile(r'[A-Za-z0-9_.-]+').match(text, at).group(0)
            at += len(word)
            if text[at] == ':':
                out.append(json.dumps(word) + ':')
                at, last = at + 1, ':'
            else:
                out.append(word)
                last = 'v'
            continue
        at += 1


def field(message, number):
    value = message[number] if message and number < len(message) else None
    return value if value not in ('', []) else None


def put(message, number, value):
    message.extend([None] * (number + 1 - len(message)))
    message[number] = value


def overlay(google, js):
    """Google's message of one region with the fresher fields put over it."""
    put(google[GENERAL], PATTERN, js[2])
    put(google[GENERAL], LENGTHS, js[3])
    for number, at in ((IDD, 1), (NATIONAL_PREFIX, 5), (TRANSFORM, 8), (LEADING, 10)):
        put(google, number, (js[at] if at < len(js) else None) or None)
    put(google, PREFIX_PARSING, (js[7] if len(js) > 7 else None) or field(google, NATIONAL_PREFIX))
    types = js[11] if len(js) > 11 and js[11] else []
    for i, number in enumerate(JS_TYPES):
        desc = types[i] if i < len(types) else 0
        have = field(google, number) or []
        put(google, number, have)
        put(have, PATTERN, desc[0] if desc else None)
        put(have, LENGTHS, desc[1] if desc and len(desc) > 1 else None if desc else [-1])
    return google


def read_packages(modules):
    base = modules + '/google-libphonenumber/'
    code = open(base + 'dist/libphonenumber.js', encoding='utf-8').read()

    def get(name):
        return literal(code, code.index(name + '=') + len(name) + 1)
    codes = get('i18n.phonenumbers.metadata.countryCodeToRegionCodeMap')
    phones = get('i18n.phonenumbers.metadata.countryToMetadata')
    shorts = get('i18n.phonenumbers.shortnumbermetadata.countryToMetadata')
    js = modules + '/libphonenumber-js/'
    fresh = json.load(open(js + 'metadata.max.json', encoding='utf-8'))
    if fresh['country_calling_codes'] != {k: v for k, v in codes.items() if v != ['001']}:
        sys.exit('the two packages disagree about the calling codes: update both')
    for region, message in phones.items():
        where = 'nonGeographic' if region.isdigit() else 'countries'
        overlay(message, fresh[where][region])
    changes = open(js + 'CHANGELOG.md', encoding='utf-8').read()
    return {
        'google': json.load(open(base + 'package.json'))['version'],
        'js': json.load(open(js + 'package.json'))['version'],
        'version': re.search(r'Updated metadata to version ([0-9.]*[0-9])', changes).group(1),
        'codes': codes, 'phones': phones, 'shorts': shorts}

# ---- patterns as programs ----


class Program:
    """Instructions: c(set, next) s(first, second) v(slot, next) e(next) m(label)."""

    def __init__(self):
        self.at = []

    def add(self, *op):
        self.at.append(op)
        return len(self.at) - 1

    def compile(self, pattern, label):
        """The address where a match of the pattern begins."""
        end = self.add('m', label)
        return self.sequence(sre.parse(pattern), end)

    def sequence(self, items, then):
        for op, value in reversed(list(items)):
            then = self.item(str(op), value, then)
        return then

    def item(self, op, value, then):
        if op == 'LITERAL':
            return self.add('c', frozenset([int(chr(value))]), then)
        if op == 'ANY':
            return self.add('c', frozenset(range(10)), then)
        if op == 'IN':
            return self.add('c', digits_of(value), then)
        if op == 'BRANCH':
            first = self.sequence(value[1][-1], then)
            for other in reversed(value[1][:-1]):
                first = self.add('s', self.sequence(other, then), first)
            return first
        if op == 'SUBPATTERN':
            if value[0] is None:
                return self.sequence(value[-1], then)
            inner = self.sequence(value[-1], self.add('v', 2 * value[0] + 1, then))
            return self.add('v', 2 * value[0], inner)
        if op == 'MAX_REPEAT':
            low, high, inner = value
            if high > 40:
                sys.exit('a pattern without an end')
            done = then
            for _ in range(high - low):
                then = self.add('s', self.sequence(inner, then), done)
            for _ in range(low):
                then = self.sequence(inner, then)
            return then
        if op == 'AT' and str(value) == 'AT_END':
            return self.add('e', then)
        sys.exit('unknown in a pattern: ' + op)


def digits_of(items):
    got, negate = set(), False
    for op, value in items:
        op = str(op)
        if op == 'NEGATE':
            negate = True
        elif op == 'LITERAL':
            got.add(value - 48)
        elif op == 'RANGE':
            got |= set(range(value[0] - 48, value[1] - 47))
        elif op == 'CATEGORY' and str(value) == 'CATEGORY_DIGIT':
            got |= set(range(10))
        else:
            sys.exit('unknown in a set: ' + op)
    return frozenset(set(range(10)) - got if negate else got)


class Pool:
    """Nodes (children, out), each once. 0 is the dead one."""

    def __init__(self):
        self.index = {((0,) * 10, 0): 0}
        self.rows = [((0,) * 10, 0)]

    def leaf(self, out):
        """A node without children that is not the dead one, even if it means nothing."""
        return self.node((0,) * 10, out or -1)

    def node(self, children, out):
        row = (tuple(children), out)
        if row not in self.index:
            self.index[row] = len(self.rows)
            self.rows.append(row)
        return self.index[row]


def whole(pool, program, starts, meaning, lengths=True):
    """The automaton of whole matches: out = meaning(labels that end here, length)."""
    memo, closures = {}, {}

    def closure(pc):
        if pc not in closures:
            ends, chars, todo, seen = set(), set(), [pc], set()
            while todo:
                x = todo.pop()
                if x in seen:
                    continue
                seen.add(x)
                op = program.at[x]
                if op[0] == 'm':
                    ends.add(op[1])
                elif op[0] == 'c':
                    chars.add(x)
                else:
                    todo += op[1:3] if op[0] == 's' else [op[-1]]
            closures[pc] = (ends, chars)
        return closures[pc]

    def build(state, depth):
        key = (state, depth if lengths else 0)
        if key in memo:
            return memo[key]
        ends, chars = set(), set()
        for pc in state:
            more = closure(pc)
            ends |= more[0]
            chars |= more[1]
        children = [0] * 10
        if depth < LONGEST + 4:
            for digit in range(10):
                to = frozenset(program.at[x][2] for x in chars if digit in program.at[x][1])
                if to:
                    children[digit] = build(to, depth + 1)
        memo[key] = pool.node(children, meaning(ends, depth))
        return memo[key]
    return build(frozenset(starts), 0)


def prefix(pool, program, start, action):
    """The automaton of the first match at the beginning, as a backtracking matcher finds it."""
    memo = {}

    def follow(threads, depth, at_end):
        """Characters that wait, in order, and the best match, if any."""
        chars, match, seen = [], None, set()
        stack = list(reversed(threads))
        while stack:
            pc, caps = stack.pop()
            if pc in seen:
                continue
            seen.add(pc)
            op = program.at[pc]
            if op[0] == 'c':
                chars.append((pc, caps))
            elif op[0] == 's':
                stack += [(op[2], caps), (op[1], caps)]
            elif op[0] == 'v':
                slots = dict(caps)
                slots[op[1]] = depth
                stack.append((op[2], tuple(sorted(slots.items()))))
            elif op[0] == 'e':
                if at_end:
                    stack.append((op[1], caps))
            else:
                match = action(depth, dict(caps))
                break
        return chars, match

    def build(threads, depth, best):
        key = (threads, depth, best)
        if key in memo:
            return memo[key]
        chars, match = follow(threads, depth, False)
        ended = follow(threads, depth, True)[1]
        best = best if match is None else match
        out = best if ended is None else ended
        children = [0] * 10
        for digit in range(10):
            to = tuple((program.at[pc][2], caps) for pc, caps in chars
                       if digit in program.at[pc][1])
            if to:
                children[digit] = build(to, depth + 1, best)
            elif out != best:
                children[digit] = pool.leaf(best)
        memo[key] = pool.node(children, out)
        return memo[key]
    return build(((start, ()),), 0, 0)

# ---- what the tables hold ----


class Actions:
    """What a prefix does: literal + input[from:to] + input[end:]. 0 does nothing."""

    def __init__(self):
        self.rows = [(0, 0, 0, '')]

    def of(self, *row):
        if row == (0, 0, 0, ''):
            return 0
        if row not in self.rows:
            self.rows.append(row)
        return self.rows.index(row)

    def for_rule(self, pattern, rule):
        groups = re.compile(pattern).groups

        def action(end, slots):
            last = (slots.get(2 * groups), slots.get(2 * groups + 1))
            if not rule or not groups or None in last or last[0] == last[1]:
                return self.of(end, 0, 0, '')
            text, group = re.fullmatch(r'(\d*)\$(\d)', rule).groups()
            at = 2 * int(group)
            return self.of(end, slots.get(at, 0), slots.get(at + 1, 0), text)
        return action


def mask(desc, number):
    return sum(1 << n for n in field(desc, number) or [] if n > 0)


def usable(desc):
    return bool(field(desc, PATTERN)) and field(desc, LENGTHS) != [-1]


def plan_node(pool, regions, messages):
    """Whole national numbers of one calling code: out = place of the region << 4 | type."""
    program, starts = Program(), []
    for place, message in enumerate(messages):
        for number in [GENERAL, FIXED, MOBILE] + [n for n, _ in ASKED]:
            if usable(field(message, number)):
                starts.append(program.compile(message[number][PATTERN], (place, number)))
        if field(message, LEADING):
            leading = '(?:%s)[0-9]{0,%d}' % (message[LEADING], LONGEST + 3)
            starts.append(program.compile(leading, (place, LEADING)))

    def meaning(ends, length):
        def is_a(place, number):
            lengths = mask(messages[place][number], LENGTHS)
            return (place, number) in ends and (not lengths or lengths >> length & 1)

        def type_of(place):
            if not is_a(place, GENERAL):
                return 0
            for number, name in ASKED:
                if is_a(place, number):
                    return name
            same = field(messages[place], SAME)
            if is_a(place, FIXED):
                return 3 if same or is_a(place, MOBILE) else 1
            return 2 if not same and is_a(place, MOBILE) else 0
        for place, message in enumerate(messages):
            if len(regions) > 1 and field(message, LEADING):
                mine = (place, LEADING) in ends
            else:
                mine = len(regions) == 1 or type_of(place)
            if mine:
                return place << 4 | type_of(place) if type_of(place) else 0
        return 0
    return whole(pool, program, starts, meaning)


def short_node(pool, message):
    """1 an emergency number, 2 another short one."""
    program = Program()
    starts = [program.compile(message[n][PATTERN], n) for n in (GENERAL, EMERGENCY, SHORT)
              if usable(field(message, n))]

    def meaning(ends, length):
        if EMERGENCY in ends:
            return 1
        lengths = mask(message[GENERAL], LENGTHS)
        return 2 if {GENERAL, SHORT} <= ends and lengths >> length & 1 else 0
    return whole(pool, program, starts, meaning)


def build(data):
    pool, actions, plans, codes = Pool(), Actions(), [], []
    for code in sorted(data['codes'], key=int):
        regions = data['codes'][code]
        messages = [data['phones'][code if r == '001' else r] for r in regions]
        codes.append((int(code), plan_node(pool, regions, messages), len(plans), len(regions)))
        for region, message in zip(regions, messages):
            general, idd, strip = Program(), Program(), field(message, PREFIX_PARSING)
            at = general.compile(message[GENERAL][PATTERN], 1)
            row = {'region': region, 'code': int(code), 'prefix': 0, 'idd': 0, 'shorts': 0,
                   'general': whole(pool, general, [at], lambda e, n: len(e), False),
                   'lengths': mask(message[GENERAL], LENGTHS), 'local': mask(message[GENERAL], LOCAL)}
            if strip:
                program = Program()
                start = program.compile(strip, 1)
                row['prefix'] = prefix(
                    pool, program, start, actions.for_rule(strip, field(message, TRANSFORM)))
            if field(message, IDD):
                start = idd.compile(message[IDD], 1)
                row['idd'] = prefix(pool, idd, start, lambda end, slots: actions.of(end, 0, 0, ''))
            if region in data['shorts']:
                row['shorts'] = short_node(pool, data['shorts'][region])
            plans.append(row)
    program = Program()
    starts = [program.compile(m[EMERGENCY][PATTERN], 1) for m in data['shorts'].values()
              if usable(field(m, EMERGENCY))]
    anywhere = whole(pool, program, starts, lambda e, n: len(e))
    return pool, actions, plans, codes, anywhere

# ---- the file ----

HEAD = """/*
 * phone_table: the numbering plans of all regions as one pool of digit
 * automata. Generated by lib/domain/gen/phone.py, not edited. Derived from the
 * metadata %(version)s of libphonenumber, Copyright (C) The Libphonenumber Authors,
 * Apache License 2.0 (lib/domain/gen/NOTICE), as in the npm packages
 * libphonenumber-js %(js)s and google-libphonenumber %(google)s.
 */
/* clang-format off */
#include "phone_table.h"
"""


def numbers(name, kind, values):
    lines, line = [], ''
    for value in values:
        word = ('%d,' if isinstance(value, int) else '{%s},') % value
        if len(line) + len(word) > 98:
            lines.append(line)
            line = ''
        line += word
    print('\nconst %s %s = {\n%s\n};' % (kind, name, '\n'.join(lines + [line])))


def write(data):
    pool, actions, plans, codes, anywhere = build(data)
    outs = [0 if out == -1 else out for _, out in pool.rows]
    if len(pool.rows) > 65535:
        sys.exit('more nodes than 16 bits can number')
    print(HEAD % data)
    print('const char phone_tables[] = "%s";' % data['version'])
    numbers('phone_node[][10]', 'uint16_t', [','.join(map(str, row)) for row, _ in pool.rows])
    numbers('phone_out[]', 'uint16_t', outs)
    print('\nconst struct phone_action phone_action[] = {')
    for row in actions.rows:
        print('{%d,%d,%d,"%s"},' % row)
    print('};\n\nconst struct phone_plan phone_plan[] = {')
    for p in plans:
        print('{"%(region)s",%(code)d,%(general)d,%(prefix)d,%(idd)d,%(shorts)d,%(lengths)#x,'
              '%(local)#x},' % p)
    print('};\n\nconst struct phone_code phone_code[] = {\n{0,0,0,0},')
    for c in codes:
        print('{%d,%d,%d,%d},' % c)
    print('};')
    index = {c[0]: i + 1 for i, c in enumerate(codes)}
    numbers('phone_code_of[1000]', 'uint8_t', [index.get(i, 0) for i in range(1000)])
    letters = {p['region']: i + 1 for i, p in enumerate(plans)}
    numbers('phone_plan_of[26 * 26]', 'uint16_t',
            [letters.get(chr(65 + i // 26) + chr(65 + i % 26), 0) for i in range(676)])
    print('\nconst uint16_t phone_emergency = %d;' % anywhere)
    size = len(pool.rows) * 22 + len(plans) * 24
    sys.stderr.write('metadata %s: %d regions, %d nodes, %d actions, about %d KiB\n' % (
        data['version'], len(plans), len(pool.rows), len(actions.rows), size // 1024))


def main(args):
    if len(args) == 2 and args[0] == '--metadata':
        json.dump(read_packages(args[1]), sys.stdout)
    elif len(args) == 1:
        write(read_packages(args[0]))
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main(sys.argv[1:])
