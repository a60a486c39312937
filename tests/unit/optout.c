/*
 * optout: what is a wish not to be called again and what only sounds like it,
 * a table a language; wishes cut in two; phrases of a file.
 */
#include <stdlib.h>

#include "buf.h"
#include "fold.h"
#include "mem.h"
#include "optout.h"
#include "tap.h"

static struct optout *o;

/* Each text is one utterance; the first list says so, the second does not. */
static const char *const wish_en[] = {"stop", "Stop.", "Stop! Stop! Stop!", "No, stop.",
    "please stop", "Okay, stop it now.", "STOP CALLING ME", "Can you please stop calling me?",
    "stop ringing here", "stop with these calls", "Stop all these damn phone calls",
    "don't call me again", "Don\xe2\x80\x99t call me", "do not call this number",
    "Please do not call.", "Hello? Do not ever call me again", "dont ever call this number",
    "never call me again", "Don't you dare call me again", "I told you not to call me again",
    "you must not call us", "I don't want any more calls", "I do not want to be called",
    "we don't want you to call", "I don't want you people calling me", "no more calls please",
    "remove me", "Please remove me from your list.", "can you remove my number", "take me off",
    "take me off your list", "Take my name off the list, please", "strike my number off",
    "remove this phone number from your database", "put me on your do not call list",
    "I am on the do-not-call registry", "add my number to the do not call list", "opt me out",
    "I'd like to opt out", "opt out of these calls", "Unsubscribe.", "unsubscribe me",
    "lose my number", "leave me alone", "I withdraw my consent", "quit bothering me",
    "quit calling", "Quit calling, please!", "I am not interested, please don't call",
    "I'm not interested. Do not call.", "why don't you take me off your list",
    "get me off this list", "don't call me now or ever again", "I'm busy. Don't call me again.",
    "Would you please stop calling.", "I told you to stop calling.",
    "I want you to stop calling", "why don't you just stop calling",
    "don't bother calling again", "I don't want to hear from you",
    "I never want to hear from you again", "can you not call me anymore",
    "could you not ring here", "I'd rather you didn't call me",
    "I would prefer not to be called", "I'd rather not be contacted",
    "I no longer wish to be contacted", "I no longer want to receive your calls",
    "we no longer want any calls", "I no longer need calls", "put me on your no-call list",
    "I do not consent to these calls", "I never agreed to being called", "d\u00f6n't call me",
    "sto\u00adp calling me", "ＳＴＯＰ", NULL};

static const char *const near_en[] = {"don't stop", "please don't stop", "stop by tomorrow",
    "where does the bus stop", "a non-stop flight", "call me tomorrow", "please call me again",
    "don't call me now, call me at five", "don't call me before nine", "do not call me at work",
    "you never call me back", "Don't hang up.", "I don't want to miss your call",
    "he was called yesterday", "I could not take the call", "did you call me",
    "I don't have a phone call", "take me off hold", "the line is bad", "I'm not interested",
    "no", "yes", "no thanks", "not now", "I stopped smoking", "remove the first item",
    "what is the list of courses", "I don't. Call me tomorrow.", "please don't remove me",
    "please don't remove me from the list", "my kid will take the exam", "is there an option",
    "he will leave me a message", "who is calling", "the calls are free",
    "do I have to opt for science", "", "...", "?!", "I will call you",
    "don't worry, call me any time", "stop calling me sir", "not interested in a call now",
    "could you stop calling me sir", "why did you stop calling me", "have they stopped calling",
    "can you not call me before nine", "I'd rather you didn't call me at work",
    "I want to hear from you", "I would like to be called", "I don't want to stop the call",
    "do I have to consent to the call", "I never agreed to the fees", "no longer than a call",
    NULL};

static const char *const wish_hi[] = {"मुझे कॉल मत करो", "कॉल मत कीजिए।", "फ़ोन मत करना",
    "फोन न करें", "आप दोबारा कॉल मत करना", "कॉल करना बंद करो", "कॉल करना बन्द कीजिए",
    "नहीं चाहिए कॉल", "मुझे आपके कॉल नहीं चाहिए", "कॉल्स नहीं चाहिये", "मेरा नंबर हटा दो",
    "मेरा नम्बर लिस्ट से हटाइए", "मुझे लिस्ट से हटा दीजिए", "मेरा नाम निकाल दीजिए", "परेशान मत करो",
    "मुझे तंग करना बंद करो", "आगे से फ़ोन मत कीजिएगा", "बंद करो", "जी बंद कीजिए", "पीछा छोड़ो",
    "डू नॉट कॉल", "कॉल मत किया करो", "mujhe call mat karo", "phone mat karna",
    "Call MAT kijiye!", "dobara call mat karna", "aage se phone mat kariyega",
    "call karna band karo", "call nahi chahiye", "nahi chahiye call", "mera number hata do",
    "mera naam list se hatao", "mujhe list se nikalo", "pareshan mat karo", "band karo",
    "fone mt kro", "आज के बाद फोन मत करना", "अब मुझे कॉल मत करना", "मुझे फोन मत लगाना",
    "कॉल मत कीजियेगा", "फोन बंद करो", "मेरा नंबर रिमूव कर दो", "मुझे कॉल नहीं कीजिए",
    "दोबारा फोन करने की ज़रूरत नहीं है", "अनसब्सक्राइब", "aaj ke baad phone mat karna",
    "mera number remove karo", "mujhe is list se delete kar do", "ab call mat kariyo", NULL};

static const char *const near_hi[] = {"कॉल मत काटो", "फोन मत रखिए", "कॉल नहीं आया",
    "मैंने कॉल नहीं किया", "अभी कॉल मत करो", "कल कॉल करो", "फिर कॉल करना", "मेरा फोन बंद हो गया था",
    "नंबर क्या है", "मुझे नहीं चाहिए", "मुझे एडमिशन चाहिए", "मत करो", "हाँ जी", "रुको", "call mat kaato",
    "phone mat rakhna", "kal call karo", "call nahi aaya", "abhi call mat karo",
    "phir call karna", "mujhe nahi chahiye", "ruko", "haan ji", "मैं कॉल न कर पाया",
    "फोन ना करना पड़े इसलिए बता दीजिए", "कॉल आना बंद हो गए हैं", "आपने फोन करना बंद कर दिया",
    "मेरा फोन बंद करो मत, चार्ज पर है", "मैं नहीं चाहता कॉल कट जाए", "फिर से फोन न कट जाए",
    "स्कूल से नाम काट दिया", "छात्रवृत्ति से मेरा नाम हटा दिया गया है", "मुझे लिस्ट से मत हटाइए",
    "मुझे एक ईमेल डिलीट करना है", "दस बजे से पहले कॉल मत करना", "रात को फोन मत करना",
    "अभी मुझे कॉल मत कीजिए", "नौ बजे के बाद मुझे फोन मत कीजिए", "कॉल मत कीजिए अभी, क्लास में हूँ",
    "main call na kar paya", "raat ko phone mat karna", "das baje se pehle call mat karna",
    "school se naam kaat diya", "mujhe list se mat hatao", "phone aana band ho gaya",
    "abhi mujhe call mat karna", NULL};

static const char *const wish_es[] = {"No me llame más", "¡No me llamen!",
    "no me llames nunca más", "No vuelva a llamarme", "no me vuelvan a llamar",
    "deje de llamarme", "Dejen de molestarme", "no quiero más llamadas",
    "No quiero recibir llamadas", "no quiero que me llamen", "quite mi número de la lista",
    "Quíteme de su lista", "bórrenme de la base de datos", "elimine mis datos",
    "quiero darme de baja", "Deme de baja", "basta", "déjeme en paz",
    "estoy en la Lista Robinson", "retiro mi consentimiento", "no me moleste",
    "ya no me estén llamando", "no quiero que me vuelvan a llamar", "dejen de estar llamando",
    "no deseo ser contactado", "No autorizo llamadas", "no acepto más llamadas",
    "póngame en la lista de no llamar", "borre el número", "No llame más",
    "no llamen nunca más", NULL};

static const char *const near_es[] = {"No me llamo Juan", "llámeme mañana", "no cuelgue",
    "no me llame antes de las cinco", "no me llamen ahora", "no me ha llamado nadie",
    "quiero darme de baja del curso", "la lista de cursos", "mi número es otro", "no, gracias",
    "Baja.", "No, llame más tarde", "no, llame otra vez mañana", "no me llame a las tres",
    "no me llamen tan tarde", "No me llame señora", "para que no me llamen la atención",
    "no quiero perder llamadas", "no quiero que me llamen al trabajo",
    "Sáqueme de la lista de espera", "quiero darme de baja de la asignatura",
    "me dieron de baja médica", "saque el número en la entrada",
    "no me llame después de las ocho", NULL};

static const char *const wish_fr[] = {"Ne m'appelez plus", "ne m\u2019appelez pas",
    "m'appelez plus jamais", "Arrêtez de m'appeler !", "arrête de téléphoner",
    "Cessez de me déranger", "Je ne veux plus être appelé",
    "je ne souhaite plus recevoir d'appels", "Retirez-moi de votre liste",
    "supprimez mon numéro", "enlevez mon nom", "Désinscrivez-moi", "laissez-moi tranquille",
    "fichez-moi la paix", "Stop.", "Arrêtez !", "je suis inscrit sur Bloctel",
    "ne me contactez plus", "ne plus m'appeler s'il vous plaît", "j'veux plus d'appels",
    "Ça suffit maintenant", "ça suffit, vos appels", "oubliez mon numéro",
    "Vous ne m'appelez plus !", "vous m'appelez plus jamais", "je m'oppose au démarchage",
    "pas de démarchage", "arrêtez ce harcèlement", "retirez-moi", "enlevez-moi du fichier",
    NULL};

static const char *const near_fr[] = {"Je m'appelle Paul", "je ne m'appelle pas Paul",
    "rappelez-moi demain", "ne raccrochez pas", "n'arrêtez pas", "ne m'appelez pas avant midi",
    "ne me rappelez pas maintenant", "je l'arrête en bas", "il veut un appel", "non merci",
    "oui, ça suffit, merci", "vous ne me dérangez pas", "non, vous me dérangez pas du tout",
    "ça ne me dérange plus", "si vous ne me rappelez pas, je viens",
    "pourquoi vous m'appelez plus", "Ne m'appelez pas madame",
    "merci de ne pas m'appeler le matin", "je ne veux pas rater votre appel",
    "désolé de ne pas me rappeler", "enlevez-moi le plâtre",
    "je veux me désinscrire de la cantine", "retirez-moi de la liste d'attente",
    "je ne veux pas être appelé le matin", NULL};

static const char *const wish_de[] = {"Rufen Sie mich nicht mehr an",
    "rufen Sie bitte nie wieder an!", "Ruf mich nicht an", "rufen Sie hier nicht an",
    "Ich möchte nicht mehr angerufen werden", "ich will keine Anrufe", "Keine weiteren Anrufe",
    "Hören Sie auf, mich anzurufen", "hör auf anzurufen", "Streichen Sie mich von der Liste",
    "löschen Sie meine Nummer", "Nehmen Sie meine Nummer aus dem Verteiler",
    "Lassen Sie mich in Ruhe", "Stopp", "Aufhören!", "ich widerrufe meine Einwilligung",
    "Ich stehe auf der Robinsonliste", "Belästigen Sie mich nicht weiter",
    "unterlassen Sie diese Anrufe", "Hören Sie auf mit den Anrufen", "Bitte nicht mehr anrufen",
    "Kein Anruf mehr", "Stören Sie mich nicht", "Tragen Sie mich bitte aus",
    "Nehmen Sie mich da raus", "sperren Sie meine Nummer", "vergessen Sie meine Nummer",
    "ich verbiete Ihnen, mich anzurufen", "Ich verbitte mir weitere Anrufe",
    "ich möchte nichts mehr von Ihnen hören", "Rufen Sie mich ab heute nicht mehr an",
    "Sie rufen hier nicht mehr an", NULL};

static const char *const near_de[] = {"Rufen Sie mich morgen an", "legen Sie nicht auf",
    "rufen Sie mich nicht vor acht an", "Lassen Sie mich in Ruhe überlegen",
    "ich habe keine Anrufe bekommen", "hören Sie mich", "ich rufe nicht an", "nein danke",
    "die Nummer ist falsch", "wir rufen nicht mehr an", "Warum rufen Sie nicht mehr an",
    "er ruft nicht mehr an", "Rufen Sie mich heute nicht an", "rufen Sie nicht mehr so spät an",
    "Ich konnte Sie nicht mehr anrufen", "Können Sie mich nicht anrufen?",
    "wenn Sie mich nicht anrufen, komme ich", "ich möchte keine Anrufe verpassen",
    "ich bekomme keine Anrufe mehr", "es gab keine weiteren Anrufe",
    "Tragen Sie mich bitte in die Liste ein", "nehmen Sie meine Nummer auf die Liste",
    "tragen Sie mich auf die Warteliste", "Löschen Sie meine Nummer nicht",
    "vergessen Sie nicht meine Nummer", "Lassen Sie mich das in Ruhe durchlesen",
    "Stören Sie mich nicht gerade beim Essen", NULL};

static const struct {
	const char *language;
	const char *const *wish, *const *near;
} table[] = {{"en", wish_en, near_en}, {"hi", wish_hi, near_hi}, {"es", wish_es, near_es},
    {"fr", wish_fr, near_fr}, {"de", wish_de, near_de}};

static void
test_tables(void)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		for (const char *const *t = table[i].wish; *t; t++)
			ok(optout_says(o, *t, strlen(*t), NULL), "%s: %s", table[i].language,
			    *t);
		for (const char *const *t = table[i].near; *t; t++) {
			struct optout_hit hit = {"", ""};
			bool says = optout_says(o, *t, strlen(*t), &hit);

			ok(!says, "%s, near: %s %s", table[i].language, *t,
			    says ? hit.phrase : "");
		}
	}
}

static void
test_language(void)
{
	struct optout_hit hit;

	ok(optout_says(o, "Deme de baja", 12, &hit) && !strcmp(hit.language, "es"),
	    "the language is told");
	ok(strstr(hit.phrase, "darme|") != NULL, "and the phrase");
}

static void
test_split(void)
{
	static const struct {
		const char *first, *then;
		bool says;
	} t[] = {
	    {"please do not", "call me again", true},
	    {"Please do not.", "Call me again.", true},
	    {"remove", "me from your list", true},
	    {"मुझे कॉल", "मत करो", true},
	    {"rufen Sie mich", "bitte nicht mehr an", true},
	    {"do not call me again", "bye", false}, /* the first alone says so */
	    {"hello", "stop calling me", false},
	    {"stop", "stop", false},
	    {"I do not", "know. Call me again.", false},
	    {"don't", "call me now", false}, /* an exception goes over the seam too */
	    {"", "call me again", false},
	    {"do not", "", false},
	};

	for (size_t i = 0; i < COUNT(t); i++)
		ok(optout_says_split(o, t[i].first, strlen(t[i].first), t[i].then,
		       strlen(t[i].then), NULL) == t[i].says,
		    "split: %s / %s", t[i].first, t[i].then);
}

static void
test_file(void)
{
	static const struct {
		const char *text, *fault;
	} t[] = {
	    {"[pl]\nnie dzwoń|dzwońcie do_mnie|więcej\n\n# note\n= koniec\n", NULL},
	    {"* x\n", "f:1: begins with *"},
	    {"a\nb *\n", "f:2: ends with *"},
	    {"a||b\n", "f:1: nothing where a word should be"},
	    {"a b c d e f g h i j k l m\n", "f:1: more than 12 parts"},
	    {"a * b * c * d * e\n", "f:1: more than 3 *"},
	    {"a_b_c_d_e\n", "f:1: more than four words joined by _"},
	    {"a.b\n", "f:1: a full stop inside"},
	    {"[Polish]\n", "f:1: a language is two letters"},
	    {"= \n", "f:1: no"},
	    {"a\377\n", "f:1: is not UTF-8 text"},
	};
	struct fault f;

	for (size_t i = 0; i < COUNT(t); i++) {
		struct optout *own = optout_new(true);
		int rc = optout_add(own, "f", t[i].text, strlen(t[i].text), &f);

		if (t[i].fault)
			ok(rc < 0 && strstr(f.text, t[i].fault), "%s (%s)", t[i].fault,
			    rc < 0 ? f.text : "no fault");
		else
			ok(rc == 0 && optout_says(own, "Nie dzwońcie więcej!", 22, NULL) &&
				optout_says(own, "KONIEC", 6, NULL) &&
				optout_says(own, "remove me", 9, NULL),
			    "phrases of a file beside those that ship");
		optout_free(own);
	}
	ok(!optout_says(o, "Nie dzwońcie więcej!", 22, NULL), "which stay as they are");
}

static void
test_fold(void)
{
	static const struct {
		const char *text, *want;
	} t[] = {
	    {"Don\u2019t STOP.", "dont stop ."},
	    {"e\u0301t\u00e9 \u00c9T\u00c9", "ete ete"},
	    {"Straße", "strasse"},
	    {"फ़ोन फ\u093cोन", "फोन फोन"},
	    {"हाँ", "हां"},
	    {"wait... what… no", "wait what no"},
	    {"a\377b", "a b"},
	    {"ﬁn", "fin"},
	    {"  ", ""},
	};

	for (size_t i = 0; i < COUNT(t); i++) {
		struct buf b = {0};

		text_fold(&b, t[i].text, strlen(t[i].text));
		is_str(b.len ? b.p : "", t[i].want, t[i].want);
		buf_release(&b);
	}
}

static void
test_shipped(void)
{
	struct optout *own = optout_new(true);
	struct fault f;

	ok(optout_add(own, "shipped", optout_shipped, strlen(optout_shipped), &f) == 0,
	    "what ships is well formed");
	optout_free(own);
	ok(optout_role("user") && optout_role("callee") && !optout_role("agent") &&
		!optout_role("") && !optout_role("assistant"),
	    "roles");
}

/* 4 MiB of what nearly says it. */
static void
test_long(void)
{
	struct buf b = {0};

	while (b.len < 4 << 20)
		buf_adds(&b, "don't call me now stop stop remove the ");
	ok(!optout_says(o, b.p, b.len, NULL), "a long utterance");
	buf_release(&b);
}

int
main(void)
{
	o = optout_new(true);
	test_shipped();
	test_fold();
	test_tables();
	test_language();
	test_split();
	test_file();
	test_long();
	optout_free(o);
	return done_testing();
}
