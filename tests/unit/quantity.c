/*
 * quantity: what a text says in numbers, and that equal amounts are one.
 */
#include "buf.h"
#include "quantity.h"
#include "tap.h"

/* Every quantity as "AT+LEN:reading|reading", readings in thousandths. */
static const struct {
	const char *text, *want;
} cases[] = {
    {"", ""},
    {"no number", ""},
    {"a scholarship of 100,000 rupees", "17+7:100000000|100000"},
    {"1,00,000", "0+8:100000000"},
    {"Rs.1,00,000/- only", "3+8:100000000"},
    {"100.000 Euro", "0+7:100000000|100000"},
    {"1.234.567,89", "0+12:123456789000|1234567890"},
    {"1,234,567.89", "0+12:123456789000|1234567890"},
    {"12.5 percent", "0+4:125000|12500"},
    {"12,5 %", "0+4:125000|12500"},
    {"one lakh", "0+8:100000000"},
    {"One Lakh rupees", "0+8:100000000"},
    {"1 lakh", "0+6:100000000"},
    {"1.5 lakhs", "0+9:1500000000|150000000"},
    {"2.5 crore", "0+9:250000000000|25000000000"},
    {"50k", "0+3:50000000"},
    {"two lakh fifty thousand", "0+23:250000000"},
    {"one hundred and twenty-five", "0+27:125000"},
    {"twenty-five percent", "0+11:25000"},
    {"hundred", "0+7:100000"},
    {"two or three sentences", ""},
    {"someone, often", ""},
    {"1. First\n2. Second\n 3) Third", ""},
    {"1.First", "0+1:1000"},
    {"3 days", "0+1:3000"},
    {"call +91 98765 43210 now", "6+14:919876543210000"},
    {"98765 43210", "0+5:98765000;6+5:43210000"},
    {"१,००,००० रुपये", "0+20:100000000"},
    {"१ लाख", "0+13:100000000"},
    {"2 mil euros", "0+5:2000000"},
    {"30 June 2026", "0+2:30000;8+4:2026000"},
    {"2026-03-02", "0+4:2026000;5+2:3000;8+2:2000"},
    {"10:30", "0+2:10000;3+2:30000"},
    {"1st", "0+1:1000"},
    {"B2B", "1+1:2000"},
    {"12345678901234567890", "0+20:678901234567890000"},
    {"\xff"
     "7\xc3",
	"1+1:7000"},
    {"10.", "0+2:10000"},
    {"10, 20", "0+2:10000;4+2:20000"},
    {"1'000", "0+5:1000000"},
    {"a lakh of rupees", "0+6:100000000"},
    {"a thousand and fifty", "0+20:1050000"},
    {"दो लाख रुपये", "0+16:200000000"},
    {"राशि दो लाख।", "13+16:200000000"},
    {"do lakh rupaye", "0+7:200000000"},
    {"cinco mil euros", "0+9:5000000"},
    {"a cincuenta mil", "2+13:50000000"},
    {"cinquante mille euros", "0+15:50000000"},
    {"quatre-vingt mille", ""},
    {"cem mil reais", "0+7:100000000"},
    {"Fünfzigtausend", "0+15:50000000"},
    {"pachaas hazaar", "0+14:50000000"},
    {"पचास हज़ार", "0+28:50000000"},
    {"un millón", "0+10:1000000000"},
    {"दो millions", "0+15:2000000000"},
    {"half a million", "0+14:"},
    {"several thousand people", "0+16:"},
    {"डेढ़ लाख", "0+22:"},
    {"साढ़े तीन लाख", "0+35:"},
    {"Thousand thanks", "0+8:"},
    {"mil gracias", ""},
    {"scholarship mil sakti hai", ""},
    {"millions of people, lakhs of them", ""},
    {"K and mn", ""},
    {"hundred hundred hundred hundred hundred hundred hundred hundred hundred hundred hundred",
	"0+87:9223372036854775807"},
};

static void
show(struct buf *b, const char *text)
{
	struct quantity q;
	size_t from = 0, last = 0, len = strlen(text);

	buf_reset(b);
	buf_add(b, "", 0);
	while (quantity_next(text, len, &from, &q)) {
		if (from <= last || q.at + q.len > len || !q.len)
			ok(0, "it goes on");
		last = from;
		buf_printf(b, "%s%zu+%zu:", b->len ? ";" : "", q.at, q.len);
		for (int i = 0; i < q.readings; i++)
			buf_printf(b, "%s%lld", i ? "|" : "", (long long)q.milli[i]);
	}
}

static bool
knows(const char *data, const char *text)
{
	struct quantities s = {0};
	struct quantity q;
	size_t from = 0;
	bool all = true;

	quantities_add_text(&s, data, strlen(data));
	while (quantity_next(text, strlen(text), &from, &q))
		all &= quantities_have(&s, &q);
	quantities_release(&s);
	return all;
}

int
main(void)
{
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		show(&b, cases[i].text);
		is_str(b.p, cases[i].want, cases[i].want);
		tap_show("text", cases[i].text, strlen(cases[i].text));
	}
	ok(knows("100000", "one lakh, 1,00,000, 100,000, 1 lakh, १,००,०००, 100.000"),
	    "one amount");
	ok(!knows("100000", "1,50,000"), "another amount");
	ok(!knows("", "5 percent"), "nothing is known of nothing");
	ok(knows("12.5", "12,5 %"), "a decimal comma");
	ok(knows("amount: 250000", "two lakh fifty thousand"), "words");
	ok(!knows("amount: 250000", "two lakh fifty five thousand"), "other words");
	ok(knows("+919876543210", "call +91 98765 43210"), "a phone number in groups");
	ok(knows("100000", "a lakh"), "an article");
	ok(!knows("100000", "दो लाख"), "twice as much");
	ok(knows("amount: 200000", "दो लाख, two lakh, 2 lakhs"), "the same");
	ok(!knows("500000 half a million", "half a million"),
	    "what cannot be read is no amount");
	buf_release(&b);
	return done_testing();
}
