/*
 * hex: there and back, and what is no such text.
 */
#include "hex.h"
#include "tap.h"

int
main(void)
{
	unsigned char bytes[4] = {0x00, 0x9a, 0xff, 0x10}, back[4] = {0};
	char text[9];

	is_str(hex_text(bytes, 4, text), "009aff10", "bytes");
	is_int(hex_read("009aFF10", back, 4), 0, "either case");
	is_bytes((char *)back, 4, (char *)bytes, 4, "and back");
	is_int(hex_read("009aff1", back, 4), -1, "a digit is missing");
	is_int(hex_read("009aff1g", back, 4), -1, "no digit");
	is_int(hex_read("009aff1000", back, 4), -1, "too long");
	is_int(hex_read(NULL, back, 4), -1, "nothing");
	is_str(hex_text(bytes, 0, text), "", "no bytes");
	return done_testing();
}
