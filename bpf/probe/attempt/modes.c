// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "modes.h"
#include "report.h"

int run_uncapped(char **args)
{
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
		arrange(!prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "a smaller bounding set");
	execv(args[0], args);
	arrange(0, args[0]);
	return 2;
}

int run_stat(char **args)
{
	for (; *args; args++) {
		struct stat status;

		arrange(!stat(*args, &status), *args);
		printf("%u %llu\n", major(status.st_dev) << 20 | minor(status.st_dev),
		       (unsigned long long)status.st_ino);
	}
	return 0;
}
