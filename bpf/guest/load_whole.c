// SPDX-License-Identifier: Apache-2.0
#include "attach.h"
#include "load.h"

void load_whole(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct object object;
	struct trace trace = {
		.object = &object,
		.progress = progress,
		.failed = STAGE_PREPARE,
	};

	if (!begin_load(request, &object, out, progress))
		return;
	object_leave_out(&object, request->without_maps);
	for (char **name = request->skip_programs; *name; name++) {
		struct object_prog *prog = object_find(&object, *name);

		if (prog)
			bpf_program__set_autoload(prog->prog, false);
	}
	trace_set(&trace);
	int err = positive_errno(bpf_object__load(object.obj));

	trace_set(NULL);
	put_outcome(out, trace_stage(&trace, err), err, trace.failed_name);
	if (!err && request->attach)
		attach_all(request, &object, out, progress);
	object_close(&object);
}
