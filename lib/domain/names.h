/*
 * names: whether two people who have a number in common are one, by how they
 * are called. One sheet writes "Dr. Asha Rao" and another "Rao, Asha".
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

/*
 * The same words (text_fold()) in any order, titles before them left out; null and empty are no name, and
 * no name is like another. Who is a Mr here and a Mrs there is two people, as are those of whom one has a
 * word more: brothers and sisters share a number and half of a name.
 */
bool names_same(const char *a, const char *b);

#endif
