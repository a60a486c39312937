/*
 * header: what names of columns suggest, and what they must not.
 */
#include "header.h"
#include "num.h"
#include "tap.h"

static const struct {
	const char *name;
	enum header_kind kind;
	int rank;
} names[] = {
    /* phones */
    {"phone", HEADER_PHONE, 1},
    {"Phone", HEADER_PHONE, 1},
    {"PHONE NO.", HEADER_PHONE, 1},
    {"phone_number", HEADER_PHONE, 1},
    {"PhoneNumber", HEADER_PHONE, 1},
    {"phone1", HEADER_PHONE, 1},
    {"Mobile No. (10 digits)", HEADER_PHONE, 1},
    {"Mob. No", HEADER_PHONE, 1},
    {"Ph.", HEADER_PHONE, 1},
    {"Tel #", HEADER_PHONE, 1},
    {"Cell", HEADER_PHONE, 1},
    {"Contact No", HEADER_PHONE, 1},
    {"Contact Number", HEADER_PHONE, 1},
    {"contact_number", HEADER_PHONE, 1},
    {"Student Mobile", HEADER_PHONE, 1},
    {"Student's Mobile No.", HEADER_PHONE, 1},
    {"Phone (home)", HEADER_PHONE, 1},
    {"Work Phone", HEADER_PHONE, 1},
    {"WhatsApp Number", HEADER_PHONE, 1},
    {"Mobile\xc2\xa0No", HEADER_PHONE, 1},
    {"Teléfono", HEADER_PHONE, 1},
    {"TELÉFONO MÓVIL", HEADER_PHONE, 1},
    {"Número de teléfono", HEADER_PHONE, 1},
    {"Téléphone portable", HEADER_PHONE, 1},
    {"N° de téléphone", HEADER_PHONE, 1},
    {"Telefonnummer", HEADER_PHONE, 1},
    {"Telefon (privat)", HEADER_PHONE, 1},
    {"Handy-Nr.", HEADER_PHONE, 1},
    {"फ़ोन नंबर", HEADER_PHONE, 1},
    {"फ़ोन", HEADER_PHONE, 1},
    {"मोबाइल नंबर", HEADER_PHONE, 1},
    {"छात्र का मोबाइल", HEADER_PHONE, 1},
    {"Alternate Mobile", HEADER_PHONE, 2},
    {"Other phone", HEADER_PHONE, 2},
    {"Autre téléphone", HEADER_PHONE, 2},
    {"Father's Mobile", HEADER_PHONE, 3},
    {"Parent Contact No", HEADER_PHONE, 3},
    {"पिता का मोबाइल", HEADER_PHONE, 3},
    {"Contact", HEADER_PHONE, 3},
    {"Student Contact", HEADER_PHONE, 3},
    {"Number", HEADER_PHONE, 3},
    /* names */
    {"name", HEADER_NAME, 1},
    {"Student Name", HEADER_NAME, 1},
    {"StudentName", HEADER_NAME, 1},
    {"student_name", HEADER_NAME, 1},
    {"Name of the Student", HEADER_NAME, 1},
    {"Student's Name", HEADER_NAME, 1},
    {"FULL NAME", HEADER_NAME, 1},
    {"Patient Name", HEADER_NAME, 1},
    {"First and Last Name", HEADER_NAME, 1},
    {"Nombre completo", HEADER_NAME, 1},
    {"Nombre y apellidos", HEADER_NAME, 1},
    {"Nom et prénom", HEADER_NAME, 1},
    {"Nom de l'élève", HEADER_NAME, 1},
    {"Name des Schülers", HEADER_NAME, 1},
    {"Vor- und Nachname", HEADER_NAME, 1},
    {"नाम", HEADER_NAME, 1},
    {"विद्यार्थी का नाम", HEADER_NAME, 1},
    {"Student", HEADER_NAME, 2},
    {"Contact Person", HEADER_NAME, 2},
    {"Contact Name", HEADER_NAME, 2},
    {"First Name", HEADER_PART, 1},
    {"Surname", HEADER_PART, 1},
    {"Prénom", HEADER_PART, 1},
    {"Apellidos", HEADER_PART, 1},
    {"Vorname", HEADER_PART, 1},
    /* neither */
    {"Roll Number", HEADER_NONE, 0},
    {"Roll No.", HEADER_NONE, 0},
    {"Admission No", HEADER_NONE, 0},
    {"S. No.", HEADER_NONE, 0},
    {"Sr No", HEADER_NONE, 0},
    {"No.", HEADER_NONE, 0},
    {"#", HEADER_NONE, 0},
    {"Aadhaar Number", HEADER_NONE, 0},
    {"Account Number", HEADER_NONE, 0},
    {"Fax", HEADER_NONE, 0},
    {"Phone Type", HEADER_NONE, 0},
    {"Mobile Operator", HEADER_NONE, 0},
    {"Emergency Contact", HEADER_NONE, 0},
    {"Contact Date", HEADER_NONE, 0},
    {"Contact Email", HEADER_NONE, 0},
    {"Preferred Contact Time", HEADER_NONE, 0},
    {"Country Code", HEADER_NONE, 0},
    {"Father Name", HEADER_NONE, 0},
    {"Father's Name", HEADER_NONE, 0},
    {"FATHERS NAME", HEADER_NONE, 0},
    {"Mother Name", HEADER_NONE, 0},
    {"Parent/Guardian Name", HEADER_NONE, 0},
    {"guardian", HEADER_NONE, 0},
    {"पिता का नाम", HEADER_NONE, 0},
    {"Nom du père", HEADER_NONE, 0},
    {"Course Name", HEADER_NONE, 0},
    {"School Name", HEADER_NONE, 0},
    {"College", HEADER_NONE, 0},
    {"Provider Name", HEADER_NONE, 0},
    {"User Name", HEADER_NONE, 0},
    {"Nombre del curso", HEADER_NONE, 0},
    {"Student ID", HEADER_NONE, 0},
    {"Student No", HEADER_NONE, 0},
    {"scholarship_amount", HEADER_NONE, 0},
    {"Namenstag", HEADER_NONE, 0},
    {"", HEADER_NONE, 0},
    {"9876543210", HEADER_NONE, 0},
    {"\xff\xfe", HEADER_NONE, 0},
};

/* Cells of a text, split at '|'. */
static size_t
cells(const char *text, struct slice *out)
{
	size_t n = 0;

	for (;; text++) {
		size_t len = strcspn(text, "|");
		out[n++] = (struct slice){text, len};
		text += len;
		if (!*text)
			return n;
	}
}

static void
test_suggestions(void)
{
	static const struct {
		const char *header, *phones; /* columns from 0 */
		int name, names;             /* -1: none that is certain */
		bool split;
	} t[] = {
	    {"Roll Number|Student Name|Father Name|Mobile", "3", 1, 1, false},
	    {"Roll Number|Student Name|Course Name|Contact Person", "", 1, 1, false},
	    {"Alternate Mobile|Mobile|Name", "10", 2, 1, false},
	    {"Father's Mobile|Mobile", "1", -1, 0, false},
	    {"Name|Father's Mobile", "1", 0, 1, false},
	    {"Name|Contact|Phone", "2", 0, 1, false},
	    {"Name|Student Name|Phone", "2", -1, 2, false},
	    {"Contact Person|Name|Phone", "2", 1, 1, false},
	    {"Nom|Prénom|Téléphone", "2", -1, 0, true},
	    {"Phone 1|Phone 2|Phone 3|Phone 4|Phone 5|Phone 6|Phone 7|Phone 8|Phone 9",
		"01234567", -1, 0, false},
	    {"a|b", "", -1, 0, false},
	};
	struct slice cell[16];

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct header_guess g;
		char phones[16] = "";

		header_suggest(cell, cells(t[i].header, cell), &g);
		for (size_t j = 0; j < g.phones; j++)
			phones[j] = (char)('0' + g.phone[j]);
		is_str(phones, t[i].phones, t[i].header);
		is_int((int64_t)g.names, t[i].names, "  names");
		is_int(g.names == 1 ? (int64_t)g.name : -1, t[i].name, "  the name");
		is_int(g.split, t[i].split, "  in parts");
	}
}

static void
test_headers(void)
{
	static const struct {
		const char *row;
		bool header;
	} t[] = {{"Sunrise Public School|||", false}, {"Name|Mobile|Class", true},
	    {"S. No.|Contact No", true}, {"id|phone", true}, {"Contact||", false},
	    {"Phone", false}, {"Phone: 9876543210|Mobile", false}, {"Asha|9876543210", false},
	    {"|", false}};
	struct slice cell[16];

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		is_int(header_likely(cell, cells(t[i].row, cell)), t[i].header, t[i].row);
}

static void
test_wishes(void)
{
	static const struct {
		enum header_wish wish;
		const char *name[40];
	} t[] = {
	    {HEADER_NOT_TO_CALL,
		{"Do not call", "do_not_call", "DoNotCall", "DNC", "DNC Status", "On DNC list?",
		    "Don't call", "Opt-out", "Opted Out (Y/N)", "DND", "Unsubscribed",
		    "No llamar", "Ne pas appeler", "Nicht anrufen", "कॉल न करें", "NDNC",
		    "Not to be called", "Stop calling", "DNC since", "Bitte nicht anrufen",
		    "Blocked", "BLOCKED?", "Is blocked", "Removed", "Call blocked",
		    "Opted out of calls", "Blocklist", "Call not allowed", "No permission",
		    "Consent withdrawn", "Suppressed", "Bloqueado", "Bloqué", "Gesperrt",
		    "Keine Einwilligung", "फ़ोन न करें"}},
	    {HEADER_MAY_CALL,
		{"Call allowed", "call_allowed", "Call allowed (yes/no)", "OK to call",
		    "OK to call? (Y/N)", "Okay to contact", "Permission", "Permission to call",
		    "Call Permission", "Consent", "Consent status", "Consent to call",
		    "Phone consent", "Opt in", "Opted-in", "OptIn", "May call", "Can be called",
		    "Callable", "Subscribed", "Permiso", "Consentimiento (sí/no)",
		    "Se puede llamar", "Appel autorisé", "Consentement", "Einwilligung",
		    "Anruf erlaubt (ja/nein)", "Zustimmung", "Darf angerufen werden", "अनुमति",
		    "कॉल की अनुमति", "सहमति"}},
	    {HEADER_NO_WISH,
		{"Call", "Called", "Do not", "No contact", "Contact No", "Status", "", "List",
		    "DNC reason", "Course", "Do not call before 9", "Consent form",
		    "Photo consent", "Permission slip", "Block No", "Block", "Stop",
		    "Call time", "Yes", "No", "Yes/No", "Opted", "Best time to call",
		    "Last call", "Removed by", "Allowed"}},
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		for (int j = 0; j < 40 && t[i].name[j]; j++)
			is_int(header_wish(slice(t[i].name[j])), t[i].wish, t[i].name[j]);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct slice name = slice(names[i].name);
		int rank;

		is_int(header_kind(name, &rank), names[i].kind,
		    utf8_bad(name.p, name.len) < 0 ? name.p : "no text");
		if (names[i].kind)
			is_int(rank, names[i].rank, "  its rank");
	}
	test_suggestions();
	test_headers();
	test_wishes();
	return done_testing();
}
