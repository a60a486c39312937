/*
 * auth: who may ask for what.
 */
#include "web_parts.h"

int
auth_request(struct request *r, bool whole)
{
	return 0;
}
