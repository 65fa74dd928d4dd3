// SPDX-License-Identifier: Apache-2.0
/** Good or bad news; a terminal turns it into a colour, which never carries meaning alone. It stands in browsers, too. */
export type Tone = 'good' | 'bad' | 'warn' | 'dull';
