/*
 * Makes every sync of a program take SYNC_US microseconds longer, as on a disk that really waits
 * for its cells. For the benchmark `durable`, which has the command.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int sync_call(int);

static int late(const char *name, int fd)
{
    const char *more = getenv("SYNC_US");
    sync_call *real = (sync_call *)dlsym(RTLD_NEXT, name);
    int result = real(fd);

    if (more != NULL)
        usleep((useconds_t)atoi(more));
    return result;
}

int fsync(int fd)
{
    return late("fsync", fd);
}

int fdatasync(int fd)
{
    return late("fdatasync", fd);
}
