/*
 * house: the settings and the store.
 */
#include <string.h>

#include "clock.h"
#include "house.h"
#include "zones.h"

int
house_open(struct house *h, const char *path, enum db_mode mode, struct fault *f)
{
	memset(h, 0, sizeof *h);
	h->db.turn = -1;
	if (clock_init(f) < 0 || settings_load(&h->settings, f) < 0)
		return -1;
	if (db_open(&h->db, path ? path : h->settings.database, mode, f) < 0)
		return -1;
	return zones_use(&h->db, h->settings.phone_zones, f);
}

void
house_close(struct house *h)
{
	db_close(&h->db);
	settings_release(&h->settings);
}
