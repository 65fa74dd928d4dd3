// SPDX-License-Identifier: Apache-2.0
#include "attach.h"
#include "load.h"

void load_whole(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct subject subject;
	struct trace trace = {
		.subject = &subject,
		.progress = progress,
		.failed = STAGE_PREPARE,
	};

	if (!begin_load(request, &subject, out, progress))
		return;
	subject_leave_out(&subject, request->without_maps);
	for (char **name = request->skip_programs; *name; name++) {
		struct subject_prog *prog = subject_find(&subject, *name);

		if (prog)
			bpf_program__set_autoload(prog->prog, false);
	}
	trace_set(&trace);
	int err = subject_errno(bpf_object__load(subject.obj));

	trace_set(NULL);
	put_outcome(out, trace_stage(&trace, err), err, trace.failed_name);
	if (!err && request->attach)
		attach_all(request, &subject, out, progress);
	subject_close(&subject);
}
