/*
 * sandbox: Landlock by its system calls, as the C library has no names for
 * them; seccomp by libseccomp. Rights that a kernel does not know are left out
 * (their order of coming: landlock(7)).
 */
#include <linux/landlock.h>

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mem.h"
#include "sandbox.h"

/* Of kernels newer than the headers that we are built with. */
#define FS_TRUNCATE         (UINT64_C(1) << 14)
#define FS_IOCTL_DEV        (UINT64_C(1) << 15)
#define NET_BIND_TCP        UINT64_C(1)
#define NET_CONNECT_TCP     UINT64_C(2)
#define SCOPE_ABSTRACT_UNIX UINT64_C(1)
#define SCOPE_SIGNAL        UINT64_C(2)
#define FS_OF_ABI_1         ((UINT64_C(1) << 13) - 1)

enum { RULE_PATH = 1, RULE_PORT = 2 };
enum { FAMILIES = 64 }; /* AF_MAX is 46 */
enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL = 5, ABI_SCOPE = 6 };

struct rules {
	uint64_t fs, net, scoped;
};

struct port_rule {
	uint64_t allowed, port;
};

struct sandbox {
	int fd; /* of the Landlock rules, -1: none */
	struct rules rules;
};

/* ---- Landlock --------------------------------------------------------------------- */

static int
landlock_abi(void)
{
	long abi = syscall(
	    SYS_landlock_create_ruleset, NULL, 0, (unsigned)LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static struct rules
rules_of(int abi)
{
	struct rules r = {.fs = FS_OF_ABI_1};

	if (abi >= ABI_REFER)
		r.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= ABI_TRUNCATE)
		r.fs |= FS_TRUNCATE;
	if (abi >= ABI_NET)
		r.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (abi >= ABI_IOCTL)
		r.fs |= FS_IOCTL_DEV;
	if (abi >= ABI_SCOPE)
		r.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	return r;
}

struct sandbox *
sandbox_new(void)
{
	struct sandbox *s = xcalloc(1, sizeof(*s));
	int abi = landlock_abi();

	s->fd = -1;
	if (abi == 0)
		return s;
	s->rules = rules_of(abi);
	s->fd = (int)syscall(SYS_landlock_create_ruleset, &s->rules, sizeof(s->rules), 0u);
	return s;
}

void
sandbox_free(struct sandbox *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

static uint64_t
rights_of(unsigned what, bool folder)
{
	uint64_t r = 0;

	if (what & SANDBOX_READ)
		r |= LANDLOCK_ACCESS_FS_READ_FILE;
	if (what & SANDBOX_WRITE)
		r |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
	if (what & SANDBOX_RUN)
		r |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
	if (folder && (what & SANDBOX_LIST))
		r |= LANDLOCK_ACCESS_FS_READ_DIR;
	if (folder && (what & SANDBOX_CHANGE))
		r |= LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
		    LANDLOCK_ACCESS_FS_REMOVE_FILE;
	return r;
}

int
sandbox_allow(struct sandbox *s, const char *path, unsigned what, struct fault *f)
{
	struct landlock_path_beneath_attr rule = {0};
	struct stat st;
	int rc = 0;

	if (s->fd < 0)
		return 0;
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES
		    ? 0
		    : fault(f, OSERR, "%s: %s", path, strerror(errno));
	if (fstat(rule.parent_fd, &st) == 0)
		rule.allowed_access = rights_of(what, S_ISDIR(st.st_mode)) & s->rules.fs;
	if (rule.allowed_access != 0)
		rc = (int)syscall(SYS_landlock_add_rule, s->fd, RULE_PATH, &rule, 0u);
	if (rc < 0)
		fault(f, OSERR, "Landlock: %s: %s", path, strerror(errno));
	close(rule.parent_fd);
	return rc;
}

int
sandbox_allow_port(struct sandbox *s, int port, struct fault *f)
{
	struct port_rule rule = {.allowed = NET_CONNECT_TCP, .port = (uint64_t)port};

	if (s->fd < 0 || !s->rules.net)
		return 0;
	if (syscall(SYS_landlock_add_rule, s->fd, RULE_PORT, &rule, 0u) < 0)
		return fault(f, OSERR, "Landlock: port %d: %s", port, strerror(errno));
	return 0;
}

/* ---- seccomp ---------------------------------------------------------------------- */

/* What no server of ours does, whatever it serves: other processes, mounts, keys, the kernel. */
static const int never[] = {SCMP_SYS(acct), SCMP_SYS(add_key), SCMP_SYS(bpf), SCMP_SYS(chmod),
    SCMP_SYS(chown), SCMP_SYS(chroot), SCMP_SYS(clock_adjtime), SCMP_SYS(clock_settime),
    SCMP_SYS(delete_module), SCMP_SYS(fanotify_init), SCMP_SYS(fchmodat), SCMP_SYS(fchownat),
    SCMP_SYS(finit_module), SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fsopen),
    SCMP_SYS(fspick), SCMP_SYS(init_module), SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register), SCMP_SYS(io_uring_setup), SCMP_SYS(ioperm), SCMP_SYS(iopl),
    SCMP_SYS(kcmp), SCMP_SYS(kexec_file_load), SCMP_SYS(kexec_load), SCMP_SYS(keyctl),
    SCMP_SYS(lchown), SCMP_SYS(lsetxattr), SCMP_SYS(mount), SCMP_SYS(mount_setattr),
    SCMP_SYS(move_mount), SCMP_SYS(name_to_handle_at), SCMP_SYS(open_by_handle_at),
    SCMP_SYS(open_tree), SCMP_SYS(perf_event_open), SCMP_SYS(personality),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(pivot_root), SCMP_SYS(process_vm_writev),
    SCMP_SYS(quotactl), SCMP_SYS(reboot), SCMP_SYS(request_key), SCMP_SYS(setdomainname),
    SCMP_SYS(sethostname), SCMP_SYS(setns), SCMP_SYS(settimeofday), SCMP_SYS(setxattr),
    SCMP_SYS(swapoff), SCMP_SYS(swapon), SCMP_SYS(syslog), SCMP_SYS(umount2), SCMP_SYS(unshare),
    SCMP_SYS(userfaultfd), SCMP_SYS(utime), SCMP_SYS(utimensat), SCMP_SYS(utimes),
#ifndef __SANITIZE_ADDRESS__ /* its search for leaks stops our own threads */
    SCMP_SYS(process_vm_readv), SCMP_SYS(ptrace)
#endif
};

static const int programs[] = {SCMP_SYS(execve), SCMP_SYS(execveat)};

static int
deny(scmp_filter_ctx c, const int *list, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), list[i], 0);
	return rc;
}

static bool
family_wanted(int family, unsigned calls)
{
	switch (family) {
	case AF_UNIX: return calls & SANDBOX_LOCAL;
	case AF_INET:
	case AF_INET6:
	case AF_NETLINK: return calls & SANDBOX_CONNECT; /* the resolver asks for addresses */
	default: return false;
	}
}

/* Of the register the kernel looks at the lower half alone; so must the filter. */
static int
deny_sockets(scmp_filter_ctx c, unsigned calls)
{
	int rc = 0;

	for (int family = 0; family < FAMILIES && rc == 0; family++) {
		struct scmp_arg_cmp is = {.arg = 0,
		    .op = SCMP_CMP_MASKED_EQ,
		    .datum_a = UINT32_MAX,
		    .datum_b = (uint64_t)family};

		if (!family_wanted(family, calls))
			rc = seccomp_rule_add(
			    c, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, is);
	}
	return rc;
}

static int
filter_calls(unsigned calls, struct fault *f)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	int rc = c ? deny(c, never, COUNT(never)) : -ENOMEM;

	if (rc == 0 && !(calls & SANDBOX_START))
		rc = deny(c, programs, COUNT(programs));
	if (rc == 0)
		rc = deny_sockets(c, calls);
	if (rc == 0)
		rc = seccomp_load(c);
	if (c)
		seccomp_release(c);
	return rc == 0 ? 0 : fault(f, OSERR, "seccomp: %s", strerror(-rc));
}

/* ---- both ------------------------------------------------------------------------- */

struct sandbox_kernel
sandbox_kernel(void)
{
	return (struct sandbox_kernel){.landlock = landlock_abi(),
	    /* EFAULT: it has filters, and has none here. */
	    .seccomp = prctl(PR_SET_SECCOMP, 2, NULL, 0, 0) < 0 && errno == EFAULT};
}

const char *
sandbox_text(const struct sandbox_kernel *k, char text[SANDBOX_TEXT])
{
	char landlock[24] = "";

	if (k->landlock)
		snprintf(landlock, sizeof(landlock), "Landlock %d", k->landlock);
	snprintf(text, SANDBOX_TEXT, "%s%s%s", landlock, k->landlock && k->seccomp ? ", " : "",
	    k->seccomp ? "seccomp" : "");
	return text;
}

int
sandbox_enter(struct sandbox *s, unsigned calls, struct fault *f)
{
	struct sandbox_kernel k = sandbox_kernel();

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fault(f, OSERR, "no new privileges: %s", strerror(errno));
	if (s->fd >= 0 && syscall(SYS_landlock_restrict_self, s->fd, 0u) < 0)
		return fault(f, OSERR, "Landlock: %s", strerror(errno));
	return k.seccomp ? filter_calls(calls, f) : 0;
}
