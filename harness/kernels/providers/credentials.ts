// SPDX-License-Identifier: Apache-2.0

/** A text in which no URI has a user and a password any more: what is said of archives ends up in reports. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z+]*:\/\/)[^\s/@]*@/g, '$1');
}
