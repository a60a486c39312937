#!/usr/bin/env python3
"""phone_inputs.py: telephone numbers of every region to read, right and wrong.

usage: phone_inputs.py METADATA.json COUNT SEED   (METADATA from phone.py --metadata)

Prints REGION TAB INPUT. Half are made to fit a pattern of some region and
type and are written in one of the forms that people use; the rest are such
numbers damaged, and plain digits.
"""
import json
import random
import sys

try:
    import re._parser as sre
except ImportError:
    import sre_parse as sre

KINDS = [1, 2, 3, 4, 5, 6, 7, 8, 21, 25, 28]  # PhoneMetadata: the fields with patterns
WIDE = {ord('0') + i: 0xff10 + i for i in range(10)}
ARABIC = {ord('0') + i: 0x660 + i for i in range(10)}


def field(message, number):
    return message[number] if message and number < len(message) else None


class Maker:
    def __init__(self, data, seed):
        self.pick = random.Random(seed)
        self.phones, self.shorts = data['phones'], data['shorts']
        self.names = sorted(self.phones)
        self.parsed = {}

    def digit(self, items):
        allowed = set()
        for op, value in items:
            if str(op) == 'LITERAL':
                allowed.add(chr(value))
            elif str(op) == 'RANGE':
                allowed |= {chr(c) for c in range(value[0], value[1] + 1)}
            else:
                allowed |= set('0123456789')
        return self.pick.choice(sorted(allowed))

    def text_of(self, items):
        out = ''
        for op, value in items:
            op = str(op)
            if op == 'LITERAL':
                out += chr(value)
            elif op == 'IN':
                out += self.digit(value)
            elif op == 'BRANCH':
                out += self.text_of(self.pick.choice(value[1]))
            elif op == 'SUBPATTERN':
                out += self.text_of(value[-1])
            elif op == 'MAX_REPEAT':
                for _ in range(self.pick.randint(value[0], value[1])):
                    out += self.text_of(value[2])
        return out

    def fit(self, pattern):
        if pattern not in self.parsed:
            self.parsed[pattern] = sre.parse(pattern)
        return self.text_of(self.parsed[pattern])

    def spaced(self, text):
        """Punctuation between digits, as people put it."""
        out = text[:1]
        for c in text[1:]:
            if self.pick.random() < 0.25:
                out += self.pick.choice([' ', '-', '.', ' ', '/', ' - ', ') ', ' (', '\u00a0', '\u2011'])
            out += c
        return out

    def region(self):
        return self.pick.choice([n for n in self.names if not n.isdigit()])

    def national(self, message):
        pattern = None
        while not pattern:
            pattern = field(field(message, self.pick.choice(KINDS)), 2)
        return self.fit(pattern)

    def damaged(self, text):
        for _ in range(self.pick.randint(1, 2)):
            at, how = self.pick.randrange(len(text) + 1), self.pick.randrange(4)
            new = self.pick.choice('0123456789')
            if how == 0:
                text = text[:at] + new + text[at:]
            elif how == 1:
                text = text[:at] + text[at + 1:]
            elif how == 2:
                text = text[:at] + new + text[at + 1:]
            elif 0 < at < len(text):
                text = text[:at - 1] + text[at] + text[at - 1] + text[at + 1:]
        return text or '0'

    def form(self, region, message, text):
        """One way to write it, and the region that it is read in."""
        code, home = str(message[10]), '' if region.isdigit() else region
        way = self.pick.randrange(12)
        if way < 2 or (not home and way != 5):
            return self.pick.choice(['', self.region()]), '+' + code + text
        if way == 2:
            return self.pick.choice(['', home, self.region()]), '+' + code + ' ' + self.spaced(text)
        if way == 3:
            return '', '+%s (0)%s' % (code, self.spaced(text))
        if way == 4:
            return self.region(), '(+%s) %s' % (code, self.spaced(text))
        if way == 5:
            other = self.region()
            idd = field(self.phones[other], 11)
            return other, (self.fit(idd) if idd else '00') + code + text
        if way == 6:
            return home, code + text
        if way == 7:
            strip = field(message, 15)
            return home, (self.fit(strip) if strip else '') + text
        if way == 8:
            return home, (field(message, 12) or '') + self.spaced(text)
        if way == 9:
            return home, text.translate(self.pick.choice([WIDE, ARABIC]))
        if way == 10:
            return '', 'tel:+' + code + '-' + text
        return home, self.spaced(text)

    def one(self):
        kind = self.pick.randrange(10)
        region = self.pick.choice(self.names)
        message = self.phones[region]
        if kind < 5:
            return self.form(region, message, self.national(message))
        if kind < 8:
            home, text = self.form(region, message, self.damaged(self.national(message)))
            return home, text if text[0] == 't' or self.pick.random() < 0.7 else self.damaged(text)
        if kind == 8:
            digits = ''.join(self.pick.choice('0123456789')
                             for _ in range(self.pick.randint(1, 20)))
            return self.pick.choice(['', self.region()]), self.pick.choice(['', '', '+']) + digits
        home = self.region()
        pattern = field(field(self.shorts.get(home), self.pick.choice([1, 27, 29])), 2)
        return home, self.fit(pattern) if pattern else '112'


def main(args):
    maker = Maker(json.load(open(args[0])), int(args[2]))
    for _ in range(int(args[1])):
        print('%s\t%s' % maker.one())


if __name__ == '__main__':
    main(sys.argv[1:])
