/*
 * phone_table: the shape of what lib/domain/gen/phone.py makes; only phone.c
 * reads it. Nodes are acyclic: child 0 means that the digit has no place here.
 */
#ifndef PHONE_TABLE_H
#define PHONE_TABLE_H

#include <stdint.h>

/* What a national or international prefix does: literal + digits[from..to) + digits[end..]. */
struct phone_action {
	uint8_t end, from, to;
	char literal[5];
};

/* One region's rules; the first four numbers behind code are nodes. */
struct phone_plan {
	char region[4];
	uint16_t code;
	uint16_t general; /* whole: out 1 where the region's general pattern fits, any length */
	uint16_t prefix;  /* beginning: out is an action */
	uint16_t idd;     /* beginning: out is an action */
	uint16_t shorts;  /* whole: out 1 an emergency number, 2 another short one */
	uint32_t lengths,
	    local; /* bit n: n digits; local: those that are only dialled locally */
};

/* One country calling code: whole national numbers, out = place of the region << 4 | type. */
struct phone_code {
	uint16_t code, node, first, plans; /* phone_plan[first] is the main region's */
};

extern const char phone_tables[]; /* version of libphonenumber's metadata */
extern const uint16_t phone_node[][10], phone_out[];
extern const struct phone_action phone_action[];
extern const struct phone_plan phone_plan[];
extern const struct phone_code phone_code[];
extern const uint8_t phone_code_of[1000];     /* index into phone_code, 0 none */
extern const uint16_t phone_plan_of[26 * 26]; /* by the two letters: 1 + index, 0 none */
extern const uint16_t phone_emergency;        /* whole: out 1 where it is one in any region */

#endif
