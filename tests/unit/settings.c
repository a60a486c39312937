/*
 * settings: which file is read, what its values become and where they came
 * from, what is refused; secrets; the nearest of known words.
 */
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"
#include "secret.h"
#include "settings.h"
#include "tap.h"
#include "word.h"

static char dir[] = "/tmp/outreach-settings.XXXXXX";

static void
write_file(const char *name, const char *text, mode_t mode)
{
	FILE *out;

	unlink(name);
	out = fopen(name, "w");
	if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0 || chmod(name, mode) < 0) {
		perror(name);
		exit(1);
	}
}

static const char *
origin(const struct settings *s, const char *key)
{
	size_t i;

	for (i = 0; i < s->origins; i++)
		if (strcmp(s->origin[i].key, key) == 0)
			return s->origin[i].from;
	return NULL;
}

static void
defaults(void)
{
	struct exchange x;
	struct settings s;
	struct fault f;
	char *secret;

	is_int(settings_load(&s, &f), 0, "no file at all is fine");
	is_str(s.file, NULL, "and there is none");
	is_str(s.database, "outreach.db", "the database");
	is_str(origin(&s, "database"), "default", "by default");
	is_int(settings_exchange(&s, "sim", &x, &f), 0, "the simulator is known");
	ok(x.simulated && x.port == 5038 && x.limit == 0, "as what it is");
	is_str(x.host, "127.0.0.1", "on this host");
	secret = exchange_secret(&x, &f);
	is_str(secret, SIM_SECRET, "with its well-known secret");
	secret_free(secret);
	is_int(settings_exchange(&s, "pbx", &x, &f), -1, "another is not");
	is_str(f.text, "exchange \"pbx\" is not in the settings (known: sim)",
	    "and the fault lists what is");
	settings_release(&s);
}

static const char whole_file[] =
    "database: calls.db\n"
    "exchanges:\n"
    "  pbx: {type: ami, host: pbx.example.org, port: 5039, user: dialer,\n"
    "        secret_file: /etc/pbx, limit: 20}\n"
    "  sim:\n"
    "    port_file: run/port\n"
    "context_dir: contexts\n"
    "serve: {listen: \"127.0.0.1:1\", avr: [\"0.0.0.0:2\", \"unix:s\"],\n"
    "        webhook_secret_file: [/etc/a, b], sandbox: off,\n"
    "        tls: {cert: c.pem, key: /etc/k.pem}}\n"
    "llm: {azure: true}\n"
    "region: IN\n";

static void
exchange_of(const struct settings *s)
{
	struct exchange x;
	struct fault f;

	is_int(settings_exchange(s, "pbx", &x, &f), 0, "a real exchange");
	ok(!x.simulated && x.port == 5039 && x.limit == 20, "with port and limit");
	is_str(x.secret_file, "/etc/pbx", "an absolute path stays");
}

static void
port_file_of(const struct settings *s)
{
	struct exchange x;
	struct fault f;

	is_int(settings_exchange(s, "sim", &x, &f), -1, "a port file that is not there");
	is_int(f.code, TEMPFAIL, "is worth another try");
	mkdir("run", 0755);
	write_file("run/port", "", 0644);
	is_int(settings_exchange(s, "sim", &x, &f), -1, "an empty one");
	is_int(f.code, TEMPFAIL, "too");
	write_file("run/port", "40123\n", 0644);
	is_int(settings_exchange(s, "sim", &x, &f), 0, "a port file");
	is_int(x.port, 40123, "names the port");
	write_file("run/port", "70000\n", 0644);
	is_int(settings_exchange(s, "sim", &x, &f), -1, "but not any number");
	is_int(f.code, CONFIG, "that is wrong for good");
}

static void
whole(void)
{
	struct settings s;
	struct fault f;

	write_file("outreach.yaml", whole_file, 0644);
	is_int(settings_load(&s, &f), 0, "a whole file");
	is_str(s.file, "./outreach.yaml", "from here");
	is_str(s.database, "./calls.db", "paths count from the file");
	is_str(origin(&s, "database"), "./outreach.yaml:1", "each value has its line");
	is_str(origin(&s, "exchanges.pbx.limit"), "./outreach.yaml:4", "a nested one too");
	is_str(origin(&s, "exchanges.sim.host"), "default", "or is a default");
	is_str(s.region, "IN", "a region");
	ok(s.serve.listen.n == 1 && s.serve.avr.n == 2 && s.serve.people.n == 0, "addresses");
	is_str(s.serve.avr.v[1], "unix:s", "as they are written");
	is_str(s.serve.secret_file.v[0], "/etc/a", "a secret's file");
	is_str(s.serve.secret_file.v[1], "./b", "and one beside the settings");
	is_int(s.serve.sandbox, SANDBOX_OFF, "no sandbox");
	is_str(s.serve.tls_cert, "./c.pem", "a certificate beside the settings");
	is_str(s.serve.tls_key, "/etc/k.pem", "and its key");
	is_str(s.context_dir, "./contexts", "the folder of contexts");
	ok(s.llm.azure, "an Azure deployment");
	is_str(origin(&s, "llm.azure"), "./outreach.yaml:11", "with its line");
	exchange_of(&s);
	port_file_of(&s);
	settings_release(&s);
}

static void
precedence(void)
{
	struct settings s;
	struct fault f;
	char *xdg;

	setenv("OUTREACH_DB", "/var/other.db", 1);
	is_int(settings_load(&s, &f), 0, "with $OUTREACH_DB");
	is_str(s.database, "/var/other.db", "the variable wins");
	is_str(origin(&s, "database"), "$OUTREACH_DB", "and says so");
	settings_release(&s);
	unsetenv("OUTREACH_DB");

	mkdir("xdg", 0755);
	mkdir("xdg/outreach", 0755);
	write_file("xdg/outreach/outreach.yaml", "database: x.db\n", 0644);
	xdg = xasprintf("%s/xdg", dir);
	setenv("XDG_CONFIG_HOME", xdg, 1);
	free(xdg);
	is_int(settings_load(&s, &f), 0, "./outreach.yaml");
	is_str(s.database, "./calls.db", "comes before XDG_CONFIG_HOME");
	settings_release(&s);
	unlink("outreach.yaml");
	is_int(settings_load(&s, &f), 0, "XDG_CONFIG_HOME");
	ok(strstr(s.database, "/xdg/outreach/x.db") != NULL, "is used without it");
	settings_release(&s);
	unsetenv("XDG_CONFIG_HOME");
	mkdir(".config", 0755);
	mkdir(".config/outreach", 0755);
	write_file(".config/outreach/outreach.yaml", "database: h.db\n", 0644);
	is_int(settings_load(&s, &f), 0, "~/.config");
	ok(strstr(s.database, "/.config/outreach/h.db") != NULL, "is used next");
	settings_release(&s);
	setenv("OUTREACH_CONF", "none.yaml", 1);
	is_int(settings_load(&s, &f), -1, "$OUTREACH_CONF must be there");
	is_int(f.code, NOINPUT, "if it is named");
	settings_release(&s);
}

static const struct {
	const char *text, *want;
} wrong[] = {
    {"databse: x\n", "t.yaml:1:1: databse: is not a known key (did you mean database?)"},
    {"colour: x\n", "t.yaml:1:1: colour: is not a known key"},
    {"- a\n", "t.yaml:1:1: the settings file is a list, not a mapping (key: value)"},
    {"database:\n", "t.yaml:1:1: database: has no value"},
    {"database: 7\n",
	"t.yaml:1:1: database: is a number where a text belongs (put it in quotes)"},
    {"exchanges: sim\n", "t.yaml:1:1: exchanges: is a text, not a mapping (key: value)"},
    {"exchanges:\n  Main: {type: sim}\n",
	"t.yaml:2:3: exchanges.Main: a name is lower-case letters, digits, - and _"},
    {"exchanges:\n  pbx: {user: a}\n",
	"t.yaml:2:8: exchanges.pbx.type: is missing and has no default (such as type: ami)"},
    {"exchanges:\n  pbx: {type: sip, user: a}\n",
	"t.yaml:2:9: exchanges.pbx.type: \"sip\" is no type of exchange: ami, http or sim"},
    {"exchanges:\n  pbx: {type: ami}\n",
	"t.yaml:2:8: exchanges.pbx.user: is missing and has no default (such as user: dialer)"},
    {"exchanges:\n  pbx: {type: ami, user: a, prot: 1}\n",
	"t.yaml:2:29: exchanges.pbx.prot: is not a known key (did you mean port?)"},
    {"exchanges:\n  pbx: {type: ami, user: a, port: 70000}\n",
	"t.yaml:2:29: exchanges.pbx.port: 70000 is not from 1 to 65535"},
    {"exchanges:\n  pbx: {type: ami, user: a, port: 1, port_file: p}\n",
	"t.yaml:2:29: exchanges.pbx.port: is given beside port_file: keep one"},
    {"exchanges:\n  pbx: {type: ami, user: a, limit: 0}\n",
	"t.yaml:2:29: exchanges.pbx.limit: 0 is not from 1 to 10000"},
    {"exchanges:\n  pbx: {type: ami, user: \"a\\r\\nAction: x\"}\n",
	"t.yaml:2:20: exchanges.pbx.user: holds a control character"},
    {"exchanges:\n  pbx: {type: ami, user: a, host: a b}\n",
	"t.yaml:2:29: exchanges.pbx.host: \"a b\" holds a space"},
    {"region: india\n",
	"t.yaml:1:1: region: \"india\" is not a region such as IN (ISO 3166-1)"},
    {"region: [IN]\n", "t.yaml:1:1: region: is a list where a text belongs (put it in quotes)"},
    {"serve: {lisen: a}\n",
	"t.yaml:1:9: serve.lisen: is not a known key (did you mean listen?)"},
    {"serve: {tls: {cert: a}}\n",
	"t.yaml:1:14: serve.tls.key: is missing and has no default (such as key: /etc/outreach/key.pem)"},
    {"serve: {sandbox: perhaps}\n",
	"t.yaml:1:9: serve.sandbox: \"perhaps\" is none of auto, require and off"},
    {"serve: {avr: [7]}\n", "t.yaml:1:9: serve.avr: holds what is no text"},
    {"serve: {avr: []}\n", "t.yaml:1:9: serve.avr: is an empty list"},
};

static void
refusals(void)
{
	struct settings s;
	struct fault f;
	size_t i;

	setenv("OUTREACH_CONF", "t.yaml", 1);
	for (i = 0; i < COUNT(wrong); i++) {
		write_file("t.yaml", wrong[i].text, 0644);
		f.text[0] = '\0';
		ok(settings_load(&s, &f) < 0 && f.code == CONFIG, "refused");
		is_str(f.text, wrong[i].want, wrong[i].want);
		settings_release(&s);
	}
	write_file("t.yaml", "", 0644);
	is_int(settings_load(&s, &f), 0, "an empty file is all defaults");
	settings_release(&s);
}

static void
secret_case(const char *text, size_t len, mode_t mode, const char *want, const char *name)
{
	struct fault f;
	char *secret;
	FILE *out;

	unlink("s");
	out = fopen("s", "w");
	if (out == NULL || fwrite(text, 1, len, out) != len || fclose(out) != 0 ||
	    chmod("s", mode) < 0)
		exit(1);
	secret = secret_read("s", &f);
	is_str(secret != NULL ? secret : f.text, want, name);
	secret_free(secret);
}

static void
secret_files(void)
{
	char longest[SECRET_MAX + 2];
	struct fault f;

	secret_case("top\n", 4, 0600, "top", "one newline is cut");
	secret_case("top\r\n", 5, 0400, "top", "and a carriage return");
	secret_case("top", 3, 0640, "s: open to others (mode 640): chmod 600 it",
	    "readable by the group");
	secret_case(
	    "top", 3, 0604, "s: open to others (mode 604): chmod 600 it", "readable by all");
	secret_case("\n", 1, 0600, "s: the secret is empty", "an empty secret");
	secret_case("a\nb", 3, 0600, "s: the secret holds a control character or is not UTF-8",
	    "two lines");
	secret_case("a\0b", 3, 0600, "s: the secret holds a control character or is not UTF-8",
	    "a NUL");
	memset(longest, 'x', sizeof(longest));
	secret_case(longest, SECRET_MAX + 1, 0600, "s: the secret is longer than 4096 bytes",
	    "too long");
	longest[SECRET_MAX] = '\n';
	secret_case(longest, SECRET_MAX + 2, 0600, "s: the secret is longer than 4096 bytes",
	    "too long, two lines");
	ok(secret_read("none", &f) == NULL, "no file");
	is_str(f.text, "none: cannot open the secret: No such file or directory", "named");
	ok(secret_read(".", &f) == NULL, "a directory");
	is_str(f.text, ".: a secret must be a plain file", "refused");
}

static void
secret_places(void)
{
	const char *from = NULL;
	struct fault f;
	char *secret = NULL;

	is_int(secret_find("pbx-secret", NULL, &secret, &from, &f), 0, "nothing set");
	setenv("OUTREACH_PBX_SECRET", "env", 1);
	is_int(secret_find("pbx-secret", NULL, &secret, &from, &f), 1, "the environment");
	is_str(secret, "env", "is last");
	is_str(from, "environment", "and is named");
	secret_free(secret);
	setenv("CREDENTIALS_DIRECTORY", "cred", 1);
	mkdir("cred", 0755);
	write_file("cred/pbx-secret", "systemd\n", 0440);
	is_int(secret_find("pbx-secret", NULL, &secret, &from, &f), 1, "a credential");
	is_str(secret, "systemd", "comes before it");
	secret_free(secret);
	write_file("s", "file", 0600);
	is_int(secret_find("pbx-secret", "s", &secret, &from, &f), 1, "a file");
	is_str(secret, "file", "comes first");
	secret_free(secret);
	is_int(secret_find("pbx-secret", "none", &secret, &from, &f), -1,
	    "a missing file is no reason to look on");
	unsetenv("OUTREACH_PBX_SECRET");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void
words(void)
{
	static const char *const known[] = {"busy", "no_answer", "declined", NULL};
	char hint[WORD_HINT];
	struct fault f;

	is_int((int64_t)word_distance("busy", "busy"), 0, "the same word");
	is_int((int64_t)word_distance("bsuy", "busy"), 1, "a swap is one");
	is_int((int64_t)word_distance("", "busy"), 4, "all of it");
	is_int((int64_t)word_distance("kitten", "sitting"), 3, "kitten and sitting");
	is_str(word_nearest("buzy", known), "busy", "near");
	is_str(word_nearest("noanswer", known), "no_answer", "near with an underscore");
	is_str(word_nearest("voicemail", known), NULL, "not near");
	is_str(word_nearest("but", known), NULL, "half of a short word is not near");
	is_str(word_nearest("answer", known), "no_answer", "a part of it");
	is_str(word_nearest("x", known), NULL, "a letter is not near");
	is_str(word_hint("buzy", known, hint), " (did you mean busy?)", "a hint");
	is_str(word_hint("x", known, hint), "", "none");
	ok(word_check("--end", NULL, known, &f) == 0, "an option that is not given");
	ok(word_check("--end", "declined", known, &f) == 0, "one of the words");
	ok(word_check("--end", "decline", known, &f) < 0 && f.code == USAGE, "none of them");
	is_str(f.text,
	    "--end: decline is none of busy, no_answer, declined (did you mean declined?)",
	    "and which there are");
}

/* Whether a process that did so, and is then killed, leaves a core file. */
static bool
dumps(void (*what)(void))
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		(void)setrlimit(RLIMIT_CORE, &all);
		what();
		abort();
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WCOREDUMP(status);
}

static void
nothing(void)
{
}

static void
read_a_file(void)
{
	struct fault f;

	secret_free(secret_read("core.key", &f));
}

static void
find_one(void)
{
	struct fault f;
	char *secret = NULL;

	(void)secret_find("pbx-secret", NULL, &secret, NULL, &f);
}

static void
load(void)
{
	struct settings s;
	struct fault f;

	(void)settings_load(&s, &f);
}

static void
cores(void)
{
	write_file("core.key", "k-secret\n", 0600);
	fflush(stdout);
	if (!dumps(nothing)) {
		ok(1, "no process leaves a core file here # SKIP");
		return;
	}
	ok(!dumps(read_a_file), "who read a secret leaves no core file");
	setenv("OUTREACH_PBX_SECRET", "k-secret", 1);
	ok(!dumps(find_one), "nor who found one in the environment");
	unsetenv("OUTREACH_PBX_SECRET");
	ok(dumps(load), "settings alone are no secret");
	setenv("OPENAI_API_KEY", "k-secret", 1);
	ok(!dumps(load), "but with the model's key in the environment");
	unsetenv("OPENAI_API_KEY");
}

static int
erase(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL || chdir(dir) < 0) {
		perror(dir);
		return 1;
	}
	setenv("HOME", dir, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("OUTREACH_CONF");
	unsetenv("OUTREACH_DB");
	unsetenv("CREDENTIALS_DIRECTORY");
	defaults();
	whole();
	precedence();
	refusals();
	secret_files();
	secret_places();
	cores();
	words();
	if (chdir("/") < 0 || nftw(dir, erase, 8, FTW_DEPTH | FTW_PHYS) < 0)
		return 1;
	return done_testing();
}
