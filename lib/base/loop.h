/*
 * loop: the one place that waits. Descriptors by poll(2), timers on the
 * monotonic clock, signals by signalfd; in virtual time the loop jumps to the
 * next timer when no descriptor is ready (a loop of descriptors alone waits
 * really). Callbacks may add and remove freely.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdint.h>

struct loop;
struct fault;
struct loop_timer; /* opaque; owned by the loop */

struct loop *loop_new(void);
void loop_free(struct loop *);

/* events: POLLIN | POLLOUT (poll.h). One watch per descriptor: calling again changes it. */
void loop_fd(
    struct loop *, int fd, short events, void (*cb)(void *arg, short revents), void *arg);
void loop_fd_remove(struct loop *, int fd);

/*
 * Fires once at that monotonic instant (ms); the handle is dead once the callback returned.
 * Equal instants fire in order of creation.
 */
struct loop_timer *loop_at(struct loop *, int64_t mono_ms, void (*cb)(void *arg), void *arg);
void loop_cancel(struct loop *, struct loop_timer *); /* null is fine */

/*
 * Blocks the signal and delivers it here instead; loop_free restores it. Signals alone do not
 * keep loop_run running. A child inherits the mask: unblock between fork and exec.
 */
void loop_signal(struct loop *, int signo, void (*cb)(void *arg, int signo), void *arg);

/* Runs until loop_stop, or nothing is left to wait for. 0, or -1: OSERR of poll, or a signal cannot be heard. */
int loop_run(struct loop *, struct fault *);
void loop_stop(struct loop *);

/* 1 if fd has bytes (or an end) to read at once, else 0; never waits. */
int loop_readable(int fd);
/* Waits at most ms of our clock for fd to become readable (-1: for ever): 1 yes, 0 time is up, -1 signal. */
int loop_wait(int fd, int ms);
/* Waits until fd takes bytes, or has failed: 1, -1 signal. */
int loop_wait_writable(int fd);
/* Sleeps ms of our clock (scaled, virtual); a signal ends it early: -1. */
int loop_sleep(int64_t ms);
/* Lets other threads of this process have the processor for about so many us of real time. */
void loop_yield(int us);

#endif
