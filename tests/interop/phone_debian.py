#!/usr/bin/env python3
"""phone_debian.py: what differs from Debian's python3-phonenumbers, by cause.

usage: phone_debian.py <tests/data/phone.tsv

Older data of the same library: prints, for each cause, how many of the inputs
differ and in which regions. tests/data/phone.md keeps what it printed.
"""
import collections
import sys

import phonenumbers as p

NAME = {p.PhoneNumberType.FIXED_LINE: 'fixed', p.PhoneNumberType.MOBILE: 'mobile',
        p.PhoneNumberType.FIXED_LINE_OR_MOBILE: 'fixed_or_mobile',
        p.PhoneNumberType.TOLL_FREE: 'toll_free', p.PhoneNumberType.PREMIUM_RATE: 'premium',
        p.PhoneNumberType.SHARED_COST: 'shared_cost', p.PhoneNumberType.VOIP: 'voip',
        p.PhoneNumberType.PERSONAL_NUMBER: 'personal', p.PhoneNumberType.PAGER: 'pager',
        p.PhoneNumberType.UAN: 'uan', p.PhoneNumberType.VOICEMAIL: 'voicemail'}


def read(region, text):
    try:
        number = p.parse(text, region or None)
    except p.NumberParseException:
        return None, '-'
    e164 = p.format_number(number, p.PhoneNumberFormat.E164)
    if not p.is_valid_number(number) or len(e164) > 16:
        return number, '-'
    if region and p.is_emergency_number(text, region):
        return number, '-'
    return number, '%s %s %s' % (e164, p.region_code_for_number(number),
                                 NAME[p.number_type(number)])


def direct(answer):
    """What the old data says of the number that the new data found."""
    return read('', answer.split()[0])[1] if answer != '-' else '-'


def main():
    causes = collections.defaultdict(collections.Counter)
    total = 0
    for line in sys.stdin:
        region, text, new = line.rstrip('\n').split('\t')
        total += 1
        old = read(region, text)[1]
        if old == new:
            continue
        where = (new if new != '-' else old).split()[1]
        if old == '-':
            cause = 'range given out since' if direct(new) == '-' else 'national or international prefix changed'
        elif new == '-':
            cause = 'range withdrawn since'
        elif old.split()[0] != new.split()[0]:
            cause = 'another E.164 form: prefix rule changed'
        elif old.split()[1] != new.split()[1]:
            cause = 'another region'
        else:
            cause = 'another type'
        causes[cause][where] += 1
    print('%d inputs, %d differ' % (total, sum(sum(c.values()) for c in causes.values())))
    for cause, regions in sorted(causes.items()):
        print('%s: %d (%s)' % (cause, sum(regions.values()),
                               ' '.join('%s %d' % r for r in sorted(regions.items()))))


if __name__ == '__main__':
    main()
