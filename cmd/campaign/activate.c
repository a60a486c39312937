/*
 * activate: what stands in the way of calling a campaign's people, all of it:
 * of thousands the kinds first.
 */
#include "verbs.h"

#include "../tool.h"
#include "prompt.h"
#include "temp.h"

enum { KINDS = 16, SCREEN = 20 };

struct found {
	struct prompt prompt;
	struct db *db;
	FILE *lines; /* kept until all kinds are counted; null: told at once */
	struct {
		const char *code;
		int64_t n;
	} kind[KINDS];
	int64_t n;
	bool contexts; /* that cannot be made */
};

static int
check_person(void *arg, const struct plan *plan, const struct person *p, struct obstacle *o,
    struct fault *f)
{
	struct found *k = arg;

	return prompt_obstacle(&k->prompt, k->db, plan, p, o, f);
}

static void
show_obstacle(void *arg, const struct obstacle *o)
{
	struct found *k = arg;
	int i = 0;

	while (i < KINDS - 1 && k->kind[i].code && strcmp(k->kind[i].code, o->code) != 0)
		i++;
	k->kind[i].code = o->code;
	k->kind[i].n++;
	k->n++;
	k->contexts |= strcmp(o->code, "context") == 0;
	fprintf(k->lines ? k->lines : stderr, TOOL ": target %lld, contact %lld: %s\n",
	    (long long)o->target, (long long)o->contact, o->text);
}

/* In a file without a name: a million people may have one each. Without it they are told as they come. */
static void
found_open(struct found *k)
{
	struct fault f;
	int fd = temp_file(&f);

	k->prompt.fields = json_object();
	k->lines = fd < 0 ? NULL : fdopen(fd, "w+");
	if (fd >= 0 && !k->lines)
		close(fd);
}

/* What a template may name, where one has a name without a value. */
static void
found_fields(const struct found *k, const char *campaign)
{
	const char *field;
	json_t *v;

	fprintf(stderr, TOOL ": %s: a template may name campaign.name, campaign.description",
	    campaign);
	json_object_foreach(k->prompt.fields, field, v) fprintf(
	    stderr, ", %s%s", field, strcmp(field, "id") == 0 ? " (the key of the row)" : "");
	fputc('\n', stderr);
}

static void
found_tell(struct found *k, const char *campaign)
{
	char part[4096];
	size_t n;

	if (k->n > SCREEN) {
		fprintf(stderr, TOOL ": %s: %lld obstacles:", campaign, (long long)k->n);
		for (int i = 0; i < KINDS && k->kind[i].code; i++)
			fprintf(stderr, "%s %lld %s", i ? "," : "", (long long)k->kind[i].n,
			    k->kind[i].code);
		fputc('\n', stderr);
	}
	if (k->lines) {
		rewind(k->lines);
		while ((n = fread(part, 1, sizeof part, k->lines)) > 0)
			fwrite(part, 1, n, stderr);
	}
	if (k->contexts)
		found_fields(k, campaign);
}

static void
found_close(struct found *k)
{
	if (k->lines)
		fclose(k->lines);
	prompt_release(&k->prompt);
}

/* Where nobody can be called the people are looked at all the same: all obstacles at once. */
static int
activate(struct campaign_tool *t, const struct campaign *c, const char *exchange,
    struct found *k, int64_t *held, struct fault *f)
{
	struct fault lacks;

	if (settings_has_exchange(&t->settings, exchange, &lacks) == 0)
		return campaigns_activate(
		    &t->db, c, t->except_obstacles, check_person, show_obstacle, k, held, f);
	if (campaigns_obstacles(&t->db, c, check_person, show_obstacle, k, held, f) < 0)
		return -1;
	return fault(f, REFUSED, "campaign %s was not activated: %s", c->name, lacks.text);
}

int
verb_activate(struct campaign_tool *t, char **name)
{
	struct found k = {.db = &t->db};
	const struct plan *plan;
	struct campaign c;
	struct fault f;
	int64_t held;
	int rc;

	if (campaigns_need(&t->db, *name, &c, &f) < 0 ||
	    !(plan = campaigns_plan(&t->db, c.id, &f)))
		return tool_fail(&f);
	found_open(&k);
	rc = activate(t, &c, plan->exchange, &k, &held, &f);
	found_tell(&k, c.name);
	found_close(&k);
	if (rc < 0)
		return tool_fail(&f);
	if (!t->quiet && held)
		fprintf(stderr, TOOL ": %s: active; %lld %s held back\n", c.name,
		    (long long)held, held == 1 ? "person is" : "people are");
	else if (!t->quiet)
		fprintf(stderr, TOOL ": %s: active\n", c.name);
	return OK;
}
