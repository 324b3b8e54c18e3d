/* A system that fails when it is told to. Loaded before the C library, so that the disk of one program can be full or
   read-only and its clock jump, without being root and without a disk of its own.

   The file named by ATENA_TEST_SYSTEM holds two numbers of eight octets: the errno of what writes to the disk (0: it
   works), and the seconds added to the time of day. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *told;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

/* Whether a write that ends there fails. A full disk still takes what was written before once more. */
static int fails(int file, int64_t end) {
    struct stat is;
    if (!told || !told[0] || fstat(file, &is) != 0 || !S_ISREG(is.st_mode)) return 0;
    if (told[0] == ENOSPC && end <= is.st_size) return 0;
    errno = (int)told[0];
    return 1;
}

/* Whether opening it fails: a full disk takes no new files, a read-only one nothing to write to. */
static int cannot_open(const char *name, int flags) {
    struct stat is;
    int exists = stat(name, &is) == 0;
    if (!told || !told[0] || (exists && !S_ISREG(is.st_mode))) return 0;
    int writes = (flags & O_ACCMODE) != O_RDONLY && told[0] != ENOSPC;
    int creates = (flags & O_CREAT) != 0 && !exists;
    if (!writes && !creates) return 0;
    errno = (int)told[0];
    return 1;
}

#define WRITES(name, offset_type) \
    ssize_t name(int file, const void *from, size_t count, offset_type at) { \
        REAL(ssize_t, name, int, const void *, size_t, offset_type); \
        return fails(file, (int64_t)at + (int64_t)count) ? -1 : real(file, from, count, at); \
    }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int file, const void *from, size_t count) {
    REAL(ssize_t, write, int, const void *, size_t);
    return fails(file, (int64_t)lseek(file, 0, SEEK_CUR) + (int64_t)count) ? -1 : real(file, from, count);
}

#define TRUNCATES(name, offset_type) \
    int name(int file, offset_type size) { \
        REAL(int, name, int, offset_type); \
        return fails(file, (int64_t)size) ? -1 : real(file, size); \
    }
TRUNCATES(ftruncate, off_t)
TRUNCATES(ftruncate64, off64_t)

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        mode_t mode = 0; \
        if (flags & O_CREAT) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
        } \
        return cannot_open(path, flags) ? -1 : real(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int outcome = real(clock, time);
    if (told && clock == CLOCK_REALTIME) time->tv_sec += told[1];
    return outcome;
}

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("ATENA_TEST_SYSTEM");
    int file = name ? open(name, O_RDONLY) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, 2 * sizeof *told, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED) told = page;
}
