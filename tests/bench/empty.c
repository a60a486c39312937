/*
 * empty: a C program that does nothing; what a start costs before a tool has
 * done anything.
 */
int
main(void)
{
	return 0;
}
