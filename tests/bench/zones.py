"""zones.py N: what tests/bench/zones.c does, by the prefixes of python3-phonenumbers."""
import sys

from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

x, known = 1, 0
for _ in range(int(sys.argv[1])):
    x = (x * 6364136223846793005 + 1442695040888963407) & 0xffffffffffffffff
    number = str(100000000000 + (x >> 11) % 900000000000)
    for n in range(TIMEZONE_LONGEST_PREFIX, 0, -1):
        if number[:n] in TIMEZONE_DATA:
            known += 1
            break
print(known)
