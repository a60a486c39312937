/*
 * remark: what is written about people who are not to be called, and what only
 * looks like it.
 */
#include <string.h>

#include "remark.h"
#include "tap.h"

static const char *const wish[] = {"DNC", "dnc", "DND", "On DNC list", "DNC - parent angry",
    "number registered under DND", "dnd activated", "do not call", "Do Not Call!", "DON'T CALL",
    "dont call", "Don\xe2\x80\x99t call again", "Pls do not call", "Do not contact",
    "not to be called", "asked not to be called", "Asked us not to call", "requested no calls",
    "Parent requested no further calls", "wants no calls", "does not want calls",
    "doesn't want to be called", "said never call again", "told us to stop calling",
    "Opted out", "opt-out", "Unsubscribed", "opted out of calls", "Voice opt-out",
    "refuses to be contacted", "declined all calls", "objects to being called",
    "withdrew consent", "consent revoked", "no consent for calls", "no permission to call",
    "no more calls", "never call", "must not be contacted", "blacklisted",
    "Met on 3 May. Do not call.", "2 visits; do not call", "do not call at all",
    "do not call in future", "do not call on this number", "father: do not disturb",
    "remove from calling list", "wishes not to be phoned", "not ok to call", "DoNotCall",
    "कॉल न करें", "फ़ोन नहीं करना", "कॉल मत करना", "संपर्क न करें", "call nahi karna", "call mat karna",
    "phone na kare", "no llamar", "NO LLAMAR MÁS", "pide no llamar", "no quiere que le llamen",
    "no quiere llamadas", "ne pas appeler", "ne plus contacter", "Ne souhaite plus être appelé",
    "ne pas déranger", "ne plus téléphoner", "nicht anrufen", "Bitte nicht mehr anrufen",
    "möchte nicht angerufen werden", "wünscht keine Anrufe", "keine Anrufe", "Werbesperre",
    "Sperrvermerk", "nicht kontaktieren", NULL};

static const char *const none[] = {"", "a", "Call in the evening", "call back", "called twice",
    "did not call", "could not be reached", "do not call before 10", "don't call after 8 pm",
    "Do not call on Sundays", "do not call at work", "asked not to be called before noon",
    "asked why we did not call", "does not want calls in the morning", "not in DND", "DND: no",
    "no DNC", "DND removed", "wants a call", "asked to be called", "contact father",
    "Contacted", "calls the office", "phone is off", "ring the bell", "Convent of Jesus",
    "Computer Science", "Dnyaneshwar", "Dondaicha", "Opted for science",
    "opted out of the hostel", "optional subject", "Rinku", "Blacksmith", "Stop", "bus stop",
    "remove", "never", "declined the offer", "consent form received", "permission given",
    "Pune", "2026-01-02", "कल कॉल करें", "फ़ोन बंद है", "शाम को कॉल करना", "10 बजे से पहले कॉल न करें",
    "कक्षा 10", "phir call karna", "10 baje se pehle call na kare", "llamar mañana",
    "no llamar antes de las 9", "rappeler demain", "ne pas appeler avant 9h", "bitte anrufen",
    "nicht vor 10 Uhr anrufen", "vor 10 Uhr nicht anrufen", "nicht anrufen vor 10 Uhr",
    "war nicht da", NULL};

int
main(void)
{
	struct remark *r = remark_new();

	for (size_t i = 0; wish[i]; i++) {
		ok(remark_says(r, wish[i], strlen(wish[i])), "%s", wish[i]);
		ok(remark_may(wish[i], strlen(wish[i])), "  it is looked at");
	}
	for (size_t i = 0; none[i]; i++)
		ok(!remark_says(r, none[i], strlen(none[i])), "none: %s", none[i]);
	ok(!remark_may("Sunrise School, Pune 411001", 27), "most texts are not looked at");
	remark_free(r);
	return done_testing();
}
