/*
 * settings: the one settings file (outreach.conf(5)). The first that exists of
 * $OUTREACH_CONF, ./outreach.yaml, $XDG_CONFIG_HOME/outreach/outreach.yaml
 * (~/.config where that is unset) and /etc/outreach/outreach.yaml; none at all
 * is fine. Each value knows where it came from, for `outreach doctor`.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* What the simulator takes where the settings say nothing else. It dials nobody: no secret. */
#define SIM_USER   "outreach"
#define SIM_SECRET "simulator"

/* One named exchange. Strings borrowed from the settings. */
struct exchange {
	const char *name;
	bool simulated; /* type: sim; any other type is a real one */
	const char *host;
	int port;
	const char *port_file; /* null, or settings_exchange reads the port from here */
	const char *user;
	const char *secret_file; /* null: see exchange_secret */
	int limit;               /* calls at the same time on this exchange; 0 none */
	bool http; /* type: http; host, port, port_file and user are not used then */
	const char *url, *path,
	    *hangup_path; /* hangup_path null: it cannot be told to hang up */
	const char *secret_header, *key_header;
	const char *body;      /* a JSON object whose texts are templates; null: the plan's */
	bool idempotent;       /* a call sent again under its id rings once */
	int64_t idempotent_ms; /* for so long after a call was meant to be sent */
	bool must_prove;       /* simulator: true */
	int64_t timeout_ms;
};

/* One value and its origin: "FILE:LINE", "$OUTREACH_DB" or "default". */
struct setting {
	char *key, *value, *from;
};

/* Texts of a list, or one that stands for itself. */
struct texts {
	char **v;
	size_t n;
};

/* What outreach-serve gives up once it listens (base/sandbox.h). */
enum sandbox_use { SANDBOX_AUTO, SANDBOX_REQUIRE, SANDBOX_OFF };

/* Where outreach-serve listens, and what webhooks show; all may be empty. */
struct serve_settings {
	struct texts listen, avr, people;
	struct texts secret_file; /* paths; see serve_secrets */
	char *tls_cert, *tls_key; /* paths, both or none */
	enum sandbox_use sandbox;
	bool dialer; /* a dialer is kept running for each active campaign */
};

/* The OpenAI-compatible server that writes contexts (edge/llm.h). */
struct llm_settings {
	char *url;      /* base address, whole for Azure */
	char *key_file; /* null: see llm_key */
	bool azure;
	int64_t concurrent;
	int64_t requests_per_minute, tokens_per_minute; /* 0: no limit but the server's */
	/* Of answers in a call (outreach-http(5), /prompt-stream): */
	char *model;           /* null: the campaign's, else none is named */
	char *sorry;           /* said where none comes; null: nothing, it is an error */
	int64_t answer_within; /* seconds of silence */
};

/* How long words and recordings of calls are kept, in ms; 0: for good. */
struct retain_settings {
	int64_t transcripts, recordings;
	char *recordings_dir;
};

struct settings {
	char *file; /* null: there is none */
	char *database;
	char *phone_zones;         /* the operator's file of prefixes; null: none */
	struct exchange *exchange; /* sorted by name; "sim" is always there */
	size_t exchanges;
	char *region;        /* of national numbers, two letters; null: none */
	char *opt_out_words; /* a file of phrases (outreach-optout(5)), or null */
	struct retain_settings retain;
	struct serve_settings serve;
	struct llm_settings llm;
	char *context_dir;      /* contexts as files, for delivery: file; may be null */
	struct setting *origin; /* every value, defaults too */
	size_t origins;
};

/* Finds, reads and checks the whole file. 0, or -1 with a CONFIG fault that names the place (NOINPUT
 * if $OUTREACH_CONF cannot be read). Relative paths count from the file's directory. Release in
 * either case. */
int settings_load(struct settings *, struct fault *);
void settings_release(struct settings *);

/* Whether there is an exchange of that name. CONFIG naming those that are known. */
int settings_has_exchange(const struct settings *, const char *name, struct fault *);
/* Fills in one exchange, its port from port_file if there is one. CONFIG naming those that are known;
 * TEMPFAIL if the port file is not there yet. */
int settings_exchange(
    const struct settings *, const char *name, struct exchange *, struct fault *);

/*
 * The password of an exchange, heap, from the first of: secret_file; the systemd credential NAME-secret;
 * $OUTREACH_NAME_SECRET (upper case, - as _); for the simulator its well-known default, for one of type
 * http the empty text (it needs none). Null with a CONFIG fault.
 */
char *exchange_secret(const struct exchange *, struct fault *);

/*
 * The webhook secrets, at most room of them, each heap, from the first of: serve.webhook_secret_file;
 * the systemd credentials webhook-secret and webhook-secret-old; $OUTREACH_WEBHOOK_SECRET and
 * $OUTREACH_WEBHOOK_SECRET_OLD. How many, or -1 CONFIG.
 */
int serve_secrets(const struct settings *, char **secret, int room, struct fault *);

/*
 * The key of the language model's server, heap (secret_free), from the first of: llm.key_file; the
 * systemd credential llm-key; $OUTREACH_LLM_KEY; $OPENAI_API_KEY. *from as secret_find says, null if there
 * is none anywhere. Null with a CONFIG fault.
 */
char *llm_key(const struct settings *, const char **from, struct fault *);

#endif
