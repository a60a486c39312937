/*
 * routes: every path that is answered, in one table (outreach-http(5)).
 */
#include "mem.h"
#include "web_parts.h"

enum { EVERYWHERE = FACE_AVR | FACE_PEOPLE | FACE_INSIDE };

const struct route web_routes[] = {
    {"/healthz", METHOD_GET, EVERYWHERE, AUTH_NONE, 0, NULL, alive_healthz, NULL, NULL},
    {"/readyz", METHOD_GET, EVERYWHERE, AUTH_NONE, 0, NULL, alive_readyz, NULL, NULL},
};

const size_t web_route_count = COUNT(web_routes);
