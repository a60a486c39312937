/*
 * guard: headers that two programs would read differently are refused, and
 * those of ordinary clients are not.
 */
#include "guard.h"
#include "mem.h"
#include "tap.h"

#define MORE(name, value)                        \
	{                                        \
		{name, sizeof(name) - 1},        \
		{                                \
			value, sizeof(value) - 1 \
		}                                \
	}
#define HOST MORE("Host", "a")

int
main(void)
{
	static const struct {
		const char *name, *why;
		struct guard_field field[4];
		size_t n;
		bool newer;
	} table[] = {
	    {"a plain request", NULL, {HOST, MORE("Accept", "*/*")}, 2, true},
	    {"a length", NULL, {HOST, MORE("content-length", "300")}, 2, true},
	    {"chunked", NULL, {HOST, MORE("Transfer-Encoding", "Chunked")}, 2, true},
	    {"HTTP/1.0 without a host", NULL, {MORE("Accept", "*/*")}, 1, false},
	    {"bytes over 127 and a tab in a value", NULL, {HOST, MORE("X", "\xc3\xa4\t1")}, 2,
		true},
	    {"both lengths", "exclude",
		{HOST, MORE("Content-Length", "5"), MORE("Transfer-Encoding", "chunked")}, 3,
		true},
	    {"two lengths", "twice",
		{HOST, MORE("Content-Length", "5"), MORE("Content-Length", "5")}, 3, true},
	    {"two codings", "twice",
		{HOST, MORE("Transfer-Encoding", "chunked"),
		    MORE("transfer-encoding", "chunked")},
		3, true},
	    {"another coding", "chunked", {HOST, MORE("Transfer-Encoding", "gzip, chunked")}, 2,
		true},
	    {"chunked with a blank", "chunked", {HOST, MORE("Transfer-Encoding", "chunked ")},
		2, true},
	    {"chunked in HTTP/1.0", "HTTP/1.0", {MORE("Transfer-Encoding", "chunked")}, 1,
		false},
	    {"a blank before the colon", "proper name", {HOST, MORE("Content-Length ", "5")}, 2,
		true},
	    {"a folded name", "proper name", {HOST, MORE("X yfolded: 2", "1")}, 2, true},
	    {"no name", "proper name", {HOST, MORE("", "1")}, 2, true},
	    {"a NUL in a name", "proper name", {HOST, MORE("a\0b", "1")}, 2, true},
	    {"a signed length", "number", {HOST, MORE("Content-Length", "+5")}, 2, true},
	    {"a list of lengths", "number", {HOST, MORE("Content-Length", "5, 5")}, 2, true},
	    {"no length", "number", {HOST, MORE("Content-Length", "")}, 2, true},
	    {"a length over 63 bits", "number",
		{HOST, MORE("Content-Length", "9223372036854775808")}, 2, true},
	    {"a control character", "control", {HOST, MORE("X", "a\rb")}, 2, true},
	    {"no host", "Host", {MORE("Accept", "*/*")}, 1, true},
	    {"two hosts", "Host", {HOST, MORE("host", "b")}, 2, true},
	};
	struct guard_field many[GUARD_FIELDS + 1];

	for (size_t i = 0; i < COUNT(table); i++) {
		const char *why = guard_fields(table[i].field, table[i].n, table[i].newer);

		ok(table[i].why ? why && strstr(why, table[i].why) : !why, "%s: %s",
		    table[i].name, why ? why : "taken");
	}
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct guard_field){SLICE("A"), SLICE("b")};
	many[0] = (struct guard_field){SLICE("Host"), SLICE("a")};
	ok(!guard_fields(many, GUARD_FIELDS, true), "as many fields as are taken");
	ok(guard_fields(many, GUARD_FIELDS + 1, true) != NULL, "one more");
	return done_testing();
}
