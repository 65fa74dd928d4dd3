/* SPDX-License-Identifier: Apache-2.0 */
/* An object as a part of a program: CAPTURE_OBJECT is its path. */
	.section .rodata
	.balign 8
	.global capture_object, capture_object_end
capture_object:
	.incbin CAPTURE_OBJECT
capture_object_end:
	.section .note.GNU-stack, "", @progbits
